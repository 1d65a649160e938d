/** `sources`: how often each source was right, from what people said of its reports; one source also by rule, category, band and reporter. */
import { CANARY_SOURCE } from "../../core/canary.ts";
import { mapConcurrently } from "../../core/map-concurrently.ts";
import { DAY_MS } from "../../core/time.ts";
import { type Policy, type SourceEntry, sourceOf } from "../../policy/policy.ts";
import { kindOf } from "../../policy/time-to-review.ts";
import { figuresOf } from "../../precision/figures.ts";
import type { ReadCases } from "../../precision/past-case.ts";
import { decayed } from "../../precision/reporter-record.ts";
import type { ReporterStore } from "../../precision/reporter-store.ts";
import { isFrozen, type ModeRecord } from "../../safeguards/mode.ts";
import type { ModeStore } from "../../safeguards/stores.ts";
import type { SourceRow } from "../contract/figures-schema.ts";
import type { EventOf } from "../contract/request.ts";
import { refused } from "../contract/response.ts";
import type { OperatorResponse } from "../contract/response-schema.ts";

export interface SourcesDeps {
  readonly ledger: ModeStore;
  readonly policy: Pick<Policy, "sources">;
  readonly readCases: ReadCases;
  readonly reporters: ReporterStore;
  readonly now: () => Date;
}

/** Sources that are read at a time. */
const AT_A_TIME = 4;

export async function listSources({ source, days }: EventOf<"sources">, deps: SourcesDeps): Promise<OperatorResponse> {
  const { ledger, policy, now } = deps;
  const until = now();
  const since = new Date(until.getTime() - days * DAY_MS);
  const mode = await ledger.readMode();
  const answer = { ok: true, results: [], errors: [], mode };
  if (source !== undefined) {
    const entry = sourceOf(source, policy);
    if (!entry) return refused([{ pointer: "/source", message: "is not a source of the policy" }]);
    const { row, figures } = await readSource([source, entry], { since, until, mode }, deps);
    const { rules, categories, bands } = figures;
    const reporters = await readReporters(source, until, deps);
    return { ...answer, sources: [{ ...row, rules, categories, bands, ...reporters }] };
  }
  const entries = Object.entries(policy.sources).filter(([name]) => name !== CANARY_SOURCE);
  const read = await mapConcurrently(entries, AT_A_TIME, (entry) => readSource(entry, { since, until, mode }, deps));
  return { ...answer, sources: read.map(({ row }) => row) };
}

interface Window {
  readonly since: Date;
  readonly until: Date;
  readonly mode: ModeRecord;
}

async function readSource(
  [name, entry]: readonly [string, SourceEntry],
  { since, until, mode }: Window,
  { readCases }: SourcesDeps,
) {
  const { adapter, grade } = entry;
  const { cases, isWhole } = await readCases(name, since, until);
  const figures = figuresOf(cases);
  const { reports, actions, neverLookedAt, waiting, all, sample } = figures;
  const oldest = cases.at(-1)?.decidedAt;
  const row: SourceRow = {
    ...{ name, kind: kindOf(entry), adapter, grade, frozen: isFrozen(name, mode) },
    since: isWhole || oldest === undefined ? since.toISOString() : oldest,
    ...{ isWhole, reports, actions, neverLookedAt, waiting, all, sample },
  };
  return { row, figures };
}

/** Reporters that are shown, and read. */
const SHOWN = 10;
const READ = 5_000;
/** Enough to tell reporters apart. */
const PSEUDONYM_CHARACTERS = 8;

const rounded = (sum: number): number => Math.round(sum * 100) / 100;

async function readReporters(source: string, until: Date, { reporters: store }: SourcesDeps) {
  const now = until.toISOString();
  const known = (await store.listReporters(source, READ))
    .map((each) => ({ reporterHash: each.reporterHash, countedAt: each.at, ...decayed(each, now) }))
    .sort((a, b) => b.wrong - a.wrong || a.right - b.right);
  const shown = known.slice(0, SHOWN).map(({ reporterHash, right, wrong, countedAt }) => {
    const reporter = reporterHash.slice(0, PSEUDONYM_CHARACTERS);
    return { reporter, right: rounded(right), wrong: rounded(wrong), countedAt };
  });
  return { reporters: shown, reportersKnown: known.length };
}
