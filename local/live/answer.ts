/** Answers of Live and of its API gateway, and their documented errors. */
export interface HttpResponse {
  readonly status: number;
  readonly body?: Readonly<Record<string, unknown>>;
  /** Answered by the gateway, not by Live; the body then has a `request_id`. */
  readonly fromGateway?: true;
}

/** Errors of Live: `{error_code, error_msg}`. https://support.huaweicloud.com/intl/en-us/api-live/ErrorCode.html */
const LIVE_ERRORS = {
  "LIVE.100011001": { status: 400, message: "Request Illegal" },
  "LIVE.100011012": { status: 400, message: "Unsupported media type" },
  "LIVE.100011015": { status: 401, message: "Project ID check failed" },
  "LIVE.103011018": { status: 400, message: "Resource already exists" },
  "LIVE.103011019": { status: 404, message: "Resource doesn't exist" },
} as const;

export function liveError(code: keyof typeof LIVE_ERRORS, message: string = LIVE_ERRORS[code].message): HttpResponse {
  return { status: LIVE_ERRORS[code].status, body: { error_code: code, error_msg: message } };
}

/** https://support.huaweicloud.com/intl/en-us/devg-apisign/api-sign-errorcode.html */
export function gatewayError(status: number, code: string, message: string): HttpResponse {
  return { status, body: { error_msg: message, error_code: code }, fromGateway: true };
}

/** 401 APIGW.0301: https://support.huaweicloud.com/intl/en-us/devg-apisign/api-sign-0001.html */
export const unauthenticated = (why: string): HttpResponse =>
  gatewayError(401, "APIGW.0301", `Incorrect IAM authentication information: ${why}`);
