/**
 * Authorizes requests to queues, topics and tables, whose packages neither verify signatures nor implement IAM: verifies the caller, decides the
 * rights that the request needs, and answers a refusal as the service does.
 */
import { SigV4Error } from "../aws/sigv4.ts";
import { type HttpAnswer, type HttpRequest, verifyCaller } from "../aws/stand-in.ts";
import { leaf, node } from "../aws/xml.ts";
import type { AwsCall, Place } from "../iam/aws-call.ts";
import { denialText } from "../iam/denial.ts";
import { dynamodbCalls, type PartitionKeyOf } from "../iam/dynamodb-calls.ts";
import type { Iam } from "../iam/iam.ts";
import { snsCalls } from "../iam/sns-calls.ts";
import { sqsCalls } from "../iam/sqs-calls.ts";

export type GuardedService = "sqs" | "sns" | "dynamodb";

/** Returns the answer to a refused request, or undefined if the request is permitted. */
export type Guard = (service: GuardedService, request: HttpRequest) => HttpAnswer | undefined;

/** @param keyOfTopic - the ARN of the key that encrypts a topic. */
export function createGuard(
  iam: Pick<Iam, "credentialsOf" | "authorize">,
  place: Place,
  keyOf: PartitionKeyOf,
  keyOfTopic: (topic: string) => string | undefined = () => undefined,
): Guard {
  return (service, request) => {
    try {
      const caller = verifyCaller(request, service, iam.credentialsOf);
      const denial = iam.authorize(caller, callsOf(service, request, place, { keyOf, keyOfTopic }));
      return denial && refusal(service, DENIED[service], denialText(denial));
    } catch (error) {
      if (!(error instanceof SigV4Error)) throw error;
      const code = error.fault === "unknown-key" ? UNKNOWN_KEY[service] : BAD_SIGNATURE[service];
      return refusal(service, code, error.message);
    }
  };
}

function callsOf(
  service: GuardedService,
  { headers, body }: HttpRequest,
  place: Place,
  { keyOf, keyOfTopic }: { keyOf: PartitionKeyOf; keyOfTopic: (topic: string) => string | undefined },
): AwsCall[] {
  if (service === "sns") return snsCalls(new URLSearchParams(body.toString()), place, keyOfTopic);
  const operation = headers["x-amz-target"]?.split(".").at(-1) ?? "";
  const input = parse(body);
  return service === "sqs" ? sqsCalls(operation, input, place) : dynamodbCalls(operation, input, place, keyOf);
}

/** The service itself refuses a body that is not JSON. */
function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}

interface Code {
  readonly status: number;
  readonly code: string;
  /** SQS repeats the code of its older protocol in a header, which the SDK uses as the name of its error. */
  readonly queryCode?: string;
}
type Codes = Readonly<Record<GuardedService, Code>>;

const DENIED: Codes = {
  dynamodb: { status: 400, code: "com.amazon.coral.service#AccessDeniedException" },
  sqs: { status: 403, code: "com.amazon.coral.service#AccessDeniedException", queryCode: "AccessDenied" },
  sns: { status: 403, code: "AuthorizationError" },
};
const UNKNOWN_KEY: Codes = {
  dynamodb: { status: 400, code: "com.amazon.coral.service#UnrecognizedClientException" },
  sqs: { status: 403, code: "com.amazon.coral.service#UnrecognizedClientException", queryCode: "InvalidClientTokenId" },
  sns: { status: 403, code: "InvalidClientTokenId" },
};
const BAD_SIGNATURE: Codes = {
  dynamodb: { status: 400, code: "com.amazon.coral.service#InvalidSignatureException" },
  sqs: { status: 403, code: "com.amazon.coral.service#InvalidSignatureException", queryCode: "SignatureDoesNotMatch" },
  sns: { status: 403, code: "SignatureDoesNotMatch" },
};

function refusal(service: GuardedService, { status, code, queryCode }: Code, message: string): HttpAnswer {
  if (service === "sns") {
    const error = node("Error", [leaf("Type", "Sender"), leaf("Code", code), leaf("Message", message)]);
    const body = `<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/">${error}</ErrorResponse>`;
    return { status, headers: { "content-type": "text/xml" }, body };
  }
  return {
    status,
    headers: {
      "content-type": "application/x-amz-json-1.0",
      ...(queryCode !== undefined && { "x-amzn-query-error": `${queryCode};Sender` }),
    },
    body: JSON.stringify({ __type: code, message }),
  };
}
