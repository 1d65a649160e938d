/** The streams that are live, as the page lists, searches, filters and sorts them. Pure. */
import { hasDocumentedName, matchesGlob, streamKey } from "../../lib/core/stream-name.ts";
import type { LiveRow } from "../../lib/operator/contract/response-schema.ts";

export interface Entry {
  readonly key: string;
  readonly stream: { readonly domain: string; readonly app: string; readonly stream: string };
  readonly address: string | undefined;
  /** As Live lists it. */
  readonly since: string | undefined;
  readonly sinceMs: number | undefined;
  /** Why a plan would leave it out. */
  readonly leftOut: LiveRow["leftOut"];
  /** What the search looks into, in lower case. */
  readonly words: string;
}

export function entryOf({ domain, app, stream, clientAddress, startTime, leftOut }: LiveRow): Entry {
  const named = { domain, app, stream };
  const ms = Date.parse(startTime ?? "");
  return {
    key: streamKey(named),
    stream: named,
    address: clientAddress,
    since: startTime,
    sinceMs: Number.isNaN(ms) ? undefined : ms,
    leftOut,
    words: `${stream}\n${domain}/${app}\n${clientAddress ?? ""}`.toLowerCase(),
  };
}

export interface LiveFilter {
  /** Anywhere in the name, the domain, the app or the address. */
  readonly search: string;
  /** With `*` for any text and `?` for any one character, as in a plan. */
  readonly name: string;
  readonly domain: string;
  readonly app: string;
  /** The beginning of an address: a network. */
  readonly address: string;
  /** Pushed in the last so many minutes. 0: whenever. */
  readonly minutes: number;
}

export const NO_FILTER: LiveFilter = { search: "", name: "", domain: "", app: "", address: "", minutes: 0 };
const MINUTE_MS = 60_000;

/** A stream without a known start or address matches no filter for it. */
export function matching(entries: readonly Entry[], filter: LiveFilter, nowMs: number): readonly Entry[] {
  const { search, name, domain, app, address, minutes } = filter;
  const words = search.toLowerCase();
  const sinceMs = nowMs - minutes * MINUTE_MS;
  return entries.filter(
    (each) =>
      (domain === "" || each.stream.domain === domain) &&
      (app === "" || each.stream.app === app) &&
      (words === "" || each.words.includes(words)) &&
      (address === "" || (each.address?.startsWith(address) ?? false)) &&
      (minutes === 0 || (each.sinceMs !== undefined && each.sinceMs >= sinceMs)) &&
      (name === "" || matchesGlob(each.stream.stream, name)),
  );
}

export type SortBy = "newest" | "oldest" | "name" | "address";

/** @param entries - newest first, as the deployment lists them. */
export function sorted(entries: readonly Entry[], by: SortBy): readonly Entry[] {
  if (by === "newest") return entries;
  if (by === "oldest") return entries.toReversed();
  const textOf = (each: Entry): string => (by === "name" ? each.stream.stream : (each.address ?? ""));
  const keyed = entries.map((entry) => ({ entry, text: textOf(entry) }));
  return keyed.sort((one, other) => collator.compare(one.text, other.text)).map(({ entry }) => entry);
}
const collator = new Intl.Collator("en", { numeric: true });

/** Values that a filter can have. */
export const valuesOf = (entries: readonly Entry[], part: "domain" | "app"): readonly string[] =>
  [...new Set(entries.map(({ stream }) => stream[part]))].sort();

/** Nothing can be done about the others; a protected stream can be planned with a second person. */
export const isSelectable = ({ leftOut }: Pick<Entry, "leftOut">): boolean =>
  leftOut === undefined || leftOut === "protected-stream";

export const isProtected = ({ leftOut }: Entry): boolean => leftOut === "protected-stream";
export const isUndocumented = ({ stream }: Entry): boolean => !hasDocumentedName(stream);
