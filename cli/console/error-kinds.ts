/** The kind and the message of every failure, as the page is told. */
import { OffairError } from "../../lib/core/errors.ts";
import { UnansweredError } from "../operator/lost-answer.ts";
import { CredentialsError } from "../terminal/aws-credentials.ts";
import { InputError, isForPeople, RefusedError, UsageError } from "../terminal/errors.ts";
import { RequestError } from "./reply.ts";

export function requestErrorOf(error: unknown): RequestError {
  if (error instanceof RequestError) return error;
  if (error instanceof CredentialsError || error instanceof RefusedError)
    return new RequestError("credentials", error.message);
  if (error instanceof UnansweredError)
    return new RequestError("unanswered", error.message, { maybeDone: error.maybeDone });
  if (error instanceof InputError) return new RequestError("unanswered", error.message, { maybeDone: false }); // no such host or path
  if (error instanceof UsageError) return new RequestError("invalid", error.message);
  if (isForPeople(error) || error instanceof OffairError) return new RequestError("failed", error.message);
  return new RequestError("failed", "an internal error of offair console: the terminal shows it", { isInternal: true });
}
