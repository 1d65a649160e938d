/**
 * Carries items through the outbox: publishes their events, delivers them, and takes out of the outbox what is recorded. In this order, so that
 * a process which dies at any moment leaves the item in the outbox, and the next one does it again.
 */
import type { LoggedEvent } from "../events/event.ts";
import { type Delivered, deliver, isRecorded } from "./deliver.ts";
import { lookAgainAt } from "./look-again.ts";
import { publish } from "./publish.ts";
import { attempt, namesOf, noteWaiting, type Run } from "./run.ts";
import { shareWork } from "./share-work.ts";
import type { ItemKey, OutboxItem } from "./stores.ts";
import { recipients } from "./subscribers.ts";

interface Published {
  readonly item: OutboxItem;
  readonly events: readonly LoggedEvent[];
  readonly againAt: Date | undefined;
}

/** Limits how many items are published at a time. */
const OUTBOX = "the outbox";

/**
 * Each item by itself: a run whose time is over has handled some of them, also if the ledger is slow.
 *
 * @param deliveries - what is due of its own besides.
 */
export async function handleItems(
  run: Run,
  keys: readonly ItemKey[],
  deliveries: readonly { readonly orderingKey: string; readonly subscriber: string }[] = [],
): Promise<void> {
  const unique = new Map(keys.map((key) => [`${key.pk} ${key.sk}`, key]));
  const known = new Map<string, LoggedEvent[]>();
  const deliverNext = createDeliverNext(run, known);
  // Read after the events of whoever asks were added.
  const names = shareWork((begin) => {
    begin();
    return recipients(run);
  });
  await Promise.all([
    ...deliveries.map(({ orderingKey, subscriber }) => deliverNext(orderingKey, subscriber)),
    ...[...unique].map(async ([name, key]) => {
      const items = await run.limit(OUTBOX, () => attempt(run, name, publishItem(run, key)));
      for (const event of items?.flatMap(({ events }) => events) ?? [])
        known.set(event.orderingKey, [...(known.get(event.orderingKey) ?? []), event]);
      if (items && items.length > 0) await attempt(run, name, finish(run, items, names, deliverNext));
    }),
  ]);
}

/** An order comes with the stream's earlier ones that are in the outbox, which go first. */
async function publishItem(run: Run, key: ItemKey): Promise<Published[]> {
  const done: Published[] = [];
  if (run.now() >= run.publishUntil) return done;
  for (const item of await run.store.readOutbox(key)) {
    const events = await publish(run, item);
    run.tally.published += events.length;
    done.push({
      item,
      events,
      againAt: lookAgainAt(item.item, run.now()),
    });
  }
  return done;
}

type DeliverNext = (orderingKey: string, subscriber: string) => Promise<Delivered | undefined>;

/**
 * Delivers what is in the log at the time of the call, as many keys of a subscriber at a time as the limit allows.
 *
 * @param known - events that this run has published, by ordering key.
 */
export function createDeliverNext(
  run: Run,
  known: ReadonlyMap<string, readonly LoggedEvent[]> = new Map(),
): DeliverNext {
  const works = new Map<string, () => Promise<Delivered | undefined>>();
  return (orderingKey, subscriber) => {
    const name = `${subscriber} ${orderingKey}`;
    const work =
      works.get(name) ??
      shareWork((begin) =>
        run.limit(subscriber, () => {
          begin();
          return attempt(run, name, deliver(run, orderingKey, subscriber, known.get(orderingKey)));
        }),
      );
    works.set(name, work);
    return work();
  };
}

async function finish(
  run: Run,
  items: readonly Published[],
  names: () => Promise<readonly string[]>,
  deliverNext: DeliverNext,
): Promise<void> {
  const orderingKeys = [...new Set(items.flatMap((each) => each.events.map(({ orderingKey }) => orderingKey)))];
  const deliverTo = (subscribers: readonly string[]) =>
    Promise.all(orderingKeys.flatMap((orderingKey) => subscribers.map((name) => deliverNext(orderingKey, name))));
  const known = namesOf(run);
  // Those of the policy get the events while the others are looked up.
  const [first, others] = await Promise.all([
    deliverTo(known),
    names().then((every) => deliverTo(every.filter((name) => !known.includes(name)))),
  ]);
  for (const { item, events, againAt } of items) {
    const ids = events.map(({ id }) => id);
    const isDone =
      [...first, ...others].every(isRecorded) &&
      (await attempt(run, item.key.pk, run.store.removeFromOutbox(item, ids, againAt))) === true;
    if (!isDone) noteWaiting(run, item.mark.slice(0, item.mark.indexOf("#")));
  }
}
