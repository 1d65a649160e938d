/** Pure: what a verdict on a case needs, and what it does. The reasons and the order of the questions are those of `offair review next`. */
import { HOUR_MS, MAX_DISABLE_HOURS, resumeTimeAfter } from "../../../lib/core/time.ts";
import type { OverturnWord } from "../../../lib/operator/contract/figures-requests.ts";
import type { Result, ReviewRow } from "../../../lib/operator/contract/response-schema.ts";
import { isShorter } from "../../../lib/operator/contract/shorter.ts";

export interface Decision {
  readonly verdict: "approve" | "reject";
  readonly reason: string;
  /** Of an approval, if no action was held. */
  readonly as?: "pause" | "disable";
  readonly hours?: number;
  readonly shorten?: true;
  /** Of an appeal that is granted: why the action was wrong. */
  readonly because?: OverturnWord;
}

export type Verdict = Decision["verdict"];

/** What is to be done if no action was held. `f`: for another time. */
export const ACTIONS = ["p", "d", "w", "m", "f"] as const;
type ActionKey = (typeof ACTIONS)[number];

export type Wanted = Pick<Decision, "as" | "hours">;

export const WANTED: Readonly<Record<Exclude<ActionKey, "f">, Wanted>> = {
  p: { as: "pause" },
  d: { as: "disable", hours: 24 },
  w: { as: "disable", hours: 7 * 24 },
  m: { as: "disable", hours: 30 * 24 },
};

/** Reads `24h` or `3d`. */
export function hoursOf(text: string): number | undefined {
  const [, amount = "", unit] = /^\s*(\d{1,5})\s*([hd])\s*$/i.exec(text) ?? [];
  const hours = Number(amount) * (unit?.toLowerCase() === "d" ? 24 : 1);
  return unit !== undefined && hours >= 1 && hours <= MAX_DISABLE_HOURS ? hours : undefined;
}

export const hasHeldAction = ({ outcome, decision }: ReviewRow): boolean =>
  outcome === "held" && decision !== undefined;

/** How an approval decides. `none`: there is no action that could be approved. `appeal`: it is granted. */
export function approvalOf(shown: ReviewRow): "none" | "sample" | "held" | "ask" | "appeal" {
  if (!shown.stream) return "none";
  if (shown.appealed) return "appeal";
  if (shown.isSample) return "sample";
  return hasHeldAction(shown) ? "held" : "ask";
}

/** What an approval would do, as the deployment answered before anybody decided. */
export type DryRun =
  | { readonly state: "none" | "asking" }
  | { readonly state: "known"; readonly planned: Result; readonly isListKnown: boolean }
  | { readonly state: "refused" | "failed"; readonly message: string };

/** The hours of the dry run if no action was held: other durations are derived from it. */
const DRY_HOURS = 24;

/** The request of the dry run without its report; undefined if an approval acts on nothing. */
export function dryRunOf(shown: ReviewRow): Wanted | undefined {
  const kind = approvalOf(shown);
  if (kind === "held" || kind === "appeal") return {};
  return kind === "ask" ? { as: "disable", hours: DRY_HOURS } : undefined;
}

/** What the grant of an appeal does to the stream: nothing, if the order does not keep it off any more. */
export function effectOfGrant({ action, staysOff }: Result): "nothing" | "enable" | { readonly staysOffUntil: string } {
  if (action === undefined) return "nothing";
  return staysOff ? { staysOffUntil: staysOff.until } : "enable";
}

export interface Effect {
  readonly action: string;
  /** Of a disable. */
  readonly resumeTime?: string;
  /** Until when the stream is disabled already. Null: without a known end. */
  readonly before?: string | null;
  readonly isShorter: boolean;
}

export function effectOf(planned: Result, wanted: Wanted): Effect {
  const { action = "", resumeTime, previousResumeTime: before } = planned;
  if (wanted.as === "pause") return { action: "pause", isShorter: false };
  const end = wanted.hours === undefined ? resumeTime : endAfter(planned, wanted.hours);
  if (end == null) return { action, isShorter: false };
  return {
    action,
    resumeTime: end,
    isShorter: isShorter(end, before),
    ...(before !== undefined && before !== end && { before }),
  };
}

function endAfter({ resumeTime }: Result, hours: number): string | undefined {
  const askedMs = Date.parse(resumeTime ?? "") - DRY_HOURS * HOUR_MS;
  return Number.isNaN(askedMs) ? undefined : resumeTimeAfter(new Date(askedMs), hours);
}
