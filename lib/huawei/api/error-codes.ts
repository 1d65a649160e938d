/**
 * Maps error responses of Live and of its gateway to error codes of this project, by code and by status. The status alone is misleading
 * (400 is also used for maintenance), and so is the code alone (APIGW.0201 is a bad request with 400, an unavailable back end with 502).
 *
 * Sources: Live's table, https://support.huaweicloud.com/intl/en-us/api-live/ErrorCode.html, and the gateway's, api-sign-errorcode.html
 * of https://support.huaweicloud.com/intl/en-us/devg-apisign/. Neither states which errors may be retried: that is inferred.
 */
import type { ErrorCode } from "../../core/errors.ts";
import type { LiveMethod } from "../admission/rate-slices.ts";

/** The error code of each meaning. */
const MEANING = {
  retry: "ERR_LIVE_UNAVAILABLE",
  slow: "ERR_LIVE_THROTTLED",
  fail: "ERR_LIVE_REJECTED",
  exists: "ERR_LIVE_EXISTS",
  missing: "ERR_LIVE_NOT_FOUND",
  /** The credentials were not accepted; with an AK/SK pair this counts towards the key lock. */
  identity: "ERR_LIVE_SIGNATURE",
  /** Only the time of the signature was not accepted; counts towards the key lock too. */
  clock: "ERR_LIVE_SIGNATURE",
  /** The token has expired; does not count towards a lock. */
  token: "ERR_LIVE_SIGNATURE",
} as const satisfies Record<string, ErrorCode>;

type Meaning = keyof typeof MEANING;
type Row = readonly [meaning: Meaning, words: string];

const LIVE: Record<string, Row> = {
  "100011000": ["retry", "internal communication error"],
  "100011001": ["fail", "invalid request parameter, or no such domain"],
  "100011002": ["identity", "identity authentication failed"],
  "100011003": ["fail", "no permission"],
  "100011004": ["fail", "only HTTPS is supported"],
  "100011005": ["retry", "internal error"],
  "100011006": ["retry", "API not supported or under maintenance"],
  "100011007": ["slow", "too many concurrent requests"],
  "100011008": ["retry", "API under maintenance"],
  "100011009": ["fail", "the user does not exist"],
  "100011011": ["fail", "method not supported"],
  "100011012": ["fail", "media type not supported"],
  "100011013": ["fail", "the account lacks real-name authentication"],
  "100011014": ["fail", "the account is frozen, deleted or out of balance"],
  "100011015": ["fail", "the project id does not fit the user"],
  "100011022": ["retry", "a record task exists already"], // no call of offair starts a recording
  "103011016": ["fail", "invalid request content"],
  "103011017": ["retry", "synchronising to the CDN failed"],
  "103011018": ["exists", "the resource exists already"],
  "103011019": ["missing", "the resource does not exist"], // documented with 404, seen with 400
  "103011020": ["fail", "the quota of domains is used up"],
  "103011021": ["retry", "database access failed"],
  "103011022": ["fail", "not allowed in the domain's current state"],
  "103011023": ["retry", "global load balancing failed"],
  "103011024": ["fail", "the domain has no ICP number"],
  "103011025": ["fail", "an approved ICP licence cannot be changed"],
  "103011026": ["fail", "the domain is on a deny list"],
  "103011027": ["fail", "the domain is on a deny list"],
  "103011028": ["retry", "DNS failed"],
};

/** Without the prefix, which is `APIGW.` or `APIG.` depending on the edition. */
const GATEWAY: Record<string, Row> = {
  "0101": ["fail", "no such API: path, method or host is wrong"],
  "0103": ["fail", "the API has no back end"],
  "0104": ["fail", "plug-in configuration error"],
  "0105": ["fail", "back-end configuration error"],
  "0106": ["fail", "orchestration error"],
  "0201": ["fail", "the gateway refused the request as malformed or too large"], // for statuses below 500; see findRow
  "0204": ["fail", "TLS version too old"],
  "0301": ["identity", "incorrect IAM authentication information"], // the text has the reason; see AUTHENTICATION
  "0302": ["fail", "the IAM user is not authorised"],
  "0303": ["fail", "incorrect app authentication information"],
  "0304": ["fail", "the app is not authorised"],
  "0305": ["fail", "incorrect app authentication information"],
  "0306": ["fail", "access to the API denied"],
  "0307": ["token", "the token must be renewed"],
  "0308": ["slow", "throttled by the gateway"],
  "0310": ["fail", "the project is unavailable"],
  "0311": ["fail", "incorrect debugging authentication information"],
  "0401": ["fail", "unknown client address"],
  "0402": ["fail", "client address not allowed"],
  "0404": ["fail", "only reachable from the private network"],
  "0501": ["fail", "the app's quota is used up"],
  "0502": ["fail", "the app is frozen"],
  "0601": ["retry", "internal error of the gateway"],
  "0602": ["fail", "bad request"],
  "0605": ["retry", "internal error of the gateway"],
  "0606": ["retry", "internal error of the gateway"],
  "0607": ["fail", "bad request"],
  "0608": ["retry", "internal error of the gateway"],
  "0609": ["retry", "internal error of the gateway"],
  "0610": ["retry", "no back end reached"],
  "0611": ["retry", "internal error of the gateway"],
  "0612": ["retry", "internal error of the gateway"],
  "0613": ["retry", "IAM is temporarily unavailable"],
  "0705": ["retry", "internal error of the gateway"],
  "0802": ["fail", "the IAM user is forbidden in this region"],
  "1009": ["fail", "bad request"],
};

/** Texts of APIGW.0301; the first match counts: https://support.huaweicloud.com/intl/en-us/devg-apisign/api-sign-0001.html */
const AUTHENTICATION: readonly (readonly [text: RegExp, ...Row])[] = [
  [/signature expired/i, "clock", "signature expired: this clock and Live's are more than 15 minutes apart"],
  [/reach the limit/i, "identity", "the access key is locked for five minutes, after more than five failures"],
  [/not exist/i, "identity", "no such access key, or a temporary one without its security token"],
  [/decrypt token|token expires/i, "token", "the token is expired or malformed"],
  [/verify aksk/i, "identity", "the signature does not match"],
];

/** The parts of an error response that are classified. */
export interface Refusal {
  readonly method: LiveMethod;
  /** Also below 300: some gateways answer errors with 200. */
  readonly status: number;
  /** `error_code` of the body, if it has a valid one. */
  readonly code?: string | undefined;
  /** `error_msg` of the body. */
  readonly text?: string | undefined;
}

export interface CallOutcome {
  readonly errorCode: ErrorCode;
  /** A text of this table. */
  readonly words: string;
  /**
   * `identity` and `token` may be retried once with other credentials, `clock` with a corrected time. `identity` and `clock` count towards
   * the key lock.
   */
  readonly credentials?: "identity" | "clock" | "token" | undefined;
}

/** Classifies a response that is not a success. */
export function classify(refusal: Refusal): CallOutcome {
  const { method, status } = refusal;
  if (status >= 300 && status < 400) {
    return { errorCode: "ERR_LIVE_ANSWER", words: "a redirect, which is never followed" };
  }
  const [meaning, words] = findRow(refusal);
  // the gateway lost the back end during the call, so a write may have been carried out
  if (method !== "GET" && (status === 502 || status === 504)) return { errorCode: "ERR_LIVE_UNKNOWN", words };
  const credentials = meaning === "identity" || meaning === "clock" || meaning === "token" ? meaning : undefined;
  return { errorCode: MEANING[meaning], words, credentials };
}

function findRow({ status, code = "", text = "" }: Refusal): Row {
  if (status === 429) return ["slow", "throttled"];
  const [, live, gateway] = /^(?:LIVE\.(\d+)|APIGW?\.(\d+))$/.exec(code) ?? [];
  if (gateway === "0301") {
    const match = AUTHENTICATION.find(([pattern]) => pattern.test(text));
    if (match) return [match[1], match[2]];
  }
  if (gateway === "0201" && status >= 500) return ["retry", "the back end is unavailable or timed out"];
  const row = live === undefined ? GATEWAY[gateway ?? ""] : LIVE[live];
  if (row) return row;
  // a 401 without a code may be a failed signature, and six of them lock the key
  if (status === 401 && code === "") return ["identity", "not authenticated"];
  if (status === 408) return ["retry", "the request did not arrive in time"]; // documented as safe to repeat
  return status >= 500 ? ["retry", "a server error without a known code"] : ["fail", "refused without a known code"];
}

/** All codes with their explanation, for the table in docs/errors.md. */
export const EXPLANATIONS: readonly (readonly [code: string, words: string, errorCode: ErrorCode])[] = [
  ...Object.entries(LIVE).map(([code, [meaning, words]]) => [`LIVE.${code}`, words, MEANING[meaning]] as const),
  ...Object.entries(GATEWAY).map(([code, [meaning, words]]) => [`APIGW.${code}`, words, MEANING[meaning]] as const),
];
