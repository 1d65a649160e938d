/** An error as an AWS service answers it: the SDK makes its exception's name from `code`. */
import { SigV4Error, type SigV4Fault } from "./sigv4.ts";

export class AwsError extends Error {
  override readonly name = "AwsError";
  readonly status: number;
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, code: string, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

export type SignatureErrors = Readonly<Record<SigV4Fault, readonly [status: number, code: string]>>;

/** What a service answers to whatever was thrown. A fault of the stand-in itself is told in full: only engineers see it. */
export function toAwsError(error: unknown, signatureErrors: SignatureErrors): AwsError {
  if (error instanceof AwsError) return error;
  if (error instanceof SigV4Error) return new AwsError(...signatureErrors[error.fault], error.message);
  const told = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new AwsError(500, "InternalError", `the stand-in is broken: ${told}`);
}
