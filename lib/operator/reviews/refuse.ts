/** Turns the reason why a case was not changed into a response: what happened, and what to do. */
import { MAX_EARLIER_VERDICTS, MAX_NOTES, type Refusal } from "../../decisions/cases.ts";
import type { Verdict } from "../../decisions/report-record.ts";
import { refused } from "../contract/response.ts";
import type { OperatorResponse } from "../contract/response-schema.ts";

export const refuse = (refusal: Refusal): OperatorResponse => ({
  ...refused([{ pointer: "/report", message: messageOf(refusal) }]),
  ...(refusal.because === "ended" && { verdict: refusal.verdict }),
});

function messageOf(refusal: Refusal): string {
  switch (refusal.because) {
    case "ended":
      return `${describeVerdict(refusal.verdict)}; nothing was done`;
    case "held":
      return `is held by ${refusal.by} until ${refusal.until}: nothing was done; take the next case, or wait until then`;
    case "second-opinion": {
      const { by, at, reason } = refusal.secondOpinion;
      return `waits for another person: ${by} asked for a second opinion at ${at} (${reason}), and somebody else has to decide; nothing was done`;
    }
    case "own-decision": {
      const { number, decidedBy } = refusal.appealed;
      return `is an appeal against order ${number}, which ${decidedBy.join(" and ")} decided: another person has to decide it; nothing was done`;
    }
    case "granted":
      return "is an appeal that was granted, and its order is overturned: it cannot be reopened; to take the stream off again, order it";
    case "not-in-review":
      return "is not in review";
    case "not-decided":
      return "has no verdict that could be taken back";
    case "not-queued":
      return "is approved, and its order may not be queued yet: approve it again, and reopen it afterwards";
    case "too-many":
      return `has ${MAX_NOTES} notes or ${MAX_EARLIER_VERDICTS} earlier verdicts already, which is the most that a case keeps; nothing was done`;
  }
}

function describeVerdict({ verdict, action, resumeTime, by, at }: Verdict): string {
  const what = [verdict, ...(action ? [`to ${action}`] : []), ...(resumeTime ? [`until ${resumeTime}`] : [])];
  return `was ${what.join(" ")} by ${by} at ${at}`;
}
