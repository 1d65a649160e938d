/** The slot of an audit, and the names of the objects that it stores: partitions as query engines know them, named by the slot. */
import { HOUR_MS, MINUTE_MS } from "../core/time.ts";

export interface Slot {
  /** Of the schedule, which has every full hour; or of a person, who asks at any moment. */
  readonly scheduled: boolean;
  readonly slot: Date;
}

/** The full hour that it lies in. */
export const hourOf = (moment: Date): Date => new Date(Math.floor(moment.getTime() / HOUR_MS) * HOUR_MS);

/** Events are exported up to so long before the slot: by then the ledger's index has them, whichever clock they were written by. */
export const EVENTS_MARGIN_MS = 5 * MINUTE_MS;

/** `dt=YYYY-MM-DD/HHMMSSZ` */
export function partition(slot: Date): string {
  const [day = "", time = ""] = slot.toISOString().split("T");
  return `dt=${day}/${time.slice(0, 8).replaceAll(":", "")}Z`;
}

export const eventsName = (slot: Date): string => `events/${partition(slot)}.ndjson.gz`;
export const expectedName = (slot: Date): string => `expected/${partition(slot)}.ndjson.gz`;
export const findingsName = (slot: Date): string => `findings/${partition(slot)}.ndjson.gz`;
export const pageName = (slot: Date): string => `pages/${partition(slot)}.html`;

/** `snapshots/domain=…/dt=YYYY-MM-DD/HHMMSSZ.ndjson.gz`: partitions as query engines know them, named by the slot. */
export const snapshotName = (domain: string, slot: Date): string =>
  `snapshots/domain=${encodeURIComponent(domain)}/${partition(slot)}.ndjson.gz`;
