/** Errors that are printed for people, without a stack trace, each with its exit code. */
abstract class CommandError extends Error {
  abstract readonly exit: 1 | 2 | 3;
}

export const isForPeople = (error: unknown): error is CommandError => error instanceof CommandError;

/** The arguments are wrong. Printed with a hint to the help. */
export class UsageError extends CommandError {
  override readonly name = "UsageError";
  readonly exit = 2;
}

/** A file, a URL or an archive cannot be used. */
export class InputError extends CommandError {
  override readonly name = "InputError";
  readonly exit = 2;
}

/** The request was refused, and nothing was done. */
export class RefusedError extends CommandError {
  override readonly name = "RefusedError";
  readonly exit = 3;
}

/** The request failed, or its outcome is not known. The message says what to do next. */
export class FailedError extends CommandError {
  override readonly name = "FailedError";
  readonly exit = 1;
}

/** Reads `code` (of a system error) or `message` from a thrown value. */
export const propertyOf = (error: unknown, name: "code" | "message"): unknown =>
  typeof error === "object" && error !== null ? Reflect.get(error, name) : undefined;
