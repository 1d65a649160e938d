/**
 * Pure: the decisions of a person that are not answered yet. A decision waits for five seconds, in which it can be taken back, and is then
 * sent; it is sent again with the same id until it is answered. Decisions are sent in the order in which they were made.
 */
import type { ReviewCase } from "../../../lib/operator/contract/response-schema.ts";
import type { HeldCase } from "./shelf.ts";
import type { Decision } from "./verdicts.ts";

export const UNDO_MS = 5_000;
/** A request may take long, because the local server repeats it. The browser opens six connections. */
const MAX_SENDING = 2;
const RETRY_MS = 2_000;
const MAX_RETRY_MS = 30_000;

export interface Entry {
  /** Of the request: the same however often it is sent. */
  readonly id: string;
  readonly shown: ReviewCase;
  readonly decision: Decision;
  /** As it lay on the desk, if the case was handed out to this person. */
  readonly held?: HeldCase;
  readonly state: "waiting" | "sending" | "unanswered";
  /** Not sent earlier, by the clock of the page. */
  readonly fromMs: number;
  readonly attempts: number;
  /** Why there was no answer. */
  readonly failure?: string;
}

/** In the order in which they were made. */
export type Outbox = readonly Entry[];

export const decide = (
  outbox: Outbox,
  made: Pick<Entry, "id" | "shown" | "decision" | "held">,
  nowMs: number,
): Outbox => [...outbox, { ...made, state: "waiting", fromMs: nowMs + UNDO_MS, attempts: 0 }];

/** The latest decision that can be taken back. */
export const undoable = (outbox: Outbox): Entry | undefined => outbox.findLast(({ state }) => state === "waiting");

/** A decision that was sent is not taken back. */
export function undo(outbox: Outbox, id: string): { readonly outbox: Outbox; readonly undone?: Entry } {
  const undone = outbox.find((each) => each.id === id && each.state === "waiting");
  return undone ? { outbox: outbox.filter((each) => each !== undone), undone } : { outbox };
}

/** What is to be sent now. A decision is never sent for the first time before an earlier one. */
export function dueNow(outbox: Outbox, nowMs: number): readonly Entry[] {
  const due: Entry[] = [];
  let isBlocked = false;
  for (const entry of outbox) {
    if (entry.state === "sending") continue;
    const isDue = entry.fromMs <= nowMs && !(isBlocked && entry.state === "waiting");
    if (isDue) due.push(entry);
    else if (entry.state === "waiting") isBlocked = true;
  }
  const sending = outbox.filter(({ state }) => state === "sending").length;
  return due.slice(0, Math.max(0, MAX_SENDING - sending));
}

/** When to look again; undefined: once something is answered or decided. */
export function nextDueMs(outbox: Outbox): number | undefined {
  const times = outbox.filter(({ state }) => state !== "sending").map(({ fromMs }) => fromMs);
  return times.length === 0 ? undefined : Math.min(...times);
}

export const sending = (outbox: Outbox, id: string): Outbox =>
  outbox.map((each) => (each.id === id ? { ...each, state: "sending", attempts: each.attempts + 1 } : each));

export const unanswered = (outbox: Outbox, id: string, failure: string, nowMs: number): Outbox =>
  outbox.map((each) => {
    if (each.id !== id) return each;
    const waitMs = Math.min(MAX_RETRY_MS, RETRY_MS * 2 ** (each.attempts - 1));
    return { ...each, state: "unanswered", failure, fromMs: nowMs + waitMs };
  });

export const answered = (outbox: Outbox, id: string): Outbox => outbox.filter((each) => each.id !== id);

export const reportsOf = (outbox: Outbox): string[] => outbox.map(({ shown }) => shown.key);
