import { afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";
import { OffairError } from "../../lib/core/errors.ts";
import { describeError, logError, logInfo, logWarn } from "../../lib/core/log.ts";

describe("what is logged of an error", () => {
  it("is its code, our sentence and where it happened; of a cause its name", () => {
    const stream = { domain: "push.example.com", app: "live", stream: "room-42" };
    const cause = new TypeError("hunter2");
    const error = new OffairError("ERR_LIVE_REJECTED", "no", { stream, requestId: "r-1", status: 400, cause });
    expect(describeError(error)).toEqual({
      error: "ERR_LIVE_REJECTED",
      message: "no",
      stream,
      requestId: "r-1",
      status: 400,
      cause: "TypeError",
    });
  });

  it.each([
    [new TypeError("hunter2"), "TypeError"],
    [
      Object.assign(new Error("hunter2"), { name: "AccessDeniedException", $response: "hunter2" }),
      "AccessDeniedException",
    ],
    ["hunter2", "string"],
    [{ sk: "hunter2" }, "object"],
    [undefined, "undefined"],
    [null, "object"],
  ])("is only its kind when it is not ours: %s", (error, kind) => {
    expect(describeError(error)).toEqual({ error: kind });
  });

  it("is nothing of a cause that is no error", () => {
    const described = describeError(new OffairError("ERR_LEDGER", "away", { cause: { sk: "hunter2" } }));
    expect(described).toEqual({ error: "ERR_LEDGER", message: "away" });
  });
});

describe("a log line", () => {
  const written: unknown[][] = [];
  beforeEach(() => {
    written.length = 0;
    for (const level of ["info", "warn", "error"] as const) {
      jest.spyOn(console, level).mockImplementation((...line) => void written.push([level, ...line]));
    }
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it("is one object with its event first, at its own level", () => {
    logInfo("report.accepted", { id: "msg_1" });
    logWarn("report.refused");
    logError("ledger.away", { attempts: 2 });
    expect(written).toEqual([
      ["info", { event: "report.accepted", id: "msg_1" }],
      ["warn", { event: "report.refused" }],
      ["error", { event: "ledger.away", attempts: 2 }],
    ]);
  });
});
