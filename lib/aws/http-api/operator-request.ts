/**
 * Parses an operator's request from an API Gateway event. A principal that may invoke the function directly could send a forged event with any
 * caller. The gateway therefore overwrites a header with a secret, and an event without that secret is refused (docs/adr/0017).
 */
import { createHash, timingSafeEqual } from "node:crypto";
import * as z from "zod";
import { parseJson } from "../../core/parse-json.ts";
import type { Caller } from "../../operator/caller.ts";

/** Set by the integration in serverless.yml. */
export const GATEWAY_HEADER = "x-offair-gateway";
/** A separate permission, because it has a separate path: `execute-api:Invoke` on `…/POST/operator/break-glass`. */
const BREAK_GLASS_ROUTE = "POST /operator/break-glass";
/** After decoding. Lambda accepts 6 MB including JSON escapes; 5,000 streams with usual names need a tenth of it. */
export const MAX_REQUEST_BYTES = 4 * 1024 * 1024;

export type OperatorRequest =
  | { readonly kind: "asked"; readonly event: unknown; readonly caller: Caller }
  | { readonly kind: "refused"; readonly message: string };

/** Whether an event looks like one of API Gateway. Direct events of the incident function never have these keys. */
export const isHttpEvent = (event: unknown): boolean =>
  typeof event === "object" && event !== null && ("requestContext" in event || "version" in event);

const provenSchema = z.object({ headers: z.object({ [GATEWAY_HEADER]: z.string() }) });
const httpEventSchema = z.object({
  body: z.string().default(""),
  isBase64Encoded: z.boolean().default(false),
  requestContext: z.object({
    routeKey: z.enum(["POST /operator", BREAK_GLASS_ROUTE]),
    authorizer: z.object({ iam: z.object({ userArn: z.string().min(1) }) }),
  }),
});

/**
 * The ARN of an IAM user or of a role session. Refused are the account's root, which is not one person, and federated users, because
 * anyone who may call GetFederationToken can choose the name.
 */
const PERSON =
  /^arn:aws[a-z-]*:(iam::\d{12}:user\/[!-~]{1,600}|sts::\d{12}:assumed-role\/[\w+=,.@-]{1,64}\/[\w+=,.@-]{2,64})$/;

/** Authenticates and parses an event. @param gatewaySecret - the value that the gateway puts into the header. */
export function readOperatorRequest(event: unknown, gatewaySecret: string): OperatorRequest {
  const proven = provenSchema.safeParse(event).data;
  if (!proven || !isSame(proven.headers[GATEWAY_HEADER], gatewaySecret)) return NOT_THROUGH_THE_GATEWAY;
  const { data } = httpEventSchema.safeParse(event);
  if (!data) return refuse("the event has no caller, or its route is not one for operators");
  const { routeKey, authorizer } = data.requestContext;
  const arn = authorizer.iam.userArn;
  if (!PERSON.test(arn)) return refuse(`${arn} is not one person: call as an IAM user or with a role session`);
  const body = Buffer.from(data.body, data.isBase64Encoded ? "base64" : "utf8");
  if (body.length > MAX_REQUEST_BYTES) return refuse(`the body is larger than ${MAX_REQUEST_BYTES} bytes`);
  const asked = parseJson(body);
  if (asked === undefined) return refuse("the body is not JSON in UTF-8");
  return {
    kind: "asked",
    event: asked,
    caller: { kind: "gateway", arn, mayBreakGlass: routeKey === BREAK_GLASS_ROUTE },
  };
}

const refuse = (message: string): OperatorRequest => ({ kind: "refused", message });

const NOT_THROUGH_THE_GATEWAY = refuse(
  `the event did not come through the gateway: its header ${GATEWAY_HEADER} does not have the gateway's secret`,
);

/** Compares hashes, which have the same length, in constant time. */
const isSame = (given: string, secret: string): boolean => timingSafeEqual(digest(given), digest(secret));
const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
