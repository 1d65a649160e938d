import { readFileSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { parseAuditEvent } from "../../lib/audit/audit-request.ts";
import { OffairError } from "../../lib/core/errors.ts";
import { MINUTE_MS } from "../../lib/core/time.ts";
import { NOON } from "../support/fixtures.ts";
import "../support/runs.ts";

const slotOf = (event: unknown, now = NOON) => parseAuditEvent(event, now).slot.toISOString();

describe("the slot", () => {
  it("is the scheduled time, however late the event comes", () => {
    expect(parseAuditEvent({ slot: "2026-11-21T11:00:00Z" }, NOON)).toEqual({
      ...{ scheduled: true, slot: new Date("2026-11-21T11:00:00Z") },
    });
    const sample: unknown = JSON.parse(readFileSync("events/audit.json", "utf8"));
    expect(slotOf(sample, new Date("2026-11-21T22:04:00Z"))).toBe("2026-11-21T22:00:00.000Z");
  });

  it.each([[{}], [null], [undefined], [{ time: "2020-01-01T00:00:00Z" }]])(
    "is this second when %j names none: a person asks",
    (event) => {
      expect(parseAuditEvent(event, new Date("2026-11-21T12:34:56.987Z"))).toEqual({
        ...{ scheduled: false, slot: new Date("2026-11-21T12:34:56Z") },
      });
    },
  );

  it.each([
    ["2026-11-21T12:30:00+01:00", "2026-11-21T11:00:00.000Z"],
    ["2026-11-21T11:59:59.999Z", "2026-11-21T11:00:00.000Z"],
  ])("%s lies in the slot %s: the schedule has full hours", (slot, hour) => {
    expect(slotOf({ slot })).toBe(hour);
  });

  it("may lie a minute ahead, for clocks differ, and no more", () => {
    const ahead = (ms: number) => ({ slot: new Date(NOON.getTime() + ms).toISOString() });
    expect(slotOf(ahead(MINUTE_MS))).toBe("2026-11-21T12:00:00.000Z");
    expect(() => slotOf(ahead(MINUTE_MS + 1))).toThrow(expect.objectContaining({ code: "ERR_EVENT_INVALID" }));
  });

  it("is refused once it is over: what is off now is no snapshot of then", () => {
    const ago = (ms: number) => ({ slot: new Date(NOON.getTime() - ms).toISOString() });
    expect(slotOf(ago(180 * MINUTE_MS))).toBe("2026-11-21T09:00:00.000Z"); // an hour of the schedule's repeats, and one of Lambda's
    expect(() => slotOf(ago(180 * MINUTE_MS + 1))).toThrow(expect.objectContaining({ code: "ERR_EVENT_INVALID" }));
  });

  it.each(["", "today", "2026-11-21", "2026-11-21T12:00:00", "2026-02-30T00:00:00Z", 1_795_262_400, null, {}, ["x"]])(
    "%j is refused, with a pointer",
    (slot) => {
      expect(() => slotOf({ slot })).toThrow(
        expect.objectContaining({
          code: "ERR_EVENT_INVALID",
          details: { issues: [expect.objectContaining({ pointer: "/slot" })] },
        }),
      );
    },
  );

  it.each([["text"], [7], [[]], [true]])("the event %j is refused as a whole", (event) => {
    expect(() => slotOf(event)).toThrow(expect.objectContaining({ code: "ERR_EVENT_INVALID" }));
  });
});

it("any event gives a second that exists, not after now, or ERR_EVENT_INVALID", () => {
  const texts = fc.oneof(
    fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
    fc.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?(Z|[+-]\d\d:\d\d)$/),
    fc.string(),
  );
  const events = fc.oneof(fc.record({ slot: texts }), fc.anything());
  fc.assert(
    fc.property(events, (event) => {
      try {
        const ms = parseAuditEvent(event, NOON).slot.getTime();
        expect(ms % 1_000).toBeCloseTo(0);
        expect(ms).toBeLessThanOrEqual(NOON.getTime() + MINUTE_MS);
      } catch (error) {
        expect(error).toBeInstanceOf(OffairError);
        expect(error).toMatchObject({ code: "ERR_EVENT_INVALID" });
      }
    }),
  );
});
