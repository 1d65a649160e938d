/** An action against a stream, as statements of reasons need it: what was done, on whose report, and who decided. From exported evidence. */
import { isSameTime } from "../archive/clock-tolerance.ts";
import type { PastOrderLine, ReportLine } from "../archive/line-schemas.ts";
import { effectAt } from "../archive/order-effect.ts";
import { isOfCanary } from "../core/canary.ts";
import { definedOnly } from "../core/defined-only.ts";
import { type Stream, streamKey } from "../core/stream.ts";
import { originalOf, reportKeyOf } from "../evidence/history/authority.ts";
import type { LedgerView } from "../evidence/history/ledger-view.ts";

/** `rule`: no person decided. `rule-and-person`: a person said yes to a rule's decision, or a rule repeated a person's. */
export type Decider = "rule" | "rule-and-person" | "person";

/** `score`: the confidence of a model; absent if a person reported. */
type ActionReport = Pick<ReportLine["report"], "source" | "category" | "occurredAt" | "score">;

export interface Action {
  readonly stream: Stream;
  /** Number of the order within its stream. */
  readonly number: number;
  readonly action: "pause" | "disable";
  readonly placedAt: string;
  /** When Live was called: the stream was off from then, or a moment later. */
  readonly effectAt: string;
  /** When its outcome was known. An action belongs to the days of this moment. */
  readonly endedAt: string;
  /** Of a disable. */
  readonly resumeTime?: string;
  readonly outcome: "accepted" | "verified" | "unverified" | "unknown";
  /** What the order was placed for; unique, and never published. */
  readonly cause: string;
  /** Absent of an order that an operator placed without a report. `unread`: the evidence that was read does not have it. */
  readonly report?: ActionReport | "unread";
  readonly decider: Decider;
  /** Set on the repetition of a disable that was missing at Live: the same decision. */
  readonly isRepair?: true;
  /** Set on a disable that prolongs one which was about to end: a decision of its own. */
  readonly isRenewal?: true;
  /** Set on a disable of an undo or of a granted appeal, which keeps the stream off until the end of another order: the decision of that one. */
  readonly isKeptOff?: true;
  readonly isCanary?: true;
  readonly overturn?: { readonly because: string; readonly at: string };
}

const OUTCOMES: ReadonlySet<string | undefined> = new Set(["accepted", "verified", "unverified", "unknown"]);
const hadEffect = (outcome: string | undefined): outcome is Action["outcome"] => OUTCOMES.has(outcome);

/** `unknown` also after a call that Live confirmed or did not answer, whatever became of the later ones. */
function effectOf({ outcome, attempts, sendingSince }: PastOrderLine): Action["outcome"] | undefined {
  if (hadEffect(outcome)) return outcome;
  const mayHave = sendingSince !== undefined || attempts.some(({ result }) => result !== "not-done");
  return mayHave ? "unknown" : undefined;
}

/** @returns undefined for an order that took nothing off the air, or whose outcome is not known yet. */
export function actionOf(order: PastOrderLine, ledger: LedgerView): Action | undefined {
  const { stream, number, action, placedAt, endedAt, resumeTime, authority } = order;
  const outcome = effectOf(order);
  if (action === "enable" || endedAt === undefined || outcome === undefined) return undefined;
  const keptOffBy = isKeepOff(order) ? disableUntilThen(order, ledger) : undefined;
  const original = originalOf(keptOffBy ?? order, ledger);
  const key = reportKeyOf(original);
  const report = key === undefined ? undefined : ledger.report(key)?.line;
  const overturn = overturnOf(original, report, ledger);
  return {
    ...{ stream, number, action, placedAt, effectAt: effectAt(order), endedAt, outcome, cause: authority.cause },
    ...(resumeTime !== undefined && { resumeTime }),
    ...(key !== undefined && { report: report ? reportPart(report) : "unread" }),
    decider: deciderOf(order, original, report),
    ...(authority.repairs && (authority.repairs.why === "expiring" ? { isRenewal: true } : { isRepair: true })),
    ...(isKeepOff(order) && (!keptOffBy || hadEffect(keptOffBy.outcome)) && { isKeptOff: true }),
    ...((isOfCanary(authority.cause) || isOfCanary(key ?? "")) && { isCanary: true }),
    ...(overturn && { overturn: { because: overturn.because, at: overturn.at } }),
  };
}

const isKeepOff = ({ action, authority }: PastOrderLine): boolean =>
  action === "disable" &&
  authority.kind === "operator" &&
  (authority.undoes !== undefined || authority.reverses !== undefined);

/** The earlier disable with the same end. One that was carried out has its statement; one that was refused has it with this order. */
function disableUntilThen({ stream, number, resumeTime = "" }: PastOrderLine, ledger: LedgerView) {
  const same = ledger
    .orders()
    .map(({ line }) => line)
    .filter((line) => line.action === "disable" && line.number < number && streamKey(line.stream) === streamKey(stream))
    .filter((line) => isSameTime(line.resumeTime ?? "", resumeTime));
  return same.find(({ outcome }) => hadEffect(outcome)) ?? same[0];
}

const reportPart = ({ report: { source, category, occurredAt, score } }: ReportLine): ActionReport =>
  definedOnly({ source, category, occurredAt, score });

function deciderOf(order: PastOrderLine, original: PastOrderLine, report: ReportLine | undefined): Decider {
  const { authority } = original;
  if (authority.kind === "rule") return "rule";
  const isRepeated = order.authority.republish !== undefined || order.authority.repairs !== undefined;
  // A report that was held was decided by the rule and approved by a person; in a review the person decides.
  const isApproved =
    authority.approves !== undefined && report?.outcome === "held" && report.decision.rule !== undefined;
  return isRepeated || isApproved ? "rule-and-person" : "person";
}

/** The newest one counts. One of a batch may concern another stream. */
const overturnOf = ({ authority, stream: own }: PastOrderLine, report: ReportLine | undefined, ledger: LedgerView) =>
  authority.kind === "operator" && authority.approves === undefined
    ? ledger
        .planState(authority.orderId)
        ?.line.overturns?.findLast(({ stream }) => !stream || streamKey(stream) === streamKey(own))
    : report?.overturns?.at(-1);
