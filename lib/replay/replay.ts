/**
 * Replays past reports with another policy, the candidate. Each record has the facts that the worker decided on, so the new decision is
 * exact for that moment; its effect on later reports is not simulated. Pure. The records are read twice, as a stream, so that only the
 * actions (replay-limits.ts) are kept in memory.
 */
import { definedOnly } from "../core/defined-only.ts";
import { HOUR_MS } from "../core/time.ts";
import { asksOthers } from "../decisions/corroborate.ts";
import { decide, explain } from "../decisions/decide.ts";
import { acts, type Decision } from "../decisions/decision.ts";
import type { Policy } from "../policy/policy.ts";
import type { Report } from "../reports/report.ts";
import { LIMITS, type Limit } from "../safeguards/action-limits.ts";
import { type AgreementTally, agreementOf, noAgreements, whatAPersonSaid } from "./agreement.ts";
import type { PastDecision, PastRecord } from "./past-record.ts";
import { type LimitsRun, type Moment, type RequestedAction, runLimits } from "./replay-limits.ts";

/** The number of reports, and why some of them cannot be replayed. */
export interface Coverage {
  readonly total: number;
  readonly replayable: number;
  /** Written by an older version, which did not store facts. */
  readonly withoutFacts: number;
  readonly untranslated: number;
  /** Decided on by the re-publish guard and not by a rule. */
  readonly republish: number;
  /** Appeals against orders, on which no rule decides. */
  readonly appeals: number;
  /** The candidate needs the reports of others, which were not read because no rule needed them at the time. */
  readonly withoutOthers: number;
}

/** The properties by which decisions are compared. */
export interface ReplayedDecision extends Pick<Decision, "action" | "because" | "rule"> {
  /** Hours from the decision to the resume time of a disable, rounded. */
  readonly hours?: number;
  /** The limit that was full; absent if the decision acted at once. */
  readonly held?: Limit;
}

export interface DecisionChange {
  readonly key: string;
  readonly workedAt: string;
  readonly report: Report;
  readonly was: ReplayedDecision;
  readonly would: ReplayedDecision;
  /** Why the rule that matched then does not match now, if the rule changed. */
  readonly why?: string;
  /** What a person said, if the candidate disagrees with it. */
  readonly disagreesWith?: string;
}

/** `held`: a pause or disable that is held for review. */
export const ANSWERS = ["ignore", "review", "refuse", "pause", "disable", "held"] as const;
export type Tally = Record<(typeof ANSWERS)[number], number>;

export interface Survey {
  readonly coverage: Coverage;
  /** Actions by the candidate. */
  readonly actions: number;
  /** With the limits applied to every action, whatever the mode was. */
  readonly all: LimitsRun;
  /** With the limits applied only to actions in enforce mode, as the worker does: comparable with what it did. */
  readonly enforced: LimitsRun;
}

export interface Comparison {
  /** As in the coverage, unless the second reading had other records. */
  readonly total: number;
  readonly changed: number;
  readonly was: Tally;
  readonly would: Tally;
  /** With people, on the reports that people have looked at: the decisions of the time, and the candidate's. */
  readonly agreement: { readonly was: AgreementTally; readonly would: AgreementTally };
}

type Records = AsyncIterable<PastRecord> | Iterable<PastRecord>;

/** Whether the record has all facts that the candidate needs. */
const knowsEnough = ({ report, facts }: PastDecision, candidate: Policy): boolean =>
  facts.others !== undefined || !asksOthers(report, candidate);

/** Whether the limits were not asked at the time, so that only the decision can be compared. */
const isUnasked = ({ mode, outcome, because, orderNumber }: PastDecision): boolean =>
  mode === "observe" || (outcome === "held" && because === "source-frozen" && orderNumber === undefined);

/** The first reading: counts what can be replayed, and applies the limits to the candidate's actions. */
export async function survey(records: Records, candidate: Policy): Promise<Survey> {
  const unreplayable = { withoutFacts: 0, untranslated: 0, republish: 0, appeals: 0, withoutOthers: 0 };
  const coverage = { total: 0, replayable: 0, ...unreplayable };
  const moments: (Moment | RequestedAction)[] = [];
  let actions = 0;
  for await (const past of records) {
    const index = coverage.total++;
    if (past.kind !== "decision") {
      coverage[past.kind]++;
      continue;
    }
    const { record } = past;
    const { report, facts } = record;
    const moment = { atMs: Date.parse(facts.workedAt), liveStreams: liveStreamsOf(record) };
    const isReplayable = knowsEnough(record, candidate);
    coverage[isReplayable ? "replayable" : "withoutOthers"]++;
    if (isReplayable && acts(decide(report, facts, candidate))) {
      actions++;
      moments.push({ ...moment, index, source: report.source, isEnforced: !isUnasked(record) });
    } else if (moment.liveStreams !== "unread") {
      moments.push(moment);
    }
  }
  return { coverage, actions, ...runLimits(moments, candidate) };
}

/** The worker reads the count of live streams only when it acts. */
function liveStreamsOf({ mode, decision, facts: { liveStreams } }: PastDecision): Moment["liveStreams"] {
  const wasLookedUp = mode === "enforce" && (decision.action === "pause" || decision.action === "disable");
  return wasLookedUp ? liveStreams : (liveStreams ?? "unread");
}

/**
 * The second reading, of the same records: compares each decision with the candidate's.
 *
 * @param onChange - called for every report with a different decision, and for every one on which the candidate disagrees with a person, in
 *   the order of the file.
 */
export async function compare(
  records: Records,
  candidate: Policy,
  { enforced }: Pick<Survey, "enforced">,
  onChange: (change: DecisionChange) => void,
): Promise<Comparison> {
  const was = emptyTally();
  const would = emptyTally();
  const agreement = { was: noAgreements(), would: noAgreements() };
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
    const [earlier, now] = [agreementOf(past.record, before), agreementOf(past.record, after)];
    if (earlier) agreement.was[earlier]++;
    if (now) agreement.would[now]++;
    const disagreesWith = now === "disagrees" ? whatAPersonSaid(past.record) : undefined;
    const isChanged = !isSame(before, after);
    if (isChanged) changed++;
    else if (disagreesWith === undefined) continue;
    const why = isChanged ? unmetReason(before, after, past.record, candidate) : undefined;
    onChange(definedOnly({ key, workedAt: facts.workedAt, report, was: before, would: after, why, disagreesWith }));
  }
  return { total, changed, was, would, agreement };
}

const emptyTally = (): Tally => ({ ignore: 0, review: 0, refuse: 0, pause: 0, disable: 0, held: 0 });

const outcomeOf = ({ action, held }: ReplayedDecision): keyof Tally => (held === undefined ? action : "held");

function recordedAnswer(record: PastDecision): ReplayedDecision {
  const { decision, facts, outcome, because } = record;
  const isHeld = outcome === "held" && !isUnasked(record);
  return answerOf(decision, facts.workedAt, isHeld ? LIMITS.find((limit) => limit === because) : undefined);
}

function answerOf(decision: PastDecision["decision"], workedAt: string, held: Limit | undefined): ReplayedDecision {
  const { action, because, rule, resumeTime } = decision;
  const hours =
    resumeTime === undefined ? undefined : Math.round((Date.parse(resumeTime) - Date.parse(workedAt)) / HOUR_MS);
  return definedOnly({ action, because, rule, hours, held });
}

/** False if only a disagreement with a person makes the decision worth printing. */
export const isChange = ({ was, would }: Pick<DecisionChange, "was" | "would">): boolean => !isSame(was, would);

/** Two decisions are equal also if different limits held them: which limit was full first does not depend on the report. */
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
  if (!candidate.rules.some(({ id }) => id === was.rule)) return `the rule ${was.rule} no longer exists`;
  const evaluated = explain(report, facts, candidate).rules.find(({ rule }) => rule === was.rule);
  if (evaluated) return evaluated.unmet.join("; ");
  return would.rule === undefined ? undefined : `rule ${would.rule} matches before ${was.rule}`;
}
