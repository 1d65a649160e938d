/**
 * Carries out the request of a person to send events again, in parts: each sweep goes on where the one before stopped. Every event is sent with
 * the id that it had, in the order of its key; a subscriber that is down or has ended is waited for.
 */
import type { LoggedEvent } from "../events/event.ts";
import type { Replay } from "./records.ts";
import { hasFailedLongEnough } from "./retry.ts";
import { isTimeUp, type Run, wants } from "./run.ts";
import { admission } from "./subscriber-health.ts";

export async function continueReplay(run: Run, subscriber: string, id: string): Promise<void> {
  const replay = await run.store.readReplay(subscriber, id);
  if (!replay || replay.finishedAt !== undefined) return;
  const found = await run.store.readSubscriber(subscriber);
  const isHeld = !found || admission(found.state, run.now()) === "hold";
  const next = isHeld ? replay : await sendAgain(run, replay);
  const isOver = next.finishedAt !== undefined || hasFailedLongEnough(replay.askedAt, run.now());
  const written = isOver ? { ...next, finishedAt: next.finishedAt ?? run.now().toISOString() } : next;
  if (written !== replay) await run.store.replaceReplay(written, replay);
}

async function sendAgain(run: Run, replay: Replay): Promise<Replay> {
  let { doneUntil = replay.since, sent = 0 } = replay;
  const at = run.now().toISOString();
  const until = replay.until < at ? replay.until : at;
  const part = (): Replay => ({ ...replay, doneUntil, sent });
  for await (const event of run.store.readByTime(new Date(doneUntil), new Date(until))) {
    if (wants(run, replay.subscriber, event.type)) {
      if (isTimeUp(run)) return part();
      const result = await sendOnceMore(run, replay.subscriber, event);
      if (result === "not now") return part();
      if (result === "sent") sent += 1;
    }
    doneUntil = event.loggedAt;
  }
  return { ...part(), doneUntil: until, ...(until === replay.until && { finishedAt: at }) };
}

/**
 * Without the lock of the delivery: only what the subscriber has is sent again, so that nothing overtakes what it does not have yet. An event
 * that it refuses is left out.
 */
async function sendOnceMore(
  run: Run,
  subscriber: string,
  event: LoggedEvent,
): Promise<"sent" | "left out" | "not now"> {
  const delivery = await run.store.readDelivery(event.orderingKey, subscriber);
  if (event.number > (delivery?.sent ?? 0)) return "left out";
  const answer = await run.send(subscriber, event, { attempt: 1, timeoutMs: run.timeoutMs });
  if (answer.result === "delivered") return "sent";
  return answer.result === "failed" && answer.reached ? "left out" : "not now";
}
