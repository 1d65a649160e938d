/** Typed wrongly: told with a hint to the help, and never with a stack. */

export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** A file or an archive that cannot be worked with: told in one sentence. */
export class InputError extends Error {
  override readonly name = "InputError";
}

/** Somebody who may, said no: nothing was done. */
export class RefusedError extends Error {
  override readonly name = "RefusedError";
}

/** It came to nothing, or nobody knows what it came to: told with what to do next. */
export class FailedError extends Error {
  override readonly name = "FailedError";
}

/** Of something thrown: `code` of what the system refuses, `message` of anything. */
export const propertyOf = (error: unknown, name: "code" | "message"): unknown =>
  typeof error === "object" && error !== null ? Reflect.get(error, name) : undefined;
