import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "@jest/globals";
import { ERROR_CODES, OffairError } from "../../lib/core/errors.ts";
import { EXPLANATIONS } from "../../lib/huawei/api/error-codes.ts";

const rows = readFileSync(join(import.meta.dirname, "../../docs/errors.md"), "utf8")
  .split("\n")
  .map((line) => /^\| `(ERR_\w+)` \| ([^|]+) \|/.exec(line))
  .filter((match) => match !== null);

it("tells operators of every code, and of no other", () => {
  expect(rows.map(([, code]) => code).sort()).toEqual([...ERROR_CODES].sort());
});

it("says of each that is not a sender's fault whether trying again can help", () => {
  const said = rows.filter(([, , second]) => second === "yes" || second === "no");
  expect(said.length).toBeGreaterThan(10);
  for (const [, code, second] of said) {
    const error = new OffairError(ERROR_CODES.find((each) => each === code) ?? "ERR_CONFIG", "");
    expect(`${code} ${error.retryable ? "yes" : "no"}`).toBe(`${code} ${second}`);
  }
});

it("tells of every code of Live and its gateway what it means and how it is taken", () => {
  const page = readFileSync(join(import.meta.dirname, "../../docs/errors.md"), "utf8");
  const said = [...page.matchAll(/^\| `((?:LIVE|APIGW)\.\d+)` \| (.+) \| `(ERR_\w+)` \|$/gm)].map(
    ([, ...cells]) => cells,
  );
  expect(said).toEqual(EXPLANATIONS.map((row) => [...row]));
});
