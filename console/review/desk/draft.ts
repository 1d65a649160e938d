/** Pure: the questions between a key and a verdict. Each key and each button is one step. Escape goes back to the case. */

import type { ReviewCase } from "../../../lib/operator/contract/response-schema.ts";
import { overturnOf, usualReasons } from "../../../lib/operator/contract/usual-reasons.ts";
import {
  ACTIONS,
  approvalOf,
  type Decision,
  type DryRun,
  effectOf,
  type Verdict,
  WANTED,
  type Wanted,
} from "./verdicts.ts";

export type Draft =
  | { readonly at: "case" }
  /** There is no action to approve. */
  | { readonly at: "nothing" }
  | { readonly at: "action" }
  | { readonly at: "hours" }
  | { readonly at: "verdict"; readonly verdict: Verdict; readonly wanted: Wanted; readonly shorten?: true }
  | { readonly at: "typing"; readonly verdict: Verdict; readonly wanted: Wanted; readonly shorten?: true }
  | { readonly at: "note" | "opinion" };

export const AT_CASE: Draft = { at: "case" };

export type Command = "skip" | "hold" | "undo" | "help" | "leave" | "retry";
export type Step = { readonly draft: Draft } | { readonly decision: Decision } | { readonly command: Command };

export interface DraftContext {
  readonly shown: ReviewCase;
  readonly dryRun: DryRun;
  /** The reason given last, by verdict. */
  readonly reasons: Readonly<Partial<Record<Verdict, string>>>;
}

/** What has to be answered before an approval's reason. */
export type Question = "waits" | "refused" | "failed" | "shorten" | "reason";

export function questionOf(draft: Draft, { shown, dryRun }: DraftContext): Question {
  if (draft.at !== "verdict" || draft.verdict === "reject" || approvalOf(shown) === "sample") return "reason";
  if (dryRun.state === "refused" || dryRun.state === "failed") return dryRun.state;
  if (dryRun.state !== "known") return "waits";
  if (approvalOf(shown) === "appeal") return "reason";
  return effectOf(dryRun.planned, draft.wanted).isShorter && !draft.shorten ? "shorten" : "reason";
}

/** @returns undefined: the key does nothing here. */
export function press(draft: Draft, key: string, context: DraftContext): Step | undefined {
  if (key === "?") return { command: "help" };
  if (draft.at === "case") return atCase(key, context);
  if (key === "Escape" || key === "Backspace") return { draft: AT_CASE };
  if (key === "u") return { command: "undo" };
  if (draft.at === "action") return atAction(key);
  return draft.at === "verdict" ? atVerdict(draft, key, context) : undefined;
}

function atCase(key: string, { shown }: DraftContext): Step | undefined {
  switch (key) {
    case "a":
      return { draft: approving(shown) };
    case "r":
      return { draft: { at: "verdict", verdict: "reject", wanted: {} } };
    case "n":
      return { draft: { at: "note" } };
    case "o":
      return { draft: { at: "opinion" } };
    case "s":
      return { command: "skip" };
    case "h":
      return { command: "hold" };
    case "u":
      return { command: "undo" };
    case "q":
    case "Escape":
      return { command: "leave" };
    default:
      return undefined;
  }
}

function approving(shown: ReviewCase): Draft {
  const kind = approvalOf(shown);
  if (kind === "none") return { at: "nothing" };
  return kind === "ask" ? { at: "action" } : { at: "verdict", verdict: "approve", wanted: {} };
}

function atAction(key: string): Step | undefined {
  const action = ACTIONS.find((each) => each === key);
  if (action === undefined) return undefined;
  if (action === "f") return { draft: { at: "hours" } };
  return { draft: { at: "verdict", verdict: "approve", wanted: WANTED[action] } };
}

function atVerdict(draft: Extract<Draft, { at: "verdict" }>, key: string, context: DraftContext): Step | undefined {
  const question = questionOf(draft, context);
  if (question === "failed") return key === "Enter" ? { command: "retry" } : undefined;
  if (question === "shorten") return key === "y" ? { draft: { ...draft, shorten: true } } : undefined;
  if (question !== "reason") return undefined;
  if (key === "t") return { draft: { ...draft, at: "typing" } };
  const { shown } = context;
  const reason = key === "Enter" ? lastReason(draft.verdict, context) : usualReason(draft.verdict, key, shown);
  if (reason === undefined) return undefined;
  const because = overturnOf(shown, { verdict: draft.verdict, reason });
  return { decision: { ...decisionOf(draft, reason), ...(because && { because }) } };
}

/** The reason given last, which was one of a report: it is not offered for an appeal. */
export const lastReason = (verdict: Verdict, { shown, reasons }: DraftContext): string | undefined =>
  shown.appealed ? undefined : reasons[verdict];

const usualReason = (verdict: Verdict, key: string, shown: ReviewCase): string | undefined =>
  /^[1-9]$/.test(key) ? usualReasons(shown)[verdict][Number(key) - 1] : undefined;

/** @returns undefined for a text without a letter. */
export function typed(draft: Draft, text: string): Decision | undefined {
  const reason = text.trim();
  return draft.at === "typing" && reason !== "" ? decisionOf(draft, reason) : undefined;
}

const decisionOf = ({ verdict, wanted, shorten }: Extract<Draft, { verdict: Verdict }>, reason: string): Decision => ({
  verdict,
  reason,
  ...wanted,
  ...(shorten && { shorten }),
});
