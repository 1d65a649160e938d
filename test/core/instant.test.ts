import { describe, expect, it } from "@jest/globals";
import { instantSchema, parseDay, parseHttpDate, parseInstant } from "../../lib/core/instant.ts";

describe("an instant", () => {
  it.each([
    ["2026-11-21T12:00:00Z", "2026-11-21T12:00:00.000Z"],
    ["2026-11-21T14:30:00+02:30", "2026-11-21T12:00:00.000Z"],
    ["2026-11-21T00:30:00-23:59", "2026-11-22T00:29:00.000Z"],
    ["2026-11-21T12:00:00-00:00", "2026-11-21T12:00:00.000Z"],
    ["2026-11-21T12:00:00.5Z", "2026-11-21T12:00:00.500Z"],
    ["2026-11-21T12:00:00.123456789Z", "2026-11-21T12:00:00.123Z"],
    ["2028-02-29T00:00:00Z", "2028-02-29T00:00:00.000Z"],
    ["0000-01-01T00:00:00Z", "0000-01-01T00:00:00.000Z"],
  ])("is read by every reader alike: %s", (text, at) => {
    expect(parseInstant(text)?.toISOString()).toBe(at);
    expect(instantSchema.parse(text)).toBe(at);
  });

  it.each([
    ...["2026-02-30T00:00:00Z", "2026-02-29T00:00:00Z", "2026-04-31T00:00:00Z", "2026-13-01T00:00:00Z"],
    ...["2026-11-00T00:00:00Z", "2026-11-21T24:00:00Z", "2026-11-21T25:00:00Z", "2026-11-21T12:60:00Z"],
    ...["2026-06-30T23:59:60Z", "2026-11-21T12:00:00+24:00", "2026-11-21T12:00:00+14:60", "2026-11-21T12:00:00+0100"],
    ...["2026-11-21T12:00:00+01", "2026-11-21t12:00:00Z", "2026-11-21T12:00:00z", "2026-11-21 12:00:00Z"],
    ...["2026-11-21T12:00:00", "2026-11-21T12:00Z", "2026-11-21", "2026-11-21T12:00:00,5Z", "2026-11-21T12:00:00.Z"],
    ...["+002026-11-21T12:00:00Z", "26-11-21T12:00:00Z", "20261121T120000Z", "9999-12-31T23:59:59-00:01"],
    ...["0000-01-01T00:00:00+00:01", "2026-11-21T12:00:00Z\n", " 2026-11-21T12:00:00Z", "1795262400", "now", ""],
    ...["Sat, 21 Nov 2026 12:00:00 GMT", "2026-11-21T12:00:00\u2212 01:00", "\uff12026-11-21T12:00:00Z"],
  ])("is refused by every reader alike: %j", (text) => {
    expect(parseInstant(text)).toBeUndefined();
    expect(instantSchema.safeParse(text).success).toBe(false);
  });
});

describe("a day", () => {
  it("is its first moment in UTC, and exists", () => {
    expect(parseDay("2028-02-29")?.toISOString()).toBe("2028-02-29T00:00:00.000Z");
    for (const text of ["2026-02-29", "2026-2-1", "2026-11-21T12:00:00Z", "2026-11-31", "20261121", " 2026-11-21", ""])
      expect(parseDay(text)).toBeUndefined();
  });
});

describe("the header date", () => {
  it("is read in the format of HTTP only", () => {
    expect(parseHttpDate("Sat, 21 Nov 2026 12:00:00 GMT")).toEqual(new Date("2026-11-21T12:00:00Z"));
    for (const text of [
      ...["Sun, 21 Nov 2026 12:00:00 GMT", "Mon, 30 Feb 2026 12:00:00 GMT", "Sat, 21 Nov 2026 12:00:00 +0100"],
      ...["Saturday, 21-Nov-26 12:00:00 GMT", "2026-11-21T12:00:00Z", "2026", "Sat, 21 Nov 2026 24:00:00 GMT", ""],
    ]) {
      expect(parseHttpDate(text)).toBeUndefined();
    }
    expect(parseHttpDate(undefined)).toBeUndefined();
  });
});
