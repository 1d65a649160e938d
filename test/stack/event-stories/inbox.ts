/** What a receiver has got, and the rules that hold for whatever it gets: the same event is the same, and each ordering key is in order. */
import { isDeepStrictEqual } from "node:util";
import { type CloudEvent, cloudEventSchema } from "../../../lib/events/cloud-event-schema.ts";

export interface Arrival {
  readonly atMs: number;
  readonly event: CloudEvent;
}

export type Inbox = ReturnType<typeof createInbox>;

export function createInbox(name: string) {
  /** The first arrival of each event, by its id, in the order of the arrivals. */
  const arrivals = new Map<string, Arrival>();
  const newest = new Map<string, number>();
  const broken: string[] = [];
  let repeats = 0;

  return {
    ...{ name, arrivals, broken },
    repeats: () => repeats,
    /** @param id - of the request. */
    take(body: unknown, id?: string | string[]): void {
      const event = cloudEventSchema.parse(body);
      if (id !== undefined && id !== event.id) broken.push(`${name}: ${event.id} was sent as ${id}`);
      const before = arrivals.get(event.id);
      if (before) {
        repeats += 1;
        if (!isDeepStrictEqual(before.event, event)) broken.push(`${name}: ${event.id} was repeated with another text`);
        return;
      }
      const { orderingkey, sequence } = event;
      const last = newest.get(orderingkey) ?? 0;
      if (Number(sequence) <= last)
        broken.push(`${name}: ${event.id} is number ${sequence} of its key, and came after number ${last}`);
      newest.set(orderingkey, Math.max(last, Number(sequence)));
      arrivals.set(event.id, { atMs: Date.now(), event });
    },
  };
}
