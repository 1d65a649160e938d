/** How often decisions agree with people's verdicts and overturns. Pure. */
import { judge } from "../precision/judgement.ts";
import type { PastDecision } from "./past-record.ts";

/** `asks`: the decision leaves the report to people, so that it neither agrees nor disagrees. */
export type Agreement = "agrees" | "disagrees" | "asks";
export type AgreementTally = Record<Agreement, number>;

export const noAgreements = (): AgreementTally => ({ agrees: 0, disagrees: 0, asks: 0 });

interface Answer {
  readonly action: string;
  readonly held?: string;
}

/** Undefined if no person has looked at the report. */
export function agreementOf(record: PastDecision, { action, held }: Answer): Agreement | undefined {
  const judgement = judge(record);
  if (!judgement) return undefined;
  if (action === "review" || held !== undefined) return "asks";
  const acts = action === "pause" || action === "disable";
  return acts === judgement.isActionRight ? "agrees" : "disagrees";
}

/** `a person rejected this: art, not nudity`: the newest statement. */
export function whatAPersonSaid({ verdict, overturns = [] }: PastDecision): string {
  const newest = overturns.at(-1);
  if (newest && !(verdict && Date.parse(verdict.at) > Date.parse(newest.at)))
    return `a person marked this as wrong (${newest.because}): ${newest.reason}`;
  return verdict ? `a person ${verdict.verdict} this: ${verdict.reason}` : "no person looked at this";
}
