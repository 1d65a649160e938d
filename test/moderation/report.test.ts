import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { claimSchema } from "../../lib/moderation/claim.ts";
import { reportKey } from "../../lib/moderation/report.ts";

const claim = {
  occurredAt: "2026-11-21T12:00:00Z",
  stream: { domain: "push.example.com", app: "live", stream: "room-42" },
  category: "weapons",
};
const read = (change: object) => claimSchema.safeParse({ ...claim, ...change });

describe("when it occurred", () => {
  it.each([
    ["2026-11-21T12:00:00Z", "2026-11-21T12:00:00.000Z"],
    ["2026-11-21T14:30:00+02:30", "2026-11-21T12:00:00.000Z"],
    ["2026-11-21T00:30:00-23:59", "2026-11-22T00:29:00.000Z"],
    ["2026-11-21T12:00:00.123456789Z", "2026-11-21T12:00:00.123Z"],
    ["2028-02-29T00:00:00Z", "2028-02-29T00:00:00.000Z"],
    ["0000-01-01T00:00:00Z", "0000-01-01T00:00:00.000Z"],
    ["9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"],
  ])("%s is kept as %s", (occurredAt, kept) => {
    expect(read({ occurredAt }).data?.occurredAt).toBe(kept);
  });

  it.each([
    "2026-02-29T00:00:00Z",
    "2026-11-21T12:00:00",
    "2026-11-21 12:00:00Z",
    "2026-11-21T12:00Z",
    "2026-11-21T24:00:00Z",
    "9999-12-31T23:59:59-00:01",
    "0000-01-01T00:00:00+00:01",
    "",
  ])("%j is no instant that we take", (occurredAt) => {
    expect(read({ occurredAt }).error?.issues[0]?.path).toEqual(["occurredAt"]);
  });

  it("compares as text as it does in time", () => {
    const date = fc.date({
      min: new Date("0000-01-02T00:00:00Z"),
      max: new Date("9999-12-30T00:00:00Z"),
      noInvalidDate: true,
    });
    const kept = (value: Date) => read({ occurredAt: value.toISOString() }).data?.occurredAt ?? "";
    fc.assert(
      fc.property(date, date, (a, b) => {
        expect(kept(a) < kept(b)).toBe(a < b);
      }),
    );
  });
});

describe("a claim", () => {
  it("leaves out what nobody asked for", () => {
    const stream = { ...claim.stream, resumeTime: "x" };
    expect(Object.keys(read({ stream, action: "disable", source: "x", id: "y" }).data ?? {})).toEqual([
      "occurredAt",
      "stream",
      "category",
    ]);
    expect(read({ stream }).data?.stream).toEqual(claim.stream);
  });

  it("keeps line breaks and tabs of what a person wrote", () => {
    expect(read({ reason: "a\r\n\tb" }).data?.reason).toBe("a\r\n\tb");
  });

  it("has no score where none was given: none is not zero", () => {
    expect(read({}).data).not.toHaveProperty("score");
    expect(read({ score: 0 }).data?.score).toBe(0);
  });
});

it("the idempotency key tells sources and ids apart, whatever the ids hold", () => {
  expect(reportKey({ source: "standard", id: "msg_1" })).toBe("standard#msg_1");
  const source = fc.stringMatching(/^[a-z0-9-]{1,3}$/); // as the policy names sources
  const report = fc.record({ source, id: fc.string({ unit: fc.constantFrom("a", "#", "-"), maxLength: 4 }) });
  fc.assert(
    fc.property(report, report, (a, b) => {
      expect(reportKey(a) === reportKey(b)).toBe(a.source === b.source && a.id === b.id);
    }),
  );
});
