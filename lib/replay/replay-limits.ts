/**
 * What the limits would have made of the actions of a replay: which ones would have waited for a person, and how close the others came.
 * Actions are kept as columns of numbers, some twenty bytes each, until all are known: the file may hold them in any order of time.
 */

import type { Policy } from "../policy/policy.ts";
import { headroom, type Limit, NOTHING_TAKEN, type Taken, take } from "../safeguards/action-limits.ts";

export interface Moment {
  readonly atMs: number;
  /**
   * As last counted, where the worker looked it up; undefined: nobody had counted. "unread": it had no reason to look, so what was known
   * before goes on.
   */
  readonly liveStreams: number | undefined | "unread";
}

export interface AskedAction extends Moment {
  /** Of its report in the file. */
  readonly index: number;
  readonly source: string;
  /** The worker asks the limits only where it enforces. */
  readonly isEnforced: boolean;
}

/** The moment at which a limit was fullest. */
export interface Fullest {
  readonly limit: Limit;
  /** Whose limit it is, where each source has its own. */
  readonly source?: string;
  /** Places taken, of so many. */
  readonly used: number;
  readonly most: number;
}

export interface LimitsRun {
  /** By the report's index in the file. */
  readonly held: ReadonlyMap<number, Limit>;
  readonly fullest: readonly Fullest[];
}

const UNREAD = -1;
const NOBODY_COUNTED = -2;
/** In place of an index: nothing was to be done, but the streams had been counted. */
const COUNT_ONLY = -1;

const FIRST_ROWS = 1_024;

export function createActions() {
  let columns = createColumns(FIRST_ROWS);
  let rows = 0;
  let isInOrder = true;
  let isAllEnforced = true;
  const sources: string[] = [];
  const numberOf = new Map<string, number>();

  function add({ index, atMs, source, liveStreams, isEnforced }: AskedAction): void {
    if (rows === columns.atMs.length) columns = grown(columns);
    const number = numberOf.get(source) ?? sources.push(source) - 1;
    numberOf.set(source, number);
    if (rows > 0 && atMs < at(columns.atMs, rows - 1)) isInOrder = false;
    if (!isEnforced && index !== COUNT_ONLY) isAllEnforced = false;
    columns.index[rows] = index;
    columns.atMs[rows] = atMs;
    columns.live[rows] = liveStreams === "unread" ? UNREAD : (liveStreams ?? NOBODY_COUNTED);
    columns.source[rows] = number;
    columns.enforced[rows] = isEnforced ? 1 : 0;
    rows++;
  }

  function inOrder(): Uint32Array {
    const order = new Uint32Array(rows).map((_, row) => row);
    return isInOrder ? order : order.sort((a, b) => at(columns.atMs, a) - at(columns.atMs, b) || a - b);
  }

  /** From nothing taken, in the order of time; of two at one moment the earlier in the file comes first. */
  function run(policy: Policy, which: "all" | "enforced"): LimitsRun {
    const held = new Map<number, Limit>();
    const fullest = new Map<string, Fullest>();
    let taken: Taken = NOTHING_TAKEN;
    let known: number | undefined;
    for (const row of inOrder()) {
      const counted = at(columns.live, row);
      if (counted !== UNREAD) known = counted === NOBODY_COUNTED ? undefined : counted;
      const index = at(columns.index, row);
      if (index === COUNT_ONLY || (which === "enforced" && at(columns.enforced, row) === 0)) continue;
      const source = sources[at(columns.source, row)] ?? "";
      const asked = { source, now: new Date(at(columns.atMs, row)), liveStreams: known };
      const { answer: full, taken: after = taken } = take(taken, asked, policy);
      taken = after;
      if (full) held.set(index, full);
      for (const { limit, used, most } of headroom(taken, asked, policy)) {
        const name = limit === "limit-source" ? `${limit} ${source}` : limit;
        const before = fullest.get(name);
        if (before && fullness(before) >= fullness({ used, most })) continue;
        fullest.set(name, { limit, ...(limit === "limit-source" && { source }), used, most });
      }
    }
    return { held, fullest: [...fullest.values()] };
  }

  return {
    add,
    addCount: (moment: Moment): void => add({ ...moment, index: COUNT_ONLY, source: "", isEnforced: false }),
    /** `enforced`: as if the others had not been; `all`: as if every one had been. */
    run(policy: Policy): { readonly all: LimitsRun; readonly enforced: LimitsRun } {
      const all = run(policy, "all");
      return { all, enforced: isAllEnforced ? all : run(policy, "enforced") };
    },
  };
}

const createColumns = (length: number) => ({
  atMs: new Float64Array(length),
  index: new Int32Array(length),
  live: new Int32Array(length),
  source: new Uint32Array(length),
  enforced: new Uint8Array(length),
});
type Columns = ReturnType<typeof createColumns>;

function grown(full: Columns): Columns {
  const columns = createColumns(full.atMs.length * 2);
  columns.atMs.set(full.atMs);
  columns.index.set(full.index);
  columns.live.set(full.live);
  columns.source.set(full.source);
  columns.enforced.set(full.enforced);
  return columns;
}

const at = (column: { readonly [row: number]: number }, row: number): number => column[row] ?? 0;

/** A limit of nothing is always full. */
const fullness = ({ used, most }: Pick<Fullest, "used" | "most">): number => (most === 0 ? 1 : used / most);
