/**
 * What an operator asks for through the HTTP API. Whoever may invoke the function may also send it an event that looks like one, with any
 * caller in it; so the gateway puts a secret into a header, over whatever the client sent there, and without that secret nothing of
 * the event is believed (docs/adr/0017).
 */
import { createHash, timingSafeEqual } from "node:crypto";
import * as z from "zod";
import type { Caller } from "../../operator/caller.ts";

/** Set by the integration in serverless.yml. */
export const GATEWAY_HEADER = "x-offair-gateway";
/** A right of its own, by its own path: `execute-api:Invoke` on `…/POST/operator/break-glass`. */
const BREAK_GLASS_ROUTE = "POST /operator/break-glass";
/** Decoded. Lambda takes 6 MB with the text quoted as JSON once more; 5,000 streams with names of usual length are a tenth of it. */
export const MAX_REQUEST_BYTES = 4 * 1024 * 1024;

export type OperatorRequest =
  | { readonly kind: "asked"; readonly event: unknown; readonly caller: Caller }
  | { readonly kind: "refused"; readonly message: string };

/** No event of the incident function has these keys: what has one came from the gateway, or claims to. */
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
 * A user, or a session of a role. Left out are the account's root, which is nobody in particular, and federated users, whose name
 * everybody who may call GetFederationToken chooses at will.
 */
const PERSON =
  /^arn:aws[a-z-]*:(iam::\d{12}:user\/[!-~]{1,600}|sts::\d{12}:assumed-role\/[\w+=,.@-]{1,64}\/[\w+=,.@-]{2,64})$/;

/** @param gatewaySecret - what the gateway's header holds, and nobody's who came another way. */
export function readOperatorRequest(event: unknown, gatewaySecret: string): OperatorRequest {
  const proven = provenSchema.safeParse(event).data;
  if (!proven || !isSame(proven.headers[GATEWAY_HEADER], gatewaySecret)) return NOT_THROUGH_THE_GATEWAY;
  const { data } = httpEventSchema.safeParse(event);
  if (!data) return refuse("the gateway does not state who calls, or the route is not one for operators");
  const { routeKey, authorizer } = data.requestContext;
  const arn = authorizer.iam.userArn;
  if (!PERSON.test(arn)) return refuse(`${arn} is not one person: call as an IAM user or with a role's session`);
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
  `the event did not come through the gateway: it looks as if it had, and its header ${GATEWAY_HEADER} is not the gateway's`,
);

/** Of their hashes: these are of one length, and take the same time wherever they differ. */
const isSame = (given: string, secret: string): boolean => timingSafeEqual(digest(given), digest(secret));
const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

/** `undefined` is no JSON text. */
function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    return undefined;
  }
}
