/**
 * Carries items through the outbox: publishes their events, delivers them, and takes out of the outbox what is recorded. In this order, so that
 * a process which dies at any moment leaves the item in the outbox, and the next one does it again.
 */
import type { LoggedEvent } from "../events/event.ts";
import { type Delivered, deliver, isRecorded } from "./deliver.ts";
import { lookAgainAt } from "./look-again.ts";
import { publish } from "./publish.ts";
import { attempt, namesOf, noteWaiting, type Run } from "./run.ts";
import type { ItemKey, OutboxItem } from "./stores.ts";
import { recipients } from "./subscribers.ts";

interface Published {
  readonly item: OutboxItem;
  readonly events: readonly LoggedEvent[];
  readonly againAt: Date | undefined;
}

/** Items that are published at a time. */
const OUTBOX = "the outbox";

/** @param deliveries - what is due of its own besides. */
export async function handleItems(
  run: Run,
  keys: readonly ItemKey[],
  deliveries: readonly { readonly orderingKey: string; readonly subscriber: string }[] = [],
): Promise<void> {
  const unique = new Map(keys.map((key) => [`${key.pk} ${key.sk}`, key]));
  // All are published before the first is delivered: several events of one ordering key are then delivered together.
  const published = await Promise.all(
    [...unique].map(([name, key]) => run.lanes(OUTBOX, () => attempt(run, name, publishItem(run, key)))),
  );
  const events = published.flatMap((items) => items?.flatMap((each) => each.events) ?? []);
  const deliverOnce = createDeliverOnce(
    run,
    Map.groupBy(events, ({ orderingKey }) => orderingKey),
  );
  const isOfItems = published.some((items) => items && items.length > 0);
  // Those of the policy are among them, and get the events while the others are looked up.
  const known = isOfItems ? namesOf(run) : [];
  const names = isOfItems ? attempt(run, "the recipients", recipients(run)) : Promise.resolve([]);
  await Promise.all([
    ...deliveries.map(({ orderingKey, subscriber }) => deliverOnce(orderingKey, subscriber)),
    ...published.flatMap((items) => (items ? [finish(run, items, { known, names }, deliverOnce)] : [])),
  ]);
}

/** An order comes with the stream's earlier ones that are in the outbox, which go first. */
async function publishItem(run: Run, key: ItemKey): Promise<Published[]> {
  const done: Published[] = [];
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

type DeliverOnce = (orderingKey: string, subscriber: string) => Promise<Delivered | undefined>;

/**
 * Each ordering key once to each subscriber, in the subscriber's lane.
 *
 * @param known - events that were published just now, by ordering key.
 */
export function createDeliverOnce(
  run: Run,
  known: ReadonlyMap<string, readonly LoggedEvent[]> = new Map(),
): DeliverOnce {
  const begun = new Map<string, Promise<Delivered | undefined>>();
  return (orderingKey, subscriber) => {
    const name = `${subscriber} ${orderingKey}`;
    const earlier = begun.get(name);
    if (earlier !== undefined) return earlier;
    const delivery = run.lanes(subscriber, () =>
      attempt(run, name, deliver(run, orderingKey, subscriber, known.get(orderingKey))),
    );
    begun.set(name, delivery);
    return delivery;
  };
}

async function finish(
  run: Run,
  items: readonly Published[],
  { known, names }: { readonly known: readonly string[]; readonly names: Promise<readonly string[] | undefined> },
  deliverOnce: DeliverOnce,
): Promise<void> {
  const orderingKeys = [...new Set(items.flatMap((each) => each.events.map(({ orderingKey }) => orderingKey)))];
  const deliverTo = (subscribers: readonly string[]) =>
    Promise.all(orderingKeys.flatMap((orderingKey) => subscribers.map((name) => deliverOnce(orderingKey, name))));
  const [first, all] = await Promise.all([deliverTo(known), names.then((every) => every && deliverTo(every))]);
  for (const { item, events, againAt } of items) {
    const ids = events.map(({ id }) => id);
    const isDone =
      all !== undefined &&
      [...first, ...all].every(isRecorded) &&
      (await attempt(run, item.key.pk, run.store.removeFromOutbox(item, ids, againAt))) === true;
    if (!isDone) noteWaiting(run, item.mark.slice(0, item.mark.indexOf("#")));
  }
}
