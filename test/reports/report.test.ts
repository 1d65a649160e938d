import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import * as z from "zod";
import { claimSchema } from "../../lib/reports/claim.ts";
import { reportKey } from "../../lib/reports/report.ts";
import { runs } from "../support/runs.ts";

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

  it("is kept as a Date would say it, also where it is in UTC and in whole seconds already", () => {
    const date = fc.date({ min: new Date("0000-01-01"), max: new Date("9999-12-31"), noInvalidDate: true });
    fc.assert(
      fc.property(date, fc.constantFrom("Z", ".5Z", ".50Z", "-00:00"), (at, end) => {
        const occurredAt = `${at.toISOString().slice(0, 19)}${end}`;
        expect(read({ occurredAt }).data?.occurredAt).toBe(new Date(occurredAt).toISOString());
      }),
    );
  });

  it("has the same faults where it is no instant, however long it is", () => {
    const issues = (occurredAt: string) => read({ occurredAt }).error?.issues.map(({ message }) => message);
    expect(issues("noon")).toEqual(["Invalid ISO datetime", "must be in the years 0 to 9999"]);
    expect(issues("2026-11-21T12-00-00Z")).toEqual(issues("noon"));
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

describe("the address of a piece of evidence", () => {
  // One by one, without a look at whether it is plain.
  const addressSchema = z
    .string()
    .refine((text) => text.isWellFormed(), "must not hold half of a surrogate pair")
    .refine((text) => !/[^\t\n\r -~\u00a0-\uffff]/.test(text), "must not hold control characters")
    .max(2_048)
    .pipe(z.url({ protocol: /^https?$/ }));
  const start = fc.constantFrom("https://", "http://", "HTTPS://", "https:", " https://", "ht\ntps://", "ftp://", "");
  const odd = fc.constantFrom(
    "[::1]",
    "[",
    "@",
    ":99999",
    ":80",
    "%zz",
    "1.2.3.4.5",
    "xn--",
    "\\",
    " ",
    "\t",
    "\u0000",
    "é",
    "\ud800",
  );
  const rest = fc.array(fc.oneof(odd, fc.string({ maxLength: 8 })), { maxLength: 4 }).map((parts) => parts.join(""));
  const long = fc.integer({ min: 2_030, max: 2_060 }).map((length) => "https://e.example/".padEnd(length, "x"));
  const address = fc.oneof(
    fc.webUrl(),
    fc.tuple(start, rest).map((parts) => parts.join("")),
    long,
    fc.anything(),
  );

  it("is taken, kept and refused as its rules have it, however plain it is", () => {
    fc.assert(
      fc.property(address, (url) => {
        const ours = read({ evidence: [{ url }] });
        const theirs = addressSchema.safeParse(url);
        expect(ours.data?.evidence?.[0]?.url).toBe(theirs.data);
        // Of a value that is no text zod also checks its `length`, if it happens to have one.
        const checked = typeof url === "string" ? theirs.error?.issues : theirs.error?.issues.slice(0, 1);
        expect(ours.error?.issues.map(({ message }) => message)).toEqual(checked?.map(({ message }) => message));
        expect(ours.error?.issues.every(({ path }) => path.join("/") === "evidence/0/url") ?? true).toBe(true);
      }),
      { numRuns: runs(1_000) },
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
