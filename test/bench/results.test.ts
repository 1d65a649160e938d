/** The page and its file: what is stored of a run, what changed since the one before, and what is said about CPU. */
import { describe, expect, it } from "@jest/globals";
import type { CpuOfOne, Measured, Row, Samples } from "../../bench/bench.ts";
import { cpuOfOne, describeCpu, isBoundByMachine } from "../../bench/cpu.ts";
import { type Machine, readResults, runOf } from "../../bench/results.ts";
import { boundsOf, changesOf, tableOf } from "../../bench/table.ts";

const MACHINE: Machine = { at: "2026-11-29T12:00:00.000Z", node: "v24.21.0", cpu: "AMD EPYC", cpus: 2 };
const LATER: Machine = { ...MACHINE, at: "2026-12-01T12:00:00.000Z" };
const ROW: Row = { what: "speed", above: "a", below: "b", target: { atMost: 2 } };

/** Rounds with a ratio of about this one, ± 2 %. */
const measured = (ratio: number, row: Row = ROW, unit: Samples["unit"] = "ms", rounds = 20): Measured => {
  const a = Array.from({ length: rounds }, (_, round) => ratio * (0.98 + 0.04 * ((round * 7) % 10) * 0.1));
  return { rows: [row], samples: { a: { unit, values: a }, b: { unit, values: Array<number>(rounds).fill(1) } } };
};

const changeAfter = (before: Measured, now: Measured, machine: Machine = LATER): string => {
  const run = runOf(now, machine, runOf(before, MACHINE));
  return /\| ([^|]*) \|$/.exec(changesOf({ bench: run }))?.[1] ?? "";
};

describe("what changed since the last run", () => {
  it("is judged by the spreads of both runs", () => {
    expect(changeAfter(measured(1.5), measured(1.51))).toBe("same");
    expect(changeAfter(measured(1.5), measured(1.2))).toBe("faster");
    expect(changeAfter(measured(1.5), measured(1.8))).toBe("slower");
  });

  it("is the other way round if more is better", () => {
    const share: Row = { ...ROW, target: { atLeast: 0.8 } };
    expect(changeAfter(measured(0.7, share), measured(0.9, share))).toBe("faster");
    expect(changeAfter(measured(0.9, share), measured(0.7, share))).toBe("slower");
  });

  it("is not judged between machines or versions of Node, or if a spread is not known", () => {
    expect(changeAfter(measured(1.5), measured(1.2), { ...LATER, cpu: "Intel" })).toBe("another machine");
    expect(changeAfter(measured(1.5), measured(1.2), { ...LATER, node: "v26.0.0" })).toBe("another machine");
    expect(changeAfter(measured(1.5, ROW, "ms", 5), measured(1.2))).toBe("spread not known");
    expect(changeAfter(measured(1.5, { ...ROW, what: "another row" }), measured(1.2))).toBe("new");
  });

  it("is a size by any difference, on any machine", () => {
    const size: Row = { ...ROW, isExact: true };
    const machine = { ...LATER, cpu: "Intel" };
    expect(changeAfter(measured(1.5, size, "bytes", 1), measured(1.49, size, "bytes", 1), machine)).toBe("smaller");
    expect(changeAfter(measured(1.5, size, "bytes", 1), measured(1.5, size, "bytes", 1), machine)).toBe("same");
  });

  it("has the ratio, the date and the machine of the run before", () => {
    const run = runOf(measured(1.2), LATER, runOf(measured(1.5), MACHINE));
    expect(changesOf({ bench: run })).toContain("| 1.20 | 1.50 | 2026-11-29, Node v24.21.0, 2 × AMD EPYC | faster |");
  });
});

describe("the file of the results", () => {
  it("keeps of the run before its ratios only, so that it does not grow from run to run", () => {
    let run = runOf(measured(1.5), MACHINE);
    const lengths = [1, 2, 3].map(() => {
      run = runOf(measured(1.5), LATER, run);
      return JSON.stringify(run).length;
    });
    expect(new Set(lengths).size).toBe(1);
  });

  it("keeps five digits, and refuses more samples than a bench may have", () => {
    const { samples } = runOf(measured(1.23456789), MACHINE);
    expect(Math.max(...(samples.a?.values ?? []).map((value) => `${value}`.length))).toBeLessThanOrEqual(6);
    expect(() => runOf(measured(1, ROW, "ms", 2_001), MACHINE)).toThrow();
  });

  it("is read by this code, with all of its rows", () => {
    expect(tableOf(readResults()).split("\n").length).toBeGreaterThan(20);
  });
});

describe("the spread in the table", () => {
  it("says how many rounds gave it, and when it is too wide or not known", () => {
    const spread = (now: Measured) =>
      tableOf({ bench: runOf(now, MACHINE) })
        .split("|")
        .at(-4)
        ?.trim();
    expect(spread(measured(1.5))).toMatch(/^1\.\d\d – 1\.\d\d: \d\.\d % in 20 rounds$/);
    const { a, b } = measured(1.5).samples;
    const wild = a?.values.map((value, round) => value * (1 + (round % 3))) ?? [];
    expect(
      spread({ rows: [ROW], samples: { a: { unit: "ms", values: wild }, b: b ?? { unit: "ms", values: [] } } }),
    ).toMatch(/: \d+ % in 20 rounds, not under 5 %$/);
    expect(spread(measured(1.5, ROW, "ms", 5))).toBe("5 rounds: not known");
    expect(spread(measured(1.5, ROW, "ms", 1))).toBe("one round: not known");
    expect(spread(measured(1.5, { ...ROW, isExact: true }, "bytes", 1))).toBe("–");
  });
});

describe("the CPU of a row", () => {
  const IDLE: CpuOfOne = { one: "order", functionsMs: 14, standInsMs: 21, cores: 0.4, loop: 0.5, busy: 0.6 };

  it("is that of all measurements, for each order", () => {
    const used = { wallMs: 10_000, functionsMs: 700, standInsMs: 2_100, loopMs: 2_500, busyMs: 5_000 };
    const { functionsMs, standInsMs, loop } = cpuOfOne("order", 100, [used, used]);
    expect([functionsMs, standInsMs, loop]).toEqual([14, 42, 0.25]);
  });

  it.each(["cores", "loop", "busy"] as const)("bounds the row if the %s are at least 80 %% busy", (share) => {
    expect([isBoundByMachine(IDLE), isBoundByMachine({ ...IDLE, [share]: 0.8 })]).toEqual([false, true]);
  });

  it("stands in the table and among the limits", () => {
    const results = (cpu: CpuOfOne) => ({ bench: runOf(measured(3, { ...ROW, cpu }), MACHINE) });
    expect(tableOf(results({ ...IDLE, busy: 0.93 }))).toContain("missed by 50 %, bound by the machine |");
    expect(tableOf(results(IDLE))).not.toContain("bound by the machine");
    expect(boundsOf(results(IDLE))).toBe(`- **bench: speed.** ${describeCpu(IDLE)}`);
    expect(describeCpu(IDLE)).toContain(
      "14 ms of CPU in the functions, 21 ms in the stand-ins and the bench, 35 ms in all",
    );
  });
});
