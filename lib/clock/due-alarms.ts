/** Which alarm a case needs at a time. Pure. A case is alarmed at once if it is urgent, at half of its time, at 80 % of it, and when it is over. */
import type { ReviewAlarm, ReviewRecord } from "../decisions/report-record.ts";

/** In the order in which they come. */
export const STAGES = ["urgent", "half", "nearly", "missed"] as const satisfies readonly ReviewAlarm[];

/** The part of the case's time after which an alarm is due. */
const DUE_AFTER = { half: 0.5, nearly: 0.8, missed: 1 } as const;

export interface DueAlarm {
  /** The latest that is due: it says what the earlier ones would have said. */
  readonly stage: ReviewAlarm;
  /** All that are due and were not published. */
  readonly passed: readonly ReviewAlarm[];
}

type Case = Pick<ReviewRecord, "review" | "openedAt" | "dueAt" | "decidedAt" | "urgent" | "alarms" | "verdict">;

/** @returns undefined if no alarm is due. A case with a verdict needs none, also while its order is on its way. */
export function dueAlarm(
  { review, openedAt, dueAt, decidedAt, urgent, alarms = {}, verdict }: Case,
  now: Date,
): DueAlarm | undefined {
  if (review !== "open" || verdict || dueAt === undefined) return undefined;
  const from = Date.parse(openedAt ?? decidedAt);
  const part = (now.getTime() - from) / (Date.parse(dueAt) - from);
  // An urgent one is due at once, also if the clock that opened the case is ahead.
  const passed = STAGES.filter(
    (stage) => alarms[stage] === undefined && (stage === "urgent" ? urgent : part >= DUE_AFTER[stage]),
  );
  const stage = passed.at(-1);
  return stage && { stage, passed };
}

/** Whether the time is over and nobody has decided. */
export const isOverdue = ({ dueAt, verdict }: Pick<ReviewRecord, "dueAt" | "verdict">, now: Date): boolean =>
  !verdict && dueAt !== undefined && Date.parse(dueAt) <= now.getTime();
