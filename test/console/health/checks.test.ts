import { describe, expect, it } from "@jest/globals";
import { clockState, groupChecks, versionState } from "../../../console/health/checks.ts";
import type { Check } from "../../../lib/operator/contract/response-schema.ts";

const check = (name: string, state: string): Check => ({ name, state: state as Check["state"], says: "x" });

it("checks are grouped, what is wrong first, with the states of a newer deployment", () => {
  const groups = groupChecks([check("a", "ok"), check("b", "warning"), check("c", "failed"), check("d", "strange")]);
  expect(groups.map(([name, some]) => [name, some.map((each) => each.name).join()])).toEqual([
    ["failed", "c"],
    ["other", "d"],
    ["warning", "b"],
    ["ok", "a"],
  ]);
  expect(groupChecks([])).toEqual([]);
});

describe("the clock of this machine", () => {
  it.each([
    [undefined, "unknown"],
    [59_000, "ok"],
    [-59_000, "ok"],
    [61_000, "behind"],
    [-61_000, "ahead"],
  ] as const)("with a gateway that is %s ms ahead: %s", (aheadMs, state) => {
    expect(clockState(aheadMs)).toBe(state);
  });
});

describe("the versions", () => {
  it.each([
    ["0.1.0, commit 61893a1abcde", "0.1.0, commit 61893a1abcde", "same"],
    ["0.1.0, commit 61893a1abcde", "0.1.0, commit 000000000000", "other"],
    ["0.1.0", "0.1.0", "other"],
    ["0.1.0", undefined, "unknown"],
  ] as const)("%s and %s: %s", (own, other, state) => {
    expect(versionState(own, other)).toBe(state);
  });
});
