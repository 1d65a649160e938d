/**
 * Who may call a route that asks for IAM authorisation: the signature is verified as API Gateway does it, and the caller's ARN is told
 * as API Gateway tells it. Left out: sessions of roles, policies of any kind but a list of routes; any region is taken.
 */
import { SigV4Error, verifySigV4 } from "../aws/sigv4.ts";
import { splitTarget } from "../kit/http.ts";

export interface Identity {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly arn: string;
  /** Route keys: what `execute-api:Invoke` is allowed on. */
  readonly mayCall: readonly string[];
}

export interface SignedCall {
  readonly method: string;
  /** As on the request line: path and query, still percent-encoded. */
  readonly target: string;
  /** Names and values in turn, as received. */
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
}

/** `requestContext.authorizer` of a caller who was let in. */
export interface IamAuthorizer {
  readonly iam: {
    readonly accessKey: string;
    readonly accountId: string;
    readonly callerId: string;
    readonly cognitoIdentity: null;
    readonly principalOrgId: null;
    readonly userArn: string;
    readonly userId: string;
  };
}

/** @returns nothing for whoever is not to be let in; the real gateway does not tell them why, either. */
export function authorize(
  call: SignedCall,
  routeKey: string,
  identities: readonly Identity[],
  now: Date,
): IamAuthorizer | undefined {
  const caller = identities.find(({ accessKeyId }) => accessKeyId === signerOf(call, identities, now));
  if (!caller?.mayCall.includes(routeKey)) return undefined;
  const [, , , , accountId = ""] = caller.arn.split(":");
  const uniqueId = `AIDA${caller.accessKeyId.slice(4)}`;
  return {
    iam: {
      ...{ accessKey: caller.accessKeyId, accountId, callerId: uniqueId, userId: uniqueId, userArn: caller.arn },
      ...{ cognitoIdentity: null, principalOrgId: null },
    },
  };
}

function signerOf({ method, target, rawHeaders, body }: SignedCall, identities: readonly Identity[], now: Date) {
  const secretOf = (id: string) => identities.find(({ accessKeyId }) => accessKeyId === id)?.secretAccessKey;
  const headers = joined(rawHeaders);
  if (headers["x-amz-security-token"] !== undefined) return undefined; // no key here is one of a session
  try {
    const request = { method, ...splitTarget(target), headers, body };
    return verifySigV4(request, secretOf, { now, service: "execute-api" }).accessKeyId;
  } catch (error) {
    if (error instanceof SigV4Error) return undefined;
    throw error;
  }
}

/** A name that comes twice has both values, so that neither is taken for the signed one. */
function joined(rawHeaders: readonly string[]): Record<string, string> {
  const headers = new Map<string, string>();
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]?.toLowerCase() ?? "";
    const value = rawHeaders[index + 1] ?? "";
    headers.set(name, headers.has(name) ? `${headers.get(name)},${value}` : value);
  }
  return Object.fromEntries(headers);
}
