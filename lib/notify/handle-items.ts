/**
 * Carries items through the outbox: publishes their events, delivers them, and takes out of the outbox what is recorded. In this order, so that
 * a process which dies at any moment leaves the item in the outbox, and the next one does it again. The events of one ordering key are published
 * together, and then delivered together.
 */
import { groupBy } from "../core/group-by.ts";
import type { OffairEvent } from "../events/event.ts";
import { type Delivered, deliver, isRecorded } from "./deliver.ts";
import { lookAgainAt } from "./look-again.ts";
import { type Published, publish } from "./publish.ts";
import { attempt, noteWaiting, type Run } from "./run.ts";
import type { ItemKey, OutboxItem, SharedReads } from "./stores.ts";
import { recipients } from "./subscribers.ts";

/** Items that are read before their events are published. */
const AT_A_TIME = 100;

/** Limits how many items are read, and how many keys are published, at a time. */
const OUTBOX = "the outbox";

const nameOf = ({ pk, sk }: ItemKey): string => `${pk} ${sk}`;

/** When the item was put into the outbox. */
const sinceOf = ({ mark }: OutboxItem): string => mark.slice(0, mark.indexOf("#"));

/** A run whose time is over has handled some of the items, also if the ledger is slow. What was published is delivered while more items are read. */
export async function handleItems(run: Run, keys: readonly ItemKey[]): Promise<void> {
  const unique = [...new Map(keys.map((key) => [nameOf(key), key])).values()];
  const ends: Promise<unknown>[] = [];
  for (let start = 0; start < unique.length && run.now() < run.publishUntil; start += AT_A_TIME) {
    const items = await readItems(run, unique.slice(start, start + AT_A_TIME));
    const { published, ended } = publishItems(run, items);
    ends.push(ended);
    await published;
  }
  await Promise.all(ends);
}

/** Delivers as many keys of a subscriber at a time as the limit allows. */
export const deliverTo = (run: Run, orderingKey: string, subscriber: string, published?: Published, isLeft?: boolean) =>
  run.limit(
    subscriber,
    (): Promise<Delivered | undefined> =>
      attempt(run, `${subscriber} ${orderingKey}`, deliver(run, orderingKey, subscriber, published, isLeft)),
  );

interface Read {
  readonly item: OutboxItem;
  /** Those that are not published yet. */
  readonly events: readonly OffairEvent[];
}

/** An order comes with the stream's earlier ones that are in the outbox. Of an item that was read twice, the later state counts. */
async function readItems(run: Run, keys: readonly ItemKey[]): Promise<Read[]> {
  const shared: SharedReads = new Map();
  const items = new Map<string, Read>();
  const read = async (key: ItemKey) => {
    if (run.now() >= run.publishUntil) return;
    for (const item of await run.store.readOutbox(key, shared)) {
      const name = nameOf(item.key);
      if ((items.get(name)?.item.mark ?? "") >= item.mark) continue;
      // An item whose events cannot be made holds nobody up.
      const events = await attempt(run, name, (async () => run.eventsOf(item.item))());
      if (events) items.set(name, { item, events: events.filter(({ id }) => !item.published.includes(id)) });
      else noteWaiting(run, sinceOf(item));
    }
  };
  await Promise.all(keys.map((key) => run.limit(OUTBOX, () => attempt(run, nameOf(key), read(key)))));
  return [...items.values()].sort(ordersFirst);
}

/** By number. What happened to a stream goes before the report that it was done for: receivers wait for it. */
function ordersFirst({ item: { item: a } }: Read, { item: { item: b } }: Read): number {
  if (a.kind === "order" && b.kind === "order") return a.order.number - b.order.number;
  return Number(b.kind === "order") - Number(a.kind === "order");
}

/** @returns `published` settles when nothing is left to be published, `ended` when everything is done. Neither rejects. */
function publishItems(run: Run, items: readonly Read[]): Record<"published" | "ended", Promise<unknown>> {
  const toPublish = items.flatMap(({ item, events }) => events.map((event) => ({ event, since: sinceOf(item) })));
  const published = new Map<string, Promise<Published | undefined>>();
  const recorded = new Map<string, Promise<boolean>>();
  for (const [orderingKey, given] of groupBy(toPublish, ({ event }) => event.orderingKey)) {
    const end = run.limit(OUTBOX, () => attempt(run, orderingKey, publish(run, orderingKey, given)));
    published.set(orderingKey, end);
    recorded.set(
      orderingKey,
      end.then((each) => each !== undefined && deliverToAll(run, orderingKey, each)),
    );
  }
  const finish = async ({ item, events }: Read) => {
    const ends = await Promise.all(events.map(({ orderingKey }) => recorded.get(orderingKey)));
    const ids = events.map(({ id }) => id);
    const isDone =
      ends.every((end) => end === true) &&
      (await attempt(run, nameOf(item.key), run.store.removeFromOutbox(item, ids, lookAgainAt(item.item, run.now()))));
    if (!isDone) noteWaiting(run, sinceOf(item));
  };
  return {
    published: Promise.all(published.values()),
    ended: Promise.all(items.map(finish)),
  };
}

async function deliverToAll(run: Run, orderingKey: string, published: Published): Promise<boolean> {
  run.tally.published += published.own.length;
  const names = await recipients(run);
  return (await Promise.all(names.map((name) => deliverTo(run, orderingKey, name, published)))).every(isRecorded);
}
