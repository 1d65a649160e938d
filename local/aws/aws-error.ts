/** An error as an AWS service answers it: the SDK uses `code` as the name of its exception. */
import { SigV4Error, type SigV4Fault } from "./sigv4.ts";

export class AwsError extends Error {
  override readonly name = "AwsError";
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export type SignatureErrors = Readonly<Record<SigV4Fault, readonly [status: number, code: string]>>;

/**
 * Services with JSON answer 400 to all of them.
 *
 * @see https://docs.aws.amazon.com/secretsmanager/latest/apireference/CommonErrors.html
 * @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/CommonErrors.html
 */
export const JSON_SIGNATURE_ERRORS: SignatureErrors = {
  missing: [400, "MissingAuthenticationTokenException"],
  malformed: [400, "IncompleteSignatureException"],
  scope: [400, "InvalidSignatureException"],
  "unknown-key": [400, "UnrecognizedClientException"],
  skewed: [400, "InvalidSignatureException"],
  "unsigned-header": [400, "InvalidSignatureException"],
  mismatch: [400, "InvalidSignatureException"],
  payload: [400, "InvalidSignatureException"],
};

/** The service's answer to a thrown error. An error of the stand-in itself is shown with its stack, for the engineer. */
export function toAwsError(error: unknown, signatureErrors: SignatureErrors): AwsError {
  if (error instanceof AwsError) return error;
  if (error instanceof SigV4Error) return new AwsError(...signatureErrors[error.fault], error.message);
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new AwsError(500, "InternalError", `the stand-in failed: ${text}`);
}
