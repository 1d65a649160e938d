/**
 * Pure: what people do to a case that waits for them. Each function returns the state of the case afterwards, or the reason why nothing
 * changes. The ledger writes that state only if nobody has changed the case since it was read, so that each condition here holds at the
 * moment of the write.
 *
 * A person holds a case for five minutes. Clocks of functions differ, so another person may take it a minute after that. Every function
 * does nothing if it finds its own change, because a request may be repeated.
 */
import { definedOnly } from "../core/defined-only.ts";
import { CLOCK_MARGIN_MS, MINUTE_MS } from "../core/time.ts";
import { isSamePerson } from "../safeguards/identity.ts";
import {
  type AppealedOrder,
  isAppeal,
  isSampleCase,
  type Remark,
  type ReviewNote,
  type ReviewRecord,
  type ReviewState,
  type Verdict,
} from "./report-record.ts";
import type { ReviewClock } from "./review-clock.ts";

export const HOLD_MS = 5 * MINUTE_MS;
/** With 2,000 characters each, far below the size of an item. */
export const MAX_NOTES = 20;
export const MAX_EARLIER_VERDICTS = 10;

export type Refusal =
  | { readonly because: "ended"; readonly verdict: Verdict }
  | { readonly because: "held"; readonly by: string; readonly until: string }
  | { readonly because: "second-opinion"; readonly secondOpinion: Remark }
  | { readonly because: "own-decision"; readonly appealed: AppealedOrder }
  | { readonly because: "too-many" | "not-decided" | "not-queued" | "not-in-review" | "granted" };

/** `state`: the attributes that change; undefined removes one. Empty: nothing changes. */
export type CaseChange = { readonly state: StateChange } | { readonly refusal: Refusal };
export type StateChange = { readonly [K in keyof ReviewState]?: ReviewState[K] | undefined };

/** Whether both are one act of one person: nobody does two things to a case in the same millisecond. */
export const isSame = (one: { readonly by: string; readonly at: string } | undefined, other: typeof one): boolean =>
  one !== undefined && one.by === other?.by && one.at === other.at;

const UNCHANGED: CaseChange = { state: {} };
const RELEASED = { heldBy: undefined, heldUntil: undefined } as const;

/** The person who has the case now, and the time from which others may take it. */
export function holderOf(
  { heldBy, heldUntil }: Pick<ReviewState, "heldBy" | "heldUntil">,
  now: Date,
): { readonly by: string; readonly until: string } | undefined {
  if (heldBy === undefined || heldUntil === undefined) return undefined;
  const untilMs = Date.parse(heldUntil) + CLOCK_MARGIN_MS;
  const leftMs = untilMs - now.getTime();
  // A longer hold was written by a clock that was ahead: it is not believed.
  if (leftMs < 0 || leftMs > HOLD_MS + 2 * CLOCK_MARGIN_MS) return undefined;
  return { by: heldBy, until: new Date(untilMs).toISOString() };
}

/** Why this person cannot decide the case now. */
export function whyNotDecide(record: ReviewRecord, person: string, now: Date): Refusal | undefined {
  if (record.verdict) return { because: "ended", verdict: record.verdict };
  if (record.review !== "open") return { because: "not-in-review" };
  const { secondOpinion } = record;
  if (secondOpinion && isSamePerson(secondOpinion.by, person)) return { because: "second-opinion", secondOpinion };
  if (isAppeal(record) && record.appealed.decidedBy.some((by) => isSamePerson(by, person)))
    return { because: "own-decision", appealed: record.appealed };
  return heldByOther(record, person, now);
}

function heldByOther(record: ReviewRecord, person: string, now: Date): Refusal | undefined {
  const holder = holderOf(record, now);
  return holder && !isSamePerson(holder.by, person) ? { because: "held", ...holder } : undefined;
}

/** Holds the case for this person, or for longer. */
export function takeCase(record: ReviewRecord, person: string, now: Date): CaseChange {
  const refusal = whyNotDecide(record, person, now);
  if (refusal) return { refusal };
  return { state: { heldBy: person, heldUntil: new Date(now.getTime() + HOLD_MS).toISOString() } };
}

export function releaseCase({ heldBy }: ReviewRecord, person: string): CaseChange {
  return heldBy !== undefined && isSamePerson(heldBy, person) ? { state: RELEASED } : UNCHANGED;
}

export function addNote({ review, verdict, notes = [] }: ReviewRecord, note: ReviewNote): CaseChange {
  if (notes.some((each) => isSame(each, note) && each.text === note.text)) return UNCHANGED;
  if (verdict) return { refusal: { because: "ended", verdict } };
  if (review !== "open") return { refusal: { because: "not-in-review" } };
  if (notes.length >= MAX_NOTES) return { refusal: { because: "too-many" } };
  return { state: { notes: [...notes, note] } };
}

/** Asks for another person's verdict, once a case, and ends the hold of the person who asks. */
export function askSecondOpinion(record: ReviewRecord, asked: Remark, now: Date): CaseChange {
  const { secondOpinion } = record;
  if (isSame(secondOpinion, asked)) return UNCHANGED;
  if (record.verdict) return { refusal: { because: "ended", verdict: record.verdict } };
  if (record.review !== "open") return { refusal: { because: "not-in-review" } };
  if (secondOpinion) return { refusal: { because: "second-opinion", secondOpinion } };
  const refusal = heldByOther(record, asked.by, now);
  return refusal ? { refusal } : { state: { secondOpinion: asked, ...RELEASED } };
}

/**
 * Gives the case its verdict and ends the hold. An approved report waits until its order is queued. The approval of an untranslated message
 * or of a sample case has no order.
 */
export function decideCase(record: ReviewRecord, verdict: Verdict, now: Date): CaseChange {
  if (isSame(record.verdict, verdict) && record.verdict?.orderId === verdict.orderId) return UNCHANGED;
  const takenBack = record.earlierVerdicts?.find((each) => isSame(each, verdict) && each.orderId === verdict.orderId);
  if (takenBack) return { refusal: { because: "ended", verdict: takenBack } }; // by a request that is repeated too late
  const refusal = whyNotDecide(record, verdict.by, now);
  if (refusal) return { refusal };
  const isFollowed = verdict.verdict === "approved" && "report" in record && !isSampleCase(record);
  return { state: { verdict, ...RELEASED, ...(!isFollowed && { review: undefined }) } };
}

/** Gives an untranslated message the verdict of the report that has the same key, whoever holds it. It waits for no order. */
export const followVerdict = ({ verdict, review }: ReviewRecord, ofReport: Verdict): CaseChange =>
  verdict || review !== "open" ? UNCHANGED : { state: { verdict: ofReport, ...RELEASED, review: undefined } };

/** Ends the review once the order of its approval, if it has one, is queued. Another approval's order may not be queued yet. */
export const endReview = ({ verdict }: ReviewRecord, orderId: string | undefined): CaseChange =>
  verdict && verdict.orderId === orderId ? { state: { review: undefined } } : { refusal: { because: "not-decided" } };

/** Notes that alarms were published, if the case still waits by the clock that it had when it was read. The first note of an alarm stays. */
export function markAlarms(
  record: ReviewRecord,
  read: Pick<ReviewState, "dueAt">,
  published: NonNullable<ReviewState["alarms"]>,
): CaseChange {
  if (record.verdict) return { refusal: { because: "ended", verdict: record.verdict } };
  if (record.review !== "open" || record.dueAt !== read.dueAt) return { refusal: { because: "not-in-review" } };
  return { state: { alarms: { ...published, ...record.alarms } } };
}

/** Takes the verdict back: the case waits again, with a new clock and all of its alarms. */
export function reopenCase(record: ReviewRecord, takenBack: Remark, clock: ReviewClock): CaseChange {
  const { verdict, review, openedAt, dueAt, urgent, alarms, earlierVerdicts = [] } = record;
  if (earlierVerdicts.some((each) => isSame(each.takenBack, takenBack))) return UNCHANGED;
  if (!verdict) return { refusal: { because: "not-decided" } };
  if (review === "open") return { refusal: { because: "not-queued" } };
  if (isAppeal(record) && verdict.verdict === "approved") return { refusal: { because: "granted" } };
  if (earlierVerdicts.length >= MAX_EARLIER_VERDICTS) return { refusal: { because: "too-many" } };
  const earlier = definedOnly({ ...verdict, takenBack, openedAt, dueAt, urgent, alarms });
  return {
    state: {
      ...{ review: "open", verdict: undefined, earlierVerdicts: [...earlierVerdicts, earlier] },
      ...{ urgent: undefined, ...clock, alarms: undefined, secondOpinion: undefined, ...RELEASED },
    },
  };
}
