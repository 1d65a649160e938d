/** Errors that are printed for people, without a stack trace, each with its exit code. */

/** The arguments are wrong. Printed with a hint to the help. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** A file, a URL or an archive cannot be used. */
export class InputError extends Error {
  override readonly name = "InputError";
}

/** The request was refused, and nothing was done. */
export class RefusedError extends Error {
  override readonly name = "RefusedError";
}

/** The request failed, or its outcome is not known. The message says what to do next. */
export class FailedError extends Error {
  override readonly name = "FailedError";
}

/** Reads `code` (of a system error) or `message` from a thrown value. */
export const propertyOf = (error: unknown, name: "code" | "message"): unknown =>
  typeof error === "object" && error !== null ? Reflect.get(error, name) : undefined;
