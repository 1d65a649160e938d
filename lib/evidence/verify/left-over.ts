/**
 * Finds objects that no entry names and that an audit may have left: it stores its objects and then its entry, and can end between the two.
 * Nothing is signed that proves it. So an object counts as left over only if all of this fits what audits do: its name, a domain that the
 * chain has listed, a time for which the chain leaves room for a run without an entry, the order of storing (lists come first), and its
 * content.
 */
import type { Bundle } from "../../archive/bundle.ts";
import type { ChainEntry } from "../../archive/chain-entry.ts";
import { parseEvent, parseExpected, parseFinding, parseRow } from "../../archive/line-schemas.ts";
import { readLines } from "../../archive/ndjson.ts";
import { type AuditObjectName, parseObjectName, partition } from "../../archive/object-names.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../core/time.ts";
import { readFrom } from "./verify-object.ts";

/** By folder, the parts that an entry may lack. It never lacks a snapshot. */
const PARTS = { events: "events", expected: "expected", findings: "findings", pages: "page" } as const;
const FOLDERS = Object.entries(PARTS);

export type RoomForLeftOvers = ReturnType<typeof createRoomForLeftOvers>;

/** Collects from the trusted entries of the chain where a run without an entry is possible. */
export function createRoomForLeftOvers() {
  /** By partition of an audit: the folders of its lacking parts. By partition of a missed hour: undefined. */
  const lacking = new Map<string, ReadonlySet<string> | undefined>();
  const domains = new Set<string>();
  let [firstMs, lastMs] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  let hasBegin = false;

  function isFree(slot: Date): boolean {
    const ms = slot.getTime();
    if (ms > lastMs) return ms <= lastMs + HOUR_MS; // the next audit
    if (ms < firstMs) return hasBegin && ms >= firstMs - DAY_MS; // the first audits, which had no chain yet
    return ms % HOUR_MS !== 0; // an audit out of schedule: each scheduled hour has an entry
  }

  return {
    add({ number, manifest }: ChainEntry): void {
      if (manifest.kind === "rotation") return;
      const slot = new Date(manifest.slot);
      hasBegin ||= number === 1;
      [firstMs, lastMs] = [Math.min(firstMs, slot.getTime()), Math.max(lastMs, slot.getTime())];
      if (manifest.kind === "missed") return void lacking.set(partition(slot), undefined);
      for (const { domain } of manifest.snapshots) domains.add(domain);
      const lacks = FOLDERS.flatMap(([folder, part]) => (manifest[part] ? [] : [folder]));
      lacking.set(partition(slot), new Set(lacks));
    },
    /** @returns `run`: a run without an entry could have stored it, `part`: a run beside the audit of this time, which lacks this part. */
    roomFor({ folder, slot, domain }: AuditObjectName): "run" | "part" | undefined {
      if (domain !== undefined && !domains.has(domain)) return undefined;
      const lacks = lacking.get(partition(slot));
      if (lacks) return lacks.has(folder) ? "part" : undefined;
      return lacking.has(partition(slot)) || isFree(slot) ? "run" : undefined;
    },
  };
}

/** @param unnamed - names of objects that no entry names. @returns those that an audit may have left, each with the time of that audit. */
export async function leftOversOf(
  unnamed: readonly string[],
  room: RoomForLeftOvers,
  bundle: Bundle,
): Promise<ReadonlyMap<string, Date>> {
  const found = new Map<string, Date>();
  const runs = new Set<string>();
  const parsed = unnamed.flatMap((object) => {
    const name = parseObjectName(object);
    const kind = name && room.roomFor(name);
    return kind ? [{ object, name, kind }] : [];
  });
  const lists = parsed.filter(({ name }) => name.folder === "snapshots");
  for (const { object, name } of lists) {
    if (!(await fits(object, name, bundle))) continue;
    found.set(object, name.slot);
    runs.add(partition(name.slot));
  }
  for (const { object, name, kind } of parsed) {
    const isOfRun = kind === "part" || runs.has(partition(name.slot));
    if (name.folder !== "snapshots" && isOfRun && (await fits(object, name, bundle))) found.set(object, name.slot);
  }
  return found;
}

/** Lines of an object that are looked at: its content is not trusted in any case. */
const MAX_LINES = 100;

/** Whether the content begins like that of an audit's object with this name. */
async function fits(object: string, { folder, slot, domain }: AuditObjectName, bundle: Bundle): Promise<boolean> {
  const bytes = await readFrom(bundle, object);
  if (!bytes) return false;
  if (folder === "pages")
    return Buffer.from(bytes.subarray(0, 15)).toString("latin1").toLowerCase() === "<!doctype html>";
  let count = 0;
  try {
    for await (const isFitting of readLines(bytes, (line) => PARSERS[folder](line, slot, domain))) {
      if (!isFitting) return false;
      if (++count === MAX_LINES) break;
    }
    return true;
  } catch {
    return false;
  }
}

const PARSERS = {
  /** A list is read in the hour of its audit; the clocks may differ by a few minutes. */
  snapshots(line: unknown, slot: Date, domain: string | undefined): boolean {
    const row = parseRow(line);
    const sinceSlot = Date.parse(row.seenAt) - slot.getTime();
    return row.domain === domain && sinceSlot >= -5 * MINUTE_MS && sinceSlot <= HOUR_MS;
  },
  events: (line: unknown) => parseEvent(line) !== undefined,
  expected: (line: unknown) => parseExpected(line) !== undefined,
  findings: (line: unknown) => parseFinding(line) !== undefined,
};
