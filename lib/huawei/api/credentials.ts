/** Parses the secret with Huawei credentials, in the JSON format that the deployment guide documents. */
import * as z from "zod";
import { OffairError } from "../../core/errors.ts";
import { formatIssues, issuesOf } from "../../core/issues.ts";
import { parseJson } from "../../core/parse-json.ts";

/** Used in a header as it is, so that a line break pasted with a key is reported here and not by the HTTP client. */
const headerValue = z.string("must be text").regex(/^[!-~]+$/, "must be printable ASCII without spaces, and not empty");

const keyPairSchema = z.object({ ak: headerValue, sk: headerValue, securityToken: headerValue.optional() });
const tokenSchema = z.object({ token: headerValue });

export type LiveCredentials =
  | {
      readonly kind: "key-pair";
      readonly ak: string;
      readonly sk: string;
      /** Only with a temporary key: sent and signed as `X-Security-Token`. */
      readonly securityToken?: string | undefined;
    }
  /** An IAM user token, sent as `X-Auth-Token` without a signature. */
  | { readonly kind: "token"; readonly token: string };

/**
 * Parses `{"ak", "sk"}`, `{"ak", "sk", "securityToken"}` or `{"token"}`. Other keys are ignored; a key pair has priority over a token.
 *
 * @throws OffairError `ERR_SECRET` naming the issues, never a value.
 */
export function parseCredentials(secret: string): LiveCredentials {
  const value = parseJson(secret);
  if (value === undefined) throw new OffairError("ERR_SECRET", "the Huawei secret is not JSON");
  if (typeof value === "object" && value !== null && "token" in value && !("ak" in value) && !("sk" in value)) {
    return { kind: "token", token: check(tokenSchema, value).token };
  }
  return { kind: "key-pair", ...check(keyPairSchema, value) };
}

function check<T>(schema: z.ZodType<T>, value: unknown): T {
  const { data, error } = schema.safeParse(value);
  if (error)
    throw new OffairError("ERR_SECRET", `the Huawei secret is not as documented: ${formatIssues(issuesOf(error))}`);
  return data;
}

/** The texts that no error may repeat, also percent-encoded. */
export function secretsOf(credentials: LiveCredentials, authorization = ""): string[] {
  const signature = authorization.split("Signature=")[1];
  const secrets =
    credentials.kind === "token"
      ? [credentials.token]
      : [credentials.ak, credentials.sk, credentials.securityToken, signature].filter((text) => text !== undefined);
  return [...new Set(secrets.flatMap((secret) => [secret, encodeURIComponent(secret)]))];
}
