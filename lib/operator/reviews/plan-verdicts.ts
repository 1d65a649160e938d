/**
 * `plan-verdicts`: plans the same verdict on many cases. It changes no case. An approval is a plan of the cases' streams, which the worker
 * carries out like every batch; a rejection acts on no stream, and is written when the plan is applied. Both count towards the two-person
 * rule: a rejection as an enable does, because it leaves a stream on the air without a look at each case.
 */
import { resumeTimeAfter } from "../../core/time.ts";
import { whyNotDecide } from "../../decisions/cases.ts";
import { isAppeal, isSampleCase, type ReportRecord, type ReviewRecord } from "../../decisions/report-record.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import type { ListDisabled } from "../../orders/live-lists.ts";
import { NOTHING_LOOKED_AT, readOffNow } from "../../plans/disabled-now.ts";
import { inScope } from "../../policy/policy.ts";
import { withLedger } from "../actions/current-ends.ts";
import { leftOutCase, plannedCase } from "../actions/planned-cases.ts";
import { type PlanDeps, partition, savePlan } from "../actions/save-plan.ts";
import { showMadePlan } from "../actions/show-plan.ts";
import { DEFAULT_DISABLE_HOURS } from "../contract/limits.ts";
import type { EventOf } from "../contract/request.ts";
import { refused } from "../contract/response.ts";
import type { LeftOutCase, OperatorResponse } from "../contract/response-schema.ts";
import { MAX_PLAN_CASES } from "../contract/review-requests.ts";
import { isSelected } from "./list-cases.ts";

export interface PlanVerdictsDeps extends PlanDeps {
  readonly ledger: Ledger;
  readonly listDisabled: ListDisabled;
}

const PAGE = 1_000;
/** Pages of the list that one request reads. */
const MAX_PAGES = 20;

type Event = EventOf<"plan-verdicts">;

export async function planVerdicts(event: Event, deps: PlanVerdictsDeps): Promise<OperatorResponse> {
  const made = await showMadePlan(deps);
  if (made) return made;
  const found = await findCases(event, deps);
  if ("message" in found) return refused([{ pointer: "/cases", message: found.message }]);
  const { records, leftOut } = leaveOut(found.records, event, deps.now());
  const { verdict, reason, requestedBy, cases } = event;
  if (verdict === "approve") return planApprovals(records, leftOut, event, deps);
  if (records.length === 0) return nothingLeft(leftOut);
  const details = {
    ...{ streams: [], skipped: [], alreadyOffKnown: true, verdict },
    ...{ cases: records.map(plannedCase), leftOut },
  };
  return savePlan({ action: "reject", reason, requestedBy, cases }, details, deps);
}

/**
 * All cases that match, or why there is no plan of them. Without sample cases, whose action was carried out, and without appeals: a verdict
 * on them counts only if somebody looked at each.
 */
async function findCases({ cases }: Event, { ledger }: PlanVerdictsDeps) {
  const records: ReviewRecord[] = [];
  const seen = new Set<string>();
  let compared = 0;
  let after: string | undefined;
  for (let page = 0; page < MAX_PAGES; page++) {
    const { records: some, next } = await ledger.openReviews(PAGE, after);
    compared += some.length;
    for (const record of some) {
      if (seen.has(record.key) || isSampleCase(record) || isAppeal(record) || !isSelected(record, cases)) continue;
      seen.add(record.key);
      records.push(record);
    }
    if (records.length > MAX_PLAN_CASES) return { message: TOO_MANY };
    if (next === undefined) return records.length === 0 ? { message: NONE } : { records };
    after = next;
  }
  return { message: tooLong(compared) };
}

const NONE =
  "match no case that waits: no plan was made; `offair review` lists what waits, and a plan leaves out sample cases and appeals";
const TOO_MANY = `match more than ${MAX_PLAN_CASES} cases, the most of one plan: add a criterion, or name an earlier instant (before)`;
const tooLong = (compared: number): string =>
  `were compared with ${compared} cases, and more wait: no plan was made; decide what is due first`;

/** Leaves out cases that this person cannot decide now. */
function leaveOut(records: readonly ReviewRecord[], { verdict, requestedBy }: Event, now: Date) {
  const leftOut: LeftOutCase[] = [];
  const left = records.filter((record) => {
    const isOut = whyNotDecide(record, requestedBy, now) !== undefined;
    if (isOut) leftOut.push(leftOutCase(record.key, record, requestedBy, now));
    const isUntranslatable = !isOut && verdict === "approve" && "untranslated" in record;
    if (isUntranslatable) leftOut.push({ report: record.key, because: "untranslatable" });
    return !isOut && !isUntranslatable;
  });
  return { records: left, leftOut };
}

async function planApprovals(
  records: readonly ReviewRecord[],
  leftOutBefore: readonly LeftOutCase[],
  { as = "pause", hours = DEFAULT_DISABLE_HOURS, reason, requestedBy, cases }: Event,
  deps: PlanVerdictsDeps,
): Promise<OperatorResponse> {
  const { policy, listDisabled } = deps;
  const reports = records.filter((record): record is ReportRecord => "report" in record);
  const streams = reports.map(({ key, report: { stream } }) => ({ ...stream, report: key }));
  const domains = [...new Set(streams.filter((each) => inScope(each, policy)).map(({ domain }) => domain))];
  const listed = await readOffNow(domains, {}, listDisabled);
  const off = as === "disable" ? await withLedger(listed, streams, deps) : NOTHING_LOOKED_AT;
  const request = {
    ...{ action: as, reason, requestedBy, cases },
    ...(as === "disable" && { resumeTime: resumeTimeAfter(deps.attempt.at, hours) }),
  };
  // A stream that somebody reported has its name.
  const names = { overrideProtected: false, undocumentedNames: true };
  const wanted = { ...request, ...names, off: as === "disable" ? off : listed };
  const sorted = partition(streams, wanted, policy);
  const kept = new Set(sorted.streams.map(({ report }) => report));
  const because = new Map(sorted.skipped.map((each) => [each.report, each.because]));
  const leftOut = [
    ...leftOutBefore,
    ...reports.flatMap(({ key }) =>
      kept.has(key) ? [] : [{ report: key, because: (because.get(key) ?? "out-of-scope") as LeftOutCase["because"] }],
    ),
  ];
  if (kept.size === 0) return nothingLeft(leftOut);
  const planned = reports.filter(({ key }) => kept.has(key)).map(plannedCase);
  const details = {
    ...{ streams: sorted.streams, skipped: [], alreadyOffKnown: off.isWhole, verdict: "approve" as const },
    ...{ cases: planned, leftOut },
  };
  return savePlan(request, details, deps);
}

function nothingLeft(leftOut: readonly LeftOutCase[]): OperatorResponse {
  const alike = Map.groupBy(leftOut, ({ because }) => because);
  const why = [...alike].map(([because, cases]) => `${cases.length} ${because}`).join(", ");
  return refused([{ pointer: "/cases", message: `leave no case to decide (${why}): no plan was made` }]);
}
