/**
 * Past reports, decided on once more by another policy. Every record has the facts that the worker saw, so the new decision is exact for
 * the day as it was; what it would have changed for later reports is not simulated. Pure: read twice, as a stream, so that what is in
 * memory does not grow with the file but for the actions of replay-limits.ts.
 */
import { HOUR_MS } from "../core/time.ts";
import { asksOthers } from "../decisions/corroborate.ts";
import { decide, explain } from "../decisions/decide.ts";
import { acts, type Decision } from "../decisions/decision.ts";
import type { Policy } from "../policy/policy.ts";
import type { Report } from "../reports/report.ts";
import type { Limit } from "../safeguards/action-limits.ts";
import type { PastDecision, PastRecord } from "./past-record.ts";
import { createActions, type LimitsRun, type Moment } from "./replay-limits.ts";

/** How many reports there are, and why some cannot be decided on again. */
export interface Coverage {
  readonly total: number;
  readonly replayable: number;
  /** Of an older version, which did not keep what it saw. */
  readonly withoutFacts: number;
  readonly untranslated: number;
  /** Answered by the re-push guard, and not by a rule. */
  readonly republish: number;
  /** The candidate asks what others said; it was not looked up, for no rule asked for it then. */
  readonly withoutOthers: number;
}

/** What a decision is compared by. */
export interface ReplayedDecision {
  readonly action: Decision["action"];
  readonly because: string;
  readonly rule?: string;
  /** From the decision to the resume time of a disable, rounded. */
  readonly hours?: number;
  /** The limit that was full; absent: it acted at once. */
  readonly held?: Limit;
}

export interface DecisionChange {
  readonly key: string;
  readonly workedAt: string;
  readonly report: Report;
  readonly was: ReplayedDecision;
  readonly would: ReplayedDecision;
  /** Why the rule that answered then does not now, where it is another. */
  readonly why?: string;
}

/** `held`: a pause or disable that waits for a person. */
export const ANSWERS = ["ignore", "review", "refuse", "pause", "disable", "held"] as const;
export type Tally = Record<(typeof ANSWERS)[number], number>;

export interface Survey {
  readonly coverage: Coverage;
  /** Of the candidate. */
  readonly actions: number;
  /** Had the limits been asked for every action, whatever the mode was then. */
  readonly all: LimitsRun;
  /** With those actions alone for which the worker asks them: to be held against what it did. */
  readonly enforced: LimitsRun;
}

export interface Comparison {
  /** As in the coverage, unless the records were others. */
  readonly total: number;
  readonly changed: number;
  readonly was: Tally;
  readonly would: Tally;
}

type Records = AsyncIterable<PastRecord> | Iterable<PastRecord>;

/** Does the candidate know of this report all that it would ask for? */
const knowsEnough = ({ report, facts }: PastDecision, candidate: Policy): boolean =>
  facts.others !== undefined || !asksOthers(report, candidate);

/** Then the limits were not asked: only what was decided can be compared. */
const isUnasked = ({ mode, outcome, because, orderNumber }: PastDecision): boolean =>
  mode === "observe" || (outcome === "held" && because === "source-frozen" && orderNumber === undefined);

const NOT_REPLAYABLE = {
  "without-facts": "withoutFacts",
  untranslated: "untranslated",
  republish: "republish",
} as const;

/** The first reading. */
export async function survey(records: Records, candidate: Policy): Promise<Survey> {
  const coverage = { total: 0, replayable: 0, withoutFacts: 0, untranslated: 0, republish: 0, withoutOthers: 0 };
  const actions = createActions();
  let acting = 0;
  for await (const past of records) {
    const index = coverage.total++;
    if (past.kind !== "decision") {
      coverage[NOT_REPLAYABLE[past.kind]]++;
      continue;
    }
    const { record } = past;
    const { report, facts } = record;
    const moment = { atMs: Date.parse(facts.workedAt), liveStreams: liveStreamsOf(record) };
    const isReplayable = knowsEnough(record, candidate);
    coverage[isReplayable ? "replayable" : "withoutOthers"]++;
    if (isReplayable && acts(decide(report, facts, candidate))) {
      acting++;
      actions.add({ ...moment, index, source: report.source, isEnforced: !isUnasked(record) });
    } else if (moment.liveStreams !== "unread") {
      actions.addCount(moment);
    }
  }
  return { coverage, actions: acting, ...actions.run(candidate) };
}

/** The worker looks the count up where it acts, and only there. */
function liveStreamsOf({ mode, decision, facts: { liveStreams } }: PastDecision): Moment["liveStreams"] {
  const wasLookedUp = mode === "enforce" && (decision.action === "pause" || decision.action === "disable");
  return wasLookedUp ? liveStreams : (liveStreams ?? "unread");
}

/**
 * The second reading, of the same records.
 *
 * @param onChange - told of every report that would be answered otherwise, in the order of the file.
 */
export async function compare(
  records: Records,
  candidate: Policy,
  { enforced }: Pick<Survey, "enforced">,
  onChange: (change: DecisionChange) => void,
): Promise<Comparison> {
  const was = emptyTally();
  const would = emptyTally();
  let changed = 0;
  let total = 0;
  for await (const past of records) {
    const index = total++;
    if (past.kind !== "decision" || !knowsEnough(past.record, candidate)) continue;
    const { key, report, facts } = past.record;
    const before = recordedAnswer(past.record);
    const after = answerOf(decide(report, facts, candidate), facts.workedAt, enforced.held.get(index));
    was[outcomeOf(before)]++;
    would[outcomeOf(after)]++;
    if (isSame(before, after)) continue;
    changed++;
    const why = unmetReason(before, after, past.record, candidate);
    onChange({
      ...{ key, workedAt: facts.workedAt, report, was: before, would: after },
      ...(why !== undefined && { why }),
    });
  }
  return { total, changed, was, would };
}

const emptyTally = (): Tally => ({ ignore: 0, review: 0, refuse: 0, pause: 0, disable: 0, held: 0 });

const outcomeOf = ({ action, held }: ReplayedDecision): keyof Tally => (held === undefined ? action : "held");

function recordedAnswer(record: PastDecision): ReplayedDecision {
  const { decision, facts, outcome, because } = record;
  const isParked = outcome === "held" && !isUnasked(record) && isLimit(because);
  return answerOf(decision, facts.workedAt, isParked ? because : undefined);
}

const LIMITS: Readonly<Record<Limit, true>> = { "limit-total": true, "limit-source": true, "limit-share": true };
const isLimit = (because: string | undefined): because is Limit =>
  because !== undefined && Object.hasOwn(LIMITS, because);

function answerOf(decision: PastDecision["decision"], workedAt: string, held: Limit | undefined): ReplayedDecision {
  const { action, because, rule, resumeTime } = decision;
  return {
    ...{ action, because },
    ...(rule !== undefined && { rule }),
    ...(resumeTime !== undefined && { hours: Math.round((Date.parse(resumeTime) - Date.parse(workedAt)) / HOUR_MS) }),
    ...(held !== undefined && { held }),
  };
}

/** Which of two limits was full first says nothing of the report. */
const isSame = (a: ReplayedDecision, b: ReplayedDecision): boolean =>
  a.action === b.action &&
  a.because === b.because &&
  a.rule === b.rule &&
  a.hours === b.hours &&
  (a.held === undefined) === (b.held === undefined);

function unmetReason(
  was: ReplayedDecision,
  would: ReplayedDecision,
  { report, facts }: PastDecision,
  candidate: Policy,
): string | undefined {
  if (was.rule === undefined || was.rule === would.rule) return undefined;
  if (!candidate.rules.some(({ id }) => id === was.rule)) return `there is no rule ${was.rule} any more`;
  const asked = explain(report, facts, candidate).rules.find(({ rule }) => rule === was.rule);
  if (asked) return asked.unmet.join("; ");
  return would.rule === undefined ? undefined : `rule ${would.rule} answers before ${was.rule}`;
}
