/** Selects live streams. A stream must match every criterion of the selector. Pure. */
import * as z from "zod";
import { instantSchema, parseInstant } from "../core/instant.ts";
import { nameOf, type Stream, streamKey, streamSchema } from "../core/stream.ts";
import { matchesGlob } from "../core/stream-name.ts";
import type { OnlineRow } from "../orders/live-lists.ts";
import { canonicalAddress } from "./ip-address.ts";

/** A stream to change, with the details that Live returned if it was found live. */
export type Candidate = Stream & {
  readonly clientAddress?: string;
  readonly startTime?: string;
  /** In an undo only. */
  readonly staysOff?: StaysOff;
  /** In a plan of verdicts only: the case. */
  readonly report?: string;
};

/** Another order, named by its id or its rule, wants the stream disabled until `until`. `from` is the resume time before the undo. */
export interface StaysOff {
  readonly by: string;
  readonly until: string;
  readonly from?: string;
}

export interface Skipped {
  readonly stream: Stream;
  readonly because: SkippedBecause;
  /** With "wanted-by-another-order" only. */
  readonly staysOff?: StaysOff;
  /** In a plan of verdicts only: the case. */
  readonly report?: string;
  /** With "already-off" only. Null: Live lists no end. */
  readonly resumeTime?: string | null;
}

export interface Selected {
  readonly candidates: readonly Candidate[];
  /** Streams that match as far as is known, and cannot be changed. */
  readonly skipped: readonly Skipped[];
  /** Live streams that were compared. */
  readonly liveCount: number;
}

/** @param rows - in any order; a stream that moved between two pages appears twice. */
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
    else skipped.set(key, { stream, because: "not-returned-by-live" });
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

/** `unknown`: every field that Live returned matches, and a field that the selector uses is missing. */
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
  const started = parseInstant(startTime ?? "");
  return started && started.getTime() >= Date.parse(since);
}

export type SkippedBecause =
  | "protected-stream"
  | "out-of-scope"
  | "already-off"
  | "already-on"
  | "wanted-by-another-order"
  /** The name has characters that Live does not document: more likely a mistake than a stream. */
  | "undocumented-name"
  /** The API of Live does not accept the name. */
  | "unusable-name"
  /** Live did not return a field that the selector uses; all others match. */
  | "not-returned-by-live";

/** Pattern for the stream's name: `*` is any text, `?` any one character. */
export const namePatternSchema = z.string().min(1).max(512);

/** Criteria for live streams. A stream must match all that are given. */
export const selectorSchema = z
  .strictObject({
    domain: streamSchema.shape.domain,
    app: streamSchema.shape.app.exactOptional(),
    name: namePatternSchema.exactOptional(),
    /** IP address of the broadcaster, as Live lists it. */
    clientAddress: z.union([z.ipv4(), z.ipv6()]).exactOptional(),
    startedSince: instantSchema.exactOptional(),
  })
  .readonly();

export type Selector = z.infer<typeof selectorSchema>;
