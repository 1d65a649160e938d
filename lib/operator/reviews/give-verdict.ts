/**
 * `review` with a verdict: rejects a report, or approves it and sends an order for it like any other operator's order. A verdict on a sample
 * case says only whether its action was right.
 */

import type { Issue } from "../../core/issues.ts";
import { HOUR_MS, resumeTimeAfter } from "../../core/time.ts";
import { whyNotDecide } from "../../decisions/cases.ts";
import { acts } from "../../decisions/decision.ts";
import {
  type Appealed,
  isAppeal,
  isSampleCase,
  type ReportRecord,
  type ReviewRecord,
  type Verdict,
} from "../../decisions/report-record.ts";
import type { OrderStore } from "../../orders/order-store.ts";
import { NOTHING_LOOKED_AT } from "../../plans/disabled-now.ts";
import { isSamePerson } from "../../safeguards/identity.ts";
import { type OrderDeps, refusalForProtected } from "../actions/change-streams.ts";
import { type EndsDeps, readEnds, refusalToShorten, withPreviousEnd } from "../actions/current-ends.ts";
import { DEFAULT_DISABLE_HOURS } from "../contract/limits.ts";
import { summarise } from "../contract/order-summary.ts";
import type { VerdictEvent } from "../contract/request.ts";
import { refused } from "../contract/response.ts";
import type { OperatorResponse, Result } from "../contract/response-schema.ts";
import { grantAppeal } from "./grant-appeal.ts";
import { refuse } from "./refuse.ts";
import { reviewRow } from "./review-row.ts";
import { type Approval, sendOrder } from "./send-approval.ts";

/**
 * Stores the verdict once, before anything else. If a later step fails, the same approval continues with the same order. Until the order
 * is queued, the report stays in the list.
 */
export async function giveVerdict(event: VerdictEvent, deps: OrderDeps & EndsDeps): Promise<OperatorResponse> {
  const record = await deps.ledger.readReview(event.report);
  if (!record || (record.review !== "open" && !record.verdict)) return refuse({ because: "not-in-review" });
  const { verdict } = record;
  const isOver = verdict !== undefined && record.review !== "open";
  if (isOver && !isSamePerson(verdict.by, event.requestedBy)) return refuse({ because: "ended", verdict });
  if (isAppeal(record)) return decideAppeal(record, event, deps);
  if (event.because !== undefined) return refused([ONLY_APPEALS]);
  const isSample = isSampleCase(record);
  if (isSample && (event.as !== undefined || event.hours !== undefined)) return refused([NO_ACTION]);
  return isSample || event.verdict === "reject" ? store(record, event, deps) : approve(record, event, deps);
}

/** Rejected, the order stands, and nothing changes. */
function decideAppeal(
  record: Appealed,
  event: VerdictEvent,
  deps: OrderDeps & EndsDeps,
): OperatorResponse | Promise<OperatorResponse> {
  if (event.as !== undefined || event.hours !== undefined || event.shorten) return refused([ONLY_REVERSES]);
  return event.verdict === "reject" ? store(record, event, deps) : grantAppeal(record, event, deps);
}

const ONLY_APPEALS: Issue = { pointer: "/because", message: "must be left out: the case is no appeal" };
const ONLY_REVERSES: Issue = {
  pointer: "/as",
  message: "must be left out, and so must hours: the case is an appeal, and its approval ends what the order did",
};

const NO_ACTION: Issue = {
  pointer: "/as",
  message:
    "must be left out: the case is of the sample, its action was carried out, and a verdict on it acts on nothing",
};

/** Stores a verdict that acts on nothing: a rejection, or whether the action of a sample case was right. */
async function store(record: ReviewRecord, event: VerdictEvent, deps: OrderDeps): Promise<OperatorResponse> {
  const { ledger, now, attempt } = deps;
  const { reason, requestedBy: by, dryRun } = event;
  const wanted = event.verdict === "approve" ? "approved" : "rejected";
  const answer = { ok: true, dryRun, results: [], errors: [], reviews: [reviewRow(record, now())] };
  const refusal = record.verdict ? undefined : whyNotDecide(record, by, now());
  if (refusal) return refuse(refusal);
  if (dryRun && !record.verdict) return answer;
  const fresh: Verdict = { verdict: wanted, by, at: attempt.at.toISOString(), reason };
  const verdict = record.verdict ?? (await ledger.writeVerdict(record.key, fresh, now));
  if ("because" in verdict) return refuse(verdict);
  const isOwn = verdict.verdict === wanted && isSamePerson(verdict.by, by);
  return isOwn ? { ...answer, verdict } : refuse({ because: "ended", verdict });
}

async function approve(
  record: ReviewRecord,
  event: VerdictEvent,
  deps: OrderDeps & EndsDeps,
): Promise<OperatorResponse> {
  const { ledger, now, policy } = deps;
  if ("untranslated" in record) return refused([NOT_UNDERSTOOD]);
  const wanted = wantedOf(record, event);
  if ("issue" in wanted) return refused([wanted.issue]);
  const message = refusalForProtected(record.report.stream, wanted.action, policy);
  if (message !== undefined) return refused([{ pointer: "/report", message: `its stream ${message}` }]);
  const refusal = record.verdict ? undefined : whyNotDecide(record, event.requestedBy, now());
  if (refusal) return refuse(refusal);
  const fresh = approvalOf(wanted, event, deps);
  const isNew = !record.verdict && fresh.resumeTime !== undefined;
  const off = isNew ? await readEnds([record.report.stream], deps) : NOTHING_LOOKED_AT;
  if (event.dryRun && !record.verdict) {
    return {
      ...{ ok: true, dryRun: true, errors: [], reviews: [reviewRow(record, now())] },
      results: [withPreviousEnd(await planned(record, fresh, ledger), off)],
      ...(!off.isWhole && { alreadyOffKnown: false }),
    };
  }
  const shortens = event.shorten ? undefined : refusalToShorten(record.report.stream, fresh.resumeTime ?? "", off);
  if (shortens !== undefined) return refused([{ pointer: "/report", message: `its stream ${shortens}` }]);
  const verdict = record.verdict ?? (await ledger.writeVerdict(record.key, fresh, now));
  if ("because" in verdict) return refuse(verdict);
  if (!asksFor(verdict, wanted)) return refuse({ because: "ended", verdict });
  const answer = await sendOrder(record, verdict, event, deps);
  return { ...answer, results: answer.results.map((each) => withPreviousEnd(each, off)) };
}

const NOT_UNDERSTOOD: Issue = {
  pointer: "/verdict",
  message:
    "could not be translated, so there is no action to approve: check at the source, disable the stream by hand if needed, and then reject the report",
};

type ApprovedAction = { readonly action: "pause" } | { readonly action: "disable"; readonly hours: number };

/** The action that the person names, or else the one that was held. */
function wantedOf(record: ReportRecord, { as, hours }: VerdictEvent): ApprovedAction | { readonly issue: Issue } {
  const { decision, decidedAt, outcome } = record;
  const held = outcome === "held" && acts(decision) ? decision : undefined;
  const action = as ?? held?.action;
  if (action === undefined) {
    const message = "must be pause or disable, because no action was held";
    return { issue: { pointer: "/as", message } };
  }
  if (action === "disable") {
    const asked = held?.action === "disable" ? hoursBetween(decidedAt, held.resumeTime) : DEFAULT_DISABLE_HOURS;
    return { action, hours: hours ?? asked };
  }
  if (hours === undefined) return { action };
  return { issue: { pointer: "/hours", message: "is for a disable only, and a pause was held" } };
}

/** The hours that the decision asked for. Its resume time was rounded down, or limited to the maximum of Live. */
const hoursBetween = (decidedAt: string, resumeTime: string): number =>
  Math.max(1, Math.round((Date.parse(resumeTime) - Date.parse(decidedAt)) / HOUR_MS));

function approvalOf(wanted: ApprovedAction, { reason, requestedBy: by }: VerdictEvent, deps: OrderDeps): Approval {
  const { at, orderId } = deps.attempt;
  return {
    verdict: "approved",
    by,
    at: at.toISOString(),
    reason,
    orderId,
    action: wanted.action,
    ...(wanted.action === "disable" && { resumeTime: resumeTimeAfter(at, wanted.hours) }),
  };
}

/** Whether the stored verdict approves the same action, also if another operator gave it. Its hours count from that moment. */
const asksFor = (verdict: Verdict, wanted: ApprovedAction): verdict is Approval =>
  verdict.verdict === "approved" &&
  verdict.orderId !== undefined &&
  verdict.action === wanted.action &&
  (wanted.action === "pause" || verdict.resumeTime === resumeTimeAfter(new Date(verdict.at), wanted.hours));

/** Shows the latest orders too: since the report arrived, a person may have enabled or disabled the stream. */
const planned = async (
  { report: { stream } }: ReportRecord,
  { action, resumeTime }: Approval,
  ledger: OrderStore,
): Promise<Result> => ({
  stream,
  action,
  outcome: "planned",
  ...(resumeTime !== undefined && { resumeTime }),
  orders: (await ledger.recentOrders(stream, ORDERS_SHOWN)).map(summarise),
});
const ORDERS_SHOWN = 5;
