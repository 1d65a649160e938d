/**
 * How deep property tests go: one setting, TEST_DEPTH. `quick` (a tenth of the runs) is the default, `full` is for CI, `nightly` is ten
 * times as deep. Import this file wherever fast-check is used: it also sets the seed, so that `TEST_SEED=N npm test` repeats a run.
 */
import { jest } from "@jest/globals";
import fc from "fast-check";

const FACTORS: Readonly<Record<string, number>> = { quick: 0.1, full: 1, nightly: 10 };
const name = process.env.TEST_DEPTH || "quick";
const factor = FACTORS[name] ?? Number.NaN;
if (Number.isNaN(factor)) throw new Error(`TEST_DEPTH must be one of ${Object.keys(FACTORS)}; it is ${name}`);

/** Fewer than this show nothing. */
const FEWEST = 10;

/** @param full - the number of runs in CI. */
export const runs = (full: number): number => Math.max(Math.round(full * factor), Math.min(full, FEWEST));

/**
 * The bound in "this happened in more than N runs".
 *
 * @param full - the bound in CI; a quick run asks for less than half of its share, because few runs vary more.
 */
export const often = (full: number): number => (factor < 1 ? Math.floor((full * factor) / 2) - 1 : full * factor);

fc.configureGlobal({ seed: jest.getSeed(), numRuns: runs(100) });
