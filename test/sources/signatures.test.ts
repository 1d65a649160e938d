import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { OffairError } from "../../lib/core/errors.ts";
import {
  checkAge,
  checkExpiry,
  checkSecrets,
  fitsAny,
  headerOf,
  isEqual,
  isEqualHex,
  secondsOf,
} from "../../lib/sources/signatures.ts";
import { NOON } from "../support/fixtures.ts";
import "../support/runs.ts";

const nowS = NOON.getTime() / 1_000;
/** The check that a refusal names, or its code; undefined where there is none. */
function refusal(act: () => unknown): string | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    if (!(error instanceof OffairError)) throw error;
    return error.details.check ?? error.code;
  }
}

it("texts are equal where every byte is", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (a, b) => {
      expect(isEqual(a, a)).toBe(true);
      expect(isEqual(a, b)).toBe(Buffer.from(a).equals(Buffer.from(b)));
    }),
  );
  expect([isEqual("", ""), isEqual("a", "A"), isEqualHex("aB0", "Ab0"), isEqualHex("ab", "ab0")]).toEqual([
    true,
    false,
    true,
    false,
  ]);
});

it("every secret is tried, however early one fits", () => {
  const tried: string[] = [];
  const fits = (secret: string): boolean => tried.push(secret) === 1;
  expect(fitsAny(["a", "b", "c"], fits)).toBe(true);
  expect(tried).toEqual(["a", "b", "c"]);
  expect(fitsAny([], fits)).toBe(false);
});

it.each<[string, Record<string, string | undefined>]>([
  ["missing", {}],
  ["empty", { "x-signature": "" }],
  ["undefined", { "x-signature": undefined }],
])("a header that is %s is refused by its name", (_, headers) => {
  expect(refusal(() => headerOf({ headers }, "x-signature"))).toBe("x-signature");
});

it("no header is found among inherited names", () => {
  for (const name of ["constructor", "toString", "__proto__"])
    expect(refusal(() => headerOf({ headers: {} }, name))).toBe(name);
});

describe("seconds", () => {
  it.each<[unknown, number]>([
    [nowS, nowS],
    [String(nowS), nowS],
    ["0", 0],
  ])("%j are read", (value, seconds) => {
    expect(secondsOf("/body/t", value)).toBe(seconds);
  });

  it.each<unknown>([
    undefined,
    null,
    "",
    " 5",
    "5\n",
    "1.5",
    1.5,
    -1,
    "-1",
    "+1",
    "1e9",
    1e21,
    Number.NaN,
    "9".repeat(13),
    `0${nowS}`,
    "00",
    true,
    [nowS],
    {},
  ])("%j are refused", (value) => {
    expect(refusal(() => secondsOf("/body/t", value))).toBe("/body/t");
  });
});

describe("the age of a proof", () => {
  it.each([-300, 0, 300])("may be %i s", (age) => {
    expect(refusal(() => checkAge("t", nowS - age, NOON))).toBeUndefined();
  });
  it.each([-301, 301, 1e9, -1e9])("may not be %i s", (age) => {
    expect(refusal(() => checkAge("t", nowS - age, NOON))).toBe("t");
  });
});

describe("the end of a proof", () => {
  it.each([
    [0, 0],
    [600, 0],
    [86_400, 0],
    [-60, 60],
  ])("may be %i s away with %i s of slack", (left, slackS) => {
    expect(refusal(() => checkExpiry("t", nowS + left, NOON, slackS))).toBeUndefined();
  });
  it.each([
    [-1, 0],
    [-61, 60],
    [86_401, 0],
    [86_401, 60],
    [1e10, 0],
  ])("may not be %i s away with %i s of slack", (left, slackS) => {
    expect(refusal(() => checkExpiry("t", nowS + left, NOON, slackS))).toBe("t");
  });
});

it("a secret that is too short or too long is ours to mend, beside which good one ever", () => {
  expect(refusal(() => checkSecrets(["x".repeat(32), "x".repeat(128)], 32, 128))).toBeUndefined();
  for (const length of [31, 129]) {
    expect(refusal(() => checkSecrets(["x".repeat(32), "x".repeat(length)], 32, 128))).toBe("ERR_SECRET");
  }
});
