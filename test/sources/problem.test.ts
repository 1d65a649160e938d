import { describe, expect, it } from "@jest/globals";
import { ERROR_CODES, OffairError } from "../../lib/core/errors.ts";
import { problemAnswer } from "../../lib/sources/problem.ts";

const STATUS: Record<string, number> = {
  ERR_REPORT_METHOD: 405,
  ERR_SOURCE_UNKNOWN: 404,
  ERR_REPORT_TOO_LARGE: 413,
  ERR_REPORT_SIGNATURE: 401,
  ERR_REPORT_MEDIA_TYPE: 415,
  ERR_REPORT_INVALID: 400,
  ERR_REPORT_SCOPE: 422,
  ERR_REPORT_UNKNOWN: 404,
  ERR_STATUS_ID: 400,
  ERR_LEDGER: 503,
  ERR_SECRET: 503,
  ERR_QUEUE: 503,
};

/** Besides the content type (RFC 9110). */
const HEADERS: Record<number, Record<string, string>> = {
  401: { "www-authenticate": 'Signature realm="reports"' },
  405: { allow: "POST" },
  415: { accept: "application/json", "accept-encoding": "identity" },
  503: { "retry-after": "5" },
};

describe("an answer that refuses", () => {
  it.each(ERROR_CODES)("to %s has its status, the problem type and the request's id", (code) => {
    const { statusCode, headers, body } = problemAnswer(new OffairError(code, "our own sentence"), "request-1");
    expect(statusCode).toBe(STATUS[code] ?? 500);
    expect(headers["content-type"]).toBe("application/problem+json");
    const { "content-type": _type, "x-offair-trace": trace, ...others } = headers;
    expect(trace).toBe("request-1"); // for senders that read no body
    expect(others).toEqual(HEADERS[statusCode] ?? {});
    expect(JSON.parse(body)).toMatchObject({ status: statusCode, traceId: "request-1", type: "about:blank" });
  });

  it("to another method names those of the path, and 5xx says what the caller has to do", () => {
    const path = { allow: "GET", serverError: "ask again later" };
    const wrong = problemAnswer(new OffairError("ERR_REPORT_METHOD", "not a GET"), "request-1", path);
    expect([wrong.statusCode, wrong.headers.allow]).toEqual([405, "GET"]);
    const failed = problemAnswer(new OffairError("ERR_LEDGER", "hunter2"), "request-1", path);
    expect(JSON.parse(failed.body)).toMatchObject({ status: 503, detail: "ask again later" });
  });

  it("names the check that failed, or every fault with its pointer", () => {
    const answerTo = (error: OffairError) => JSON.parse(problemAnswer(error, "request-1").body);
    const check = "webhook-timestamp";
    expect(answerTo(new OffairError("ERR_REPORT_SIGNATURE", "too old", { check }))).toEqual({
      type: "about:blank",
      title: "Not authenticated",
      status: 401,
      detail: "too old",
      code: "ERR_REPORT_SIGNATURE",
      check,
      traceId: "request-1",
    });
    const issues = [{ pointer: "/score", message: "too big" }];
    expect(answerTo(new OffairError("ERR_REPORT_INVALID", "no", { issues }))).toMatchObject({ errors: issues });
  });

  it.each([
    ["a fault of ours", new OffairError("ERR_SECRET", "hunter2", { check: "hunter2", cause: new Error("hunter2") })],
    ["a code that no request should meet", new OffairError("ERR_ARCHIVE", "hunter2")],
    ["anything unforeseen", new TypeError("hunter2")],
    ["what is not even an error", "hunter2"],
  ])("tells nothing of our insides: %s", (_, error) => {
    const { statusCode, body } = problemAnswer(error, "request-1");
    expect(statusCode).toBeGreaterThanOrEqual(500);
    expect(body).not.toContain("hunter2");
    expect(body).toContain("send it again");
  });
});
