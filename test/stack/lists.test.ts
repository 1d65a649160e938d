/** Long results in a real terminal of 80×24 and 100×30: what a person sees, and the pager. */
import { randomUUID } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { displayWidth } from "../../cli/terminal/width.ts";
import type { OperatorResponse } from "../../lib/operator/contract/response-schema.ts";
import { useGateway } from "../cli/gateway.ts";
import { ALICE, ROOM } from "../cli/responses.ts";
import { inTerminal, type Types } from "../cli/terminal.ts";

const gateway = useGateway();

function listed(batches: number, streams: number): OperatorResponse {
  const results = Array.from({ length: batches }, (_, batch) => {
    const orderId = `op-${randomUUID()}`;
    return Array.from({ length: streams }, (_, index) => ({
      ...{ stream: { ...ROOM, stream: `raid-${batch}-${index}` }, resumeTime: "2026-11-23T05:00:00Z" },
      order: {
        ...{ number: 1, action: "disable" as const, reason: `INC-${batch}`, placedAt: "2026-11-22T05:00:00.000Z" },
        ...{ by: ALICE, orderId, outcome: "verified" as const },
      },
    }));
  }).flat();
  return { ok: true, errors: [], results, totals: { [ROOM.domain]: results.length } };
}

const SIZES = [
  { columns: 80, rows: 24 },
  { columns: 100, rows: 30 },
] as const;
type Size = (typeof SIZES)[number];

async function seen(args: readonly string[], size: Size, env: NodeJS.ProcessEnv = {}, types: Types = []) {
  const { code, screen } = await inTerminal(args, { ...gateway.as("alice"), ...env }, types, size);
  const lines = screen
    .replace(/\u001b\[[0-9;?]*[A-Za-z]|\u001b[=>]/g, "")
    .replaceAll("\r", "")
    .trimEnd()
    .split("\n");
  return { code, lines };
}

describe.each(SIZES)("on $columns×$rows", (size) => {
  it("200 streams of one batch take at most 12 lines, none of which wraps", async () => {
    gateway.answer(() => listed(1, 200));
    const { code, lines } = await seen(["list"], size);
    expect(code).toBe(0);
    expect(lines.length).toBeLessThanOrEqual(12);
    for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(size.columns);
    expect(lines.join("\n")).toMatch(/200 × INC-0 by alice .*\n[\s\S]*--all[\s\S]*200 disabled on push\.example\.com/);
  });

  it("what is longer than the screen is shown in the pager; leaving it before the end is no error", async () => {
    gateway.answer(() => listed(40, 4));
    const { code, lines } = await seen(["list"], size, { PAGER: "less -RX" }, [{ at: /:/, keys: "q" }]);
    expect(code).toBe(0);
    expect(lines.length).toBeLessThanOrEqual(size.rows + 1);
    expect(lines.join("\n")).not.toContain("160 disabled");
  });
});

describe("the pager", () => {
  const [size] = SIZES;

  it.each<[string, readonly string[], NodeJS.ProcessEnv]>([
    ["--no-pager", ["--no-pager"], {}],
    ["OFFAIR_PAGER=cat", [], { OFFAIR_PAGER: "cat", PAGER: "false" }],
    ["a terminal without abilities", [], { TERM: "dumb" }],
    ["a pager that is not installed", [], { PAGER: "no-such-pager" }],
  ])("is not used with %s: everything is printed", async (_, args, env) => {
    gateway.answer(() => listed(40, 4));
    const { code, lines } = await seen(["list", ...args], size, env);
    expect(code).toBe(0);
    expect(lines.at(-1)).toContain("160 disabled");
    expect(lines.length).toBeGreaterThanOrEqual(40 * 5 + 1);
  });

  it("is not started for what fits", async () => {
    gateway.answer(() => listed(1, 3));
    expect((await seen(["list"], size, { PAGER: "false" })).lines.at(-1)).toContain("3 disabled");
  });

  it("gets all of it: OFFAIR_PAGER before PAGER", async () => {
    gateway.answer(() => listed(40, 4));
    const { lines } = await seen(["list"], size, { OFFAIR_PAGER: "wc -l", PAGER: "false" });
    expect(lines).toEqual(["201"]);
  });
});
