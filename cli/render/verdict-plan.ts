/** A plan of verdicts as lines for people: the exact cases, those that are left out, and what it needs. */
import { escapeInvisible } from "../../lib/core/escape-invisible.ts";
import { formatStream } from "../../lib/core/stream.ts";
import type { PlannedCase, PlanResponse } from "../../lib/operator/contract/response-schema.ts";
import { untilText } from "../terminal/duration.ts";
import { numberText } from "../terminal/number-text.ts";
import { casesText, streamsText } from "./batch.ts";
import { approvalText, DOES, endOfPlan, field, type Shown } from "./plan.ts";
import { personText } from "./review/parts.ts";
import { leftOutText } from "./review/without-verdict.ts";

/** `reject 12 cases`, `approve 12 cases: disable 10 streams until …` */
export function verdictsText({ verdict, cases = [], action, streams, resumeTime }: PlanResponse): string {
  const head = `${escapeInvisible(verdict ?? "reject")} ${casesText(cases.length)}`;
  if (verdict !== "approve") return head;
  return `${head}: ${escapeInvisible(action)} ${streamsText(streams.length)}${untilText(resumeTime)}`;
}

/** Names that senders chose end their line. */
export function* verdictPlanText(plan: PlanResponse, { now, shown, paint }: Shown): Generator<string> {
  const { orderId, verdict, reason, requestedBy, cases = [], leftOut = [] } = plan;
  yield paint("bold", `PLAN ${orderId}: ${verdictsText(plan)}`);
  yield field(
    "does",
    verdict === "approve" ? (DOES[plan.action] ?? plan.action) : "nothing to the streams; the cases are closed",
  );
  yield field("because", escapeInvisible(reason));
  yield field("asked by", personText(requestedBy));
  yield field("cases", numberText(cases.length));
  yield* cut(cases, shown, caseLine);
  if (leftOut.length > 0) yield field("left out", casesText(leftOut.length));
  yield* cut(leftOut, shown, (each) => [leftOutText(each)]);
  if (verdict === "approve") yield* approvalText(plan, paint);
  yield* endOfPlan(plan, now);
}

function* cut<T>(list: readonly T[], most: number, linesOf: (each: T) => Iterable<string>): Generator<string> {
  const shown = list.slice(0, most);
  for (const each of shown) for (const line of linesOf(each)) yield `  ${line}`;
  const rest = list.length - shown.length;
  if (rest > 0) yield `  … and ${numberText(rest)} more: --all shows them`;
}

function* caseLine({ report, stream, category, score, rule }: PlannedCase): Generator<string> {
  const facts = [
    category ?? "a message",
    ...(score === undefined ? [] : [`score ${score}`]),
    ...(rule === undefined ? [] : [`rule ${rule}`]),
  ];
  yield `${escapeInvisible(facts.join(", "))}${stream ? `: ${escapeInvisible(formatStream(stream))}` : ""}`;
  yield `  ${escapeInvisible(report)}`;
}
