/**
 * IAM authorisation of a route: verifies the signature as API Gateway does, and passes the caller's ARN to the function
 * in the same form. Not implemented: role sessions, and policies other than a list of routes. Any region is accepted.
 */
import { SigV4Error, verifySigV4 } from "../aws/sigv4.ts";
import { splitTarget } from "../kit/http.ts";

export interface Identity {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly arn: string;
  /** Route keys on which `execute-api:Invoke` is allowed. */
  readonly mayCall: readonly string[];
}

export interface SignedCall {
  readonly method: string;
  /** The request target: path and query, percent-encoded. */
  readonly target: string;
  /** Alternating names and values, as received. */
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
}

/** `requestContext.authorizer` of an authorised caller. */
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

/** @returns undefined for a caller who is not authorised; like the real gateway, without a reason. */
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
  if (headers["x-amz-security-token"] !== undefined) return undefined; // role sessions are not implemented
  try {
    const request = { method, ...splitTarget(target), headers, body };
    return verifySigV4(request, secretOf, { now, service: "execute-api" }).accessKeyId;
  } catch (error) {
    if (error instanceof SigV4Error) return undefined;
    throw error;
  }
}

/** Joins the values of a repeated name, so that neither can pass for the signed one. */
function joined(rawHeaders: readonly string[]): Record<string, string> {
  const headers = new Map<string, string>();
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]?.toLowerCase() ?? "";
    const value = rawHeaders[index + 1] ?? "";
    headers.set(name, headers.has(name) ? `${headers.get(name)},${value}` : value);
  }
  return Object.fromEntries(headers);
}
