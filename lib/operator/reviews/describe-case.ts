/** Gathers everything that a person needs to decide a case. The reporter's pseudonym stays in the ledger. */
import { definedOnly } from "../../core/defined-only.ts";
import { mapConcurrently } from "../../core/map-concurrently.ts";
import { DAY_MS } from "../../core/time.ts";
import { explain } from "../../decisions/decide.ts";
import type { ReportRecord, ReviewRecord } from "../../decisions/report-record.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import type { ListOnline } from "../../orders/live-lists.ts";
import { reportOf } from "../../orders/order.ts";
import type { Policy } from "../../policy/policy.ts";
import { readLiveNow } from "../actions/live-now.ts";
import { summarise } from "../contract/order-summary.ts";
import type { OperatorResponse, ReviewCase } from "../contract/response-schema.ts";
import { minutesSince, reviewRow } from "./review-row.ts";

export interface DescribeDeps {
  readonly ledger: Pick<Ledger, "readReport" | "recentReports" | "recentOrders">;
  readonly policy: Policy;
  /** SHA-256 of the policy that runs now. */
  readonly policyHash: string;
  readonly listOnline: ListOnline;
  readonly now: () => Date;
}

const ORDERS_SHOWN = 10;
const REPORTS_SHOWN = 20;
/** Concurrent reads of the ledger. */
const CONCURRENCY = 10;

export async function answerWith(record: ReviewRecord, deps: DescribeDeps): Promise<OperatorResponse> {
  return { ok: true, results: [], errors: [], case: await describeCase(record, deps) };
}

async function describeCase(record: ReviewRecord, deps: DescribeDeps): Promise<ReviewCase> {
  const { notes = [], earlierVerdicts = [] } = record;
  const base = { ...reviewRow(record, deps.now()), notes, earlierVerdicts };
  if ("untranslated" in record) return base;
  const { report } = record;
  const [live, seen] = await Promise.all([readLiveNow(report.stream, deps), readStream(record, deps)]);
  return definedOnly({
    ...base,
    words: report.reason,
    evidence: report.evidence?.map(definedOnly),
    ...whyOf(record, deps),
    ...seen,
    live,
  });
}

/** By the facts of the decision and today's policy. No rule decides on a re-publish, which has the authority of an earlier order, or on an appeal. */
function whyOf({ report, facts, decision, policy: decidedBy }: ReportRecord, { policy, policyHash }: DescribeDeps) {
  if (decision.republish || report.appeal) return {};
  const { rules, steps } = explain(report, facts, policy);
  return { rules: [...rules], steps: [...steps], ...(decidedBy !== policyHash && { policyChanged: true }) };
}

/** The latest orders of the stream, and the other reports of it that can be found. */
async function readStream({ key, report: { stream } }: ReportRecord, { ledger, now }: DescribeDeps) {
  const since = new Date(now().getTime() - DAY_MS).toISOString();
  const [orders, recent] = await Promise.all([
    ledger.recentOrders(stream, ORDERS_SHOWN),
    ledger.recentReports(stream, since),
  ]);
  const keys = new Set([...recent.map((each) => each.key), ...orders.flatMap((order) => reportOf(order) ?? [])]);
  keys.delete(key);
  const read = (each: string) => ledger.readReport(each);
  const found = await mapConcurrently([...keys].slice(0, REPORTS_SHOWN), CONCURRENCY, read);
  const reports = found
    .filter((each) => each !== undefined)
    .map((each) => otherReport(each, now()))
    .sort((one, other) => (one.receivedAt < other.receivedAt ? 1 : -1));
  return { orders: orders.map(summarise), reports };
}

const otherReport = ({ key, report, outcome, verdict }: ReportRecord, now: Date) => {
  const { source, category, score, receivedAt } = report;
  const ageMinutes = minutesSince([receivedAt], now);
  return definedOnly({ key, source, category, score, receivedAt, ageMinutes, outcome, verdict: verdict?.verdict });
};
