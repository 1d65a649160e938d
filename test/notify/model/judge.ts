/** What must hold at the end of a story, in words. */
import { MINUTE_MS, SECOND_MS } from "../../../lib/core/time.ts";
import type { Receiver } from "./receiver.ts";
import type { World } from "./world.ts";

const WITHIN_MS = 60 * SECOND_MS;
/** Without a crash, and with a message that wakes `notify`: whatever another subscriber does. */
const AT_ONCE_MS = 2 * SECOND_MS;

/** Everything works again, and a person resumes what ended. */
export async function settle(world: World): Promise<void> {
  await world.stop();
  world.deploy(true);
  world.receivers.hostile.does("works");
  await world.history.finishPlans();
  await world.advance(3 * MINUTE_MS);
  await world.resume();
  await world.advance(MINUTE_MS);
  // Longer than the longest wait of a retry, and of what looks for held events.
  await world.passHours(1, 12);
  await world.passHours(1, 12);
  await world.advance(3 * MINUTE_MS);
}

export async function judge(world: World): Promise<string[]> {
  const { receivers, history, table } = world;
  const broken = Object.values(receivers).flatMap((each) => each.broken);
  const say = (what: string) => broken.push(what);

  const logged = new Map<string, number>();
  for (const key of table.orderingKeys()) {
    let before = 0;
    for (const { id, type, data, number } of table.log(key)) {
      if (logged.has(id)) say(`${id} is in the log twice`);
      logged.set(id, number);
      const order = Number(data.order ?? before);
      if (key.startsWith("stream.") && /^stream\./.test(type)) {
        if (order < before) say(`${id} is in the log after order ${before}`);
        before = order;
      }
    }
  }
  for (const { id } of history.owed.values()) if (!logged.has(id)) say(`${id} is not in the log`);
  for (const receiver of [receivers.bus, receivers.steady]) {
    for (const { id } of history.owed.values()) if (!receiver.arrivals.has(id)) say(`${receiver.name} lacks ${id}`);
    broken.push(...late(world, receiver), ...wrongStreams(world, receiver));
  }
  broken.push(...(await missing(world, receivers.hostile)));
  const due = await table.listDue(new Date(world.nowMs() + 100 * 3_600_000), 100);
  // A plan whose results never come is looked at for days.
  const left = due.filter((each) => each.kind !== "item" || each.key.sk !== "STATE");
  if (left.length > 0) say(`still due: ${JSON.stringify(left[0])}`);
  return broken;
}

/** 60 seconds after it was written, or after the last trouble within that time. */
function late({ history, troubles }: World, { name, arrivals }: Receiver): string[] {
  const found: string[] = [];
  for (const { id, atMs, slackMs = 0, isWoken } of history.owed.values()) {
    const arrival = arrivals.get(id);
    const isCalm = troubles.every((trouble) => trouble < atMs - WITHIN_MS || trouble > atMs + AT_ONCE_MS);
    if (arrival && isWoken && isCalm && arrival.atMs > atMs + AT_ONCE_MS)
      found.push(`${name} got ${id} only after ${(arrival.atMs - atMs) / SECOND_MS} s`);
    let byMs = atMs + WITHIN_MS;
    for (const trouble of troubles) if (trouble >= atMs && trouble <= byMs) byMs = trouble + WITHIN_MS;
    if (arrival && arrival.atMs > byMs + slackMs)
      found.push(`${name} got ${id} after ${(arrival.atMs - atMs) / SECOND_MS} s`);
  }
  return found;
}

/** What the receiver knows about a stream is what its newest order did. */
function wrongStreams({ history }: World, { name, streams, arrivals }: Receiver): string[] {
  const keys = new Map([...arrivals.values()].map(({ event }) => [event.subject, event.orderingKey]));
  return history.orders.flatMap((orders, index) => {
    const last = orders.findLast(({ outcome }) => outcome !== "failed");
    const known = streams.get(keys.get(`push.example.com/live/room-${index}`) ?? "");
    const expected = last && { order: last.number, action: last.action, outcome: last.outcome };
    return JSON.stringify(known) === JSON.stringify(expected)
      ? []
      : [`${name} knows ${JSON.stringify(known)} of room-${index}, and it is ${JSON.stringify(expected)}`];
  });
}

async function missing({ table, hostileState }: World, { name, arrivals }: Receiver): Promise<string[]> {
  const state = await hostileState();
  if (!state) return [];
  if (state.ended || state.backOff || state.behind) return [`${name} is ${JSON.stringify(state)}`];
  const givenUp = new Set((await table.listGivenUp(name, 1_000)).map(({ eventId }) => eventId));
  return table
    .orderingKeys()
    .flatMap((key) => table.log(key))
    .filter(({ id, loggedAt }) => loggedAt >= state.since && !arrivals.has(id) && !givenUp.has(id))
    .map(({ id }) => `${name} lacks ${id}`);
}
