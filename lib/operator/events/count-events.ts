/** Counts events for the question before a replay or a resume. */
import { SECOND_MS } from "../../core/time.ts";
import type { EventDeps } from "./deps.ts";

const COUNTING_MS = 10 * SECOND_MS;

/** The events of the time that the subscriber gets, as many as can be counted while a person waits. */
export async function countEvents(
  { subscriber, since, until }: { readonly subscriber: string; readonly since: string; readonly until: string },
  { store, subscribers, now }: EventDeps,
): Promise<{ readonly count: number; readonly countMore?: true }> {
  const types = Object.hasOwn(subscribers, subscriber) ? subscribers[subscriber]?.events : undefined;
  const endsAtMs = now().getTime() + COUNTING_MS;
  let count = 0;
  for await (const { type, loggedAt } of store.readByTime(new Date(since), new Date(until))) {
    if (now().getTime() >= endsAtMs) return { count, countMore: true };
    if (loggedAt < until && (types === undefined || types.includes(type))) count += 1;
  }
  return { count };
}
