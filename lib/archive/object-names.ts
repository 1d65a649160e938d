/** The hour of an audit, and the names of its objects: Hive-style partitions, which query engines understand, named by that hour. */
import { orUndefined } from "../core/parse-json.ts";
import { HOUR_MS, MINUTE_MS } from "../core/time.ts";

export interface Slot {
  /** True for a scheduled hour; false for an audit that a person asked for, at any moment. */
  readonly scheduled: boolean;
  readonly slot: Date;
}

/** The full hour that contains the moment. */
export const hourOf = (moment: Date): Date => new Date(Math.floor(moment.getTime() / HOUR_MS) * HOUR_MS);

/** Events are exported up to this long before the slot: older ones are certain to be in the ledger's index, even with clock differences. */
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

/** `snapshots/domain=…/dt=YYYY-MM-DD/HHMMSSZ.ndjson.gz` */
export const snapshotName = (domain: string, slot: Date): string =>
  `snapshots/domain=${encodeURIComponent(domain)}/${partition(slot)}.ndjson.gz`;

/** Parts of an audit whose objects have a name of their own. */
const NAMES = { events: eventsName, expected: expectedName, findings: findingsName, pages: pageName } as const;

export interface AuditObjectName {
  /** The first folder of the name. */
  readonly folder: keyof typeof NAMES | "snapshots";
  readonly slot: Date;
  /** Of a snapshot. */
  readonly domain?: string;
}

/** @returns undefined if no audit gives an object this name. */
export function parseObjectName(name: string): AuditObjectName | undefined {
  const match = /^([a-z]+)\/(?:domain=([^/]+)\/)?dt=(\d{4}-\d\d-\d\d)\/(\d\d)(\d\d)(\d\d)Z\./.exec(name);
  if (!match) return undefined;
  const [, folder = "", encoded, day, hour, minute, second] = match;
  const slot = new Date(`${day}T${hour}:${minute}:${second}Z`);
  if (Number.isNaN(slot.getTime())) return undefined;
  if (folder === "snapshots" && encoded !== undefined) {
    const domain = orUndefined(() => decodeURIComponent(encoded));
    return domain !== undefined && snapshotName(domain, slot) === name ? { folder, slot, domain } : undefined;
  }
  return isFolder(folder) && NAMES[folder](slot) === name ? { folder, slot } : undefined;
}

const isFolder = (folder: string): folder is keyof typeof NAMES => Object.hasOwn(NAMES, folder);
