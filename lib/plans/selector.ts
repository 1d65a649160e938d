/** Which of the streams that are live now a selector means. Pure: all that it says has to fit. */
import * as z from "zod";
import { nameOf, type Stream, streamKey, streamSchema } from "../core/stream.ts";
import type { OnlineRow } from "../orders/live-lists.ts";
import { matchesGlob } from "./glob.ts";
import { canonicalAddress } from "./ip-address.ts";

/** A stream to act on; where it was found live, with what Live tells of it. */
export type Candidate = Stream & {
  readonly clientAddress?: string;
  readonly startTime?: string;
  /** Of an undo. */
  readonly staysOff?: StaysOff;
};

/** Another order wants the stream off: by its order id or its rule. Its end, and the end before the undo. */
export interface StaysOff {
  readonly by: string;
  readonly until: string;
  readonly from?: string;
}

export interface Skipped {
  readonly stream: Stream;
  readonly because: SkippedBecause;
  /** Of "wanted-by-another-order". */
  readonly staysOff?: StaysOff;
}

export interface Selected {
  readonly candidates: readonly Candidate[];
  /** Meant, as far as can be known, and not to be acted on. */
  readonly skipped: readonly Skipped[];
  /** Streams that were looked at. */
  readonly liveCount: number;
}

/** @param rows - in any order; one that moved between two pages comes twice. */
export function select(selector: Selector, rows: Iterable<OnlineRow>): Selected {
  const seen = new Set<string>();
  const candidates = new Map<string, Candidate>();
  const skipped = new Map<string, Skipped>();
  for (const row of rows) {
    const { data: stream } = streamSchema.safeParse(row);
    const key = streamKey(stream ?? row);
    seen.add(key);
    const fit = fits(stream ?? nameOf(row), row, selector);
    if (fit === "no") continue;
    if (!stream) skipped.set(key, { stream: nameOf(row), because: "unusable-name" });
    else if (fit === "yes") candidates.set(key, describe(stream, row));
    else skipped.set(key, { stream, because: "not-told-by-live" });
  }
  return {
    candidates: [...candidates].sort(byKey).map(([, candidate]) => candidate),
    skipped: [...skipped].sort(byKey).flatMap(([key, each]) => (candidates.has(key) ? [] : [each])),
    liveCount: seen.size,
  };
}

const byKey = ([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number =>
  one < other ? -1 : one > other ? 1 : 0;

const describe = (stream: Stream, { clientAddress, startTime }: OnlineRow): Candidate => ({
  ...stream,
  ...(clientAddress !== null && { clientAddress }),
  ...(startTime !== null && { startTime }),
});

/** `unknown`: all that Live tells of it fits, and it does not tell the rest. */
function fits(stream: Stream, row: OnlineRow, selector: Selector): "yes" | "no" | "unknown" {
  const { domain, app, name, clientAddress, startedSince } = selector;
  const answers = [
    stream.domain === domain,
    app === undefined || stream.app === app,
    name === undefined || matchesGlob(stream.stream, name),
    clientAddress === undefined || isAt(row, clientAddress),
    startedSince === undefined || hasStartedSince(row, startedSince),
  ];
  if (answers.includes(false)) return "no";
  return answers.includes(undefined) ? "unknown" : "yes";
}

const isAt = ({ clientAddress }: OnlineRow, asked: string): boolean | undefined =>
  clientAddress === null ? undefined : canonicalAddress(clientAddress) === canonicalAddress(asked);

function hasStartedSince({ startTime }: OnlineRow, since: string): boolean | undefined {
  const startedMs = Date.parse(startTime ?? "");
  return Number.isNaN(startedMs) ? undefined : startedMs >= Date.parse(since);
}

export type SkippedBecause =
  | "protected-stream"
  | "out-of-scope"
  | "already-off"
  | "already-on"
  | "wanted-by-another-order"
  /** Live is not asked by a name like that: nobody can act on it through its API. */
  | "unusable-name"
  /** All that Live tells of it fits the selector, and Live does not tell the rest. */
  | "not-told-by-live";
/** Of the streams that are live now: all that is given has to fit. */
export const selectorSchema = z
  .strictObject({
    domain: streamSchema.shape.domain,
    app: streamSchema.shape.app.optional(),
    /** Of the stream's name: `*` is any text, `?` any one character, all else itself. */
    name: z.string().min(1).max(512).optional(),
    /** The broadcaster's, as Live lists it. */
    clientAddress: z.union([z.ipv4(), z.ipv6()]).optional(),
    startedSince: z.iso.datetime({ offset: true }).optional(),
  })
  .readonly();

export type Selector = z.infer<typeof selectorSchema>;
