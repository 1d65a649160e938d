/**
 * One link of the chain: what an audit saw and stored in its slot. It is kept as `manifests/<10-digit number>.json`, an envelope
 * (envelope.ts) around the JSON of this shape. The number is the lock: two audits cannot both write the next one.
 */
import * as z from "zod";
import { OffairError } from "../core/errors.ts";
import { figuresSchema } from "./figures.ts";
import { REASONS } from "./snapshot.ts";

const count = z.number().int().min(0);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const instant = z.iso.datetime();

/** Each is looked at only where there are so few: whoever fills the memory does it with faults, of which every element has several. */
const few = <Each>(each: z.ZodType<Each, unknown>, max = 1_000) =>
  z.array(z.unknown()).max(max).pipe(z.array(each)).readonly();

/** An object of the archive, as stored: compressed where its name says so. */
const objectSchema = z.object({ object: z.string().min(1).max(1_024), sha256, bytes: count });
export type StoredObject = Readonly<z.infer<typeof objectSchema>>;

/** Of a pass: a million streams. */
const MAX_PAGES = 10_000;

const passSchema = z.object({
  startedAt: instant,
  endedAt: instant,
  pages: count,
  listed: count,
  totals: few(count, MAX_PAGES),
  requestIds: few(z.string(), MAX_PAGES),
});

/** The list of one ingest domain. */
const snapshotSchema = objectSchema.extend({
  domain: z.string(),
  count,
  complete: z.boolean(),
  /** `interrupted`: an earlier run of the slot stored the rows, and ended before it said how it had come by them. */
  because: z.enum([...REASONS, "interrupted"]),
  /** Of `changes-explained`: what explained how many of the changes between the passes. */
  explained: z.object({ expired: count, ordered: count, moved: count }).exactOptional(),
  error: z.string().exactOptional(),
  passes: few(passSchema, 50),
  startedAt: instant,
  endedAt: instant,
});
export type SnapshotEntry = Readonly<z.infer<typeof snapshotSchema>>;

/** Of the ledger, what changed from `from` (inclusive) until `until` (not). */
const eventsSchema = objectSchema.extend({ count, from: instant, until: instant });

/** Kinds of drift, and how many of each: see drift.ts. */
export const DRIFT_KINDS = ["missing", "unexpected", "expiring", "wrong-resume-time", "outlived"] as const;
export type DriftKind = (typeof DRIFT_KINDS)[number];
const driftSchema = z.object({
  missing: count,
  unexpected: count,
  expiring: count,
  "wrong-resume-time": count,
  outlived: count,
});

/** SPKI, DER, base64. */
const spki = z.string().max(1_000);

/** An audit goes on without any of these. */
export const LACKED_PARTS = ["events", "expected", "drift", "findings", "page"] as const;
export type LackedPart = (typeof LACKED_PARTS)[number];

const entryBase = {
  version: z.literal(2),
  number: z.number().int().min(1),
  /** SHA-256 of the previous manifest's object as stored; null in number 1. */
  previous: sha256.nullable(),
  /** The scheduled time, on the hour; of an audit that a person asked for, its own moment; of a rotation, the next link's. */
  slot: instant,
  writtenAt: instant,
};

export const manifestSchema = z.discriminatedUnion("kind", [
  z.object({
    ...entryBase,
    kind: z.literal("audit"),
    /** By the schedule, which has every hour; or by a person, in between. */
    scheduled: z.boolean(),
    /** SHA-256 of the policy, as with every decision. */
    policy: z.string(),
    /** SHA-256 of the bundle that ran. */
    build: z.string(),
    snapshots: few(snapshotSchema),
    /** Absent where the ledger could not be read: the next audit exports from where the last one ended. */
    events: eventsSchema.exactOptional(),
    /** What is to be off by the ledger, folded from all exports until now. */
    expected: objectSchema.extend({ count, until: instant }).exactOptional(),
    /** What differs from the last complete snapshots, and from what is expected: diff.ts, drift.ts. */
    findings: objectSchema
      .extend({
        ...{ disabled: count, enabled: count, changed: count },
        /** Absent where it could not be looked for: no list was complete, or nothing is known to be expected. */
        drift: driftSchema.exactOptional(),
        /** Suspects of drift of which nothing is known: there was no time to ask, or no answer. */
        unasked: count.exactOptional(),
      })
      .exactOptional(),
    /** The page for people. */
    page: objectSchema.exactOptional(),
    /** For the pages of the next 30 days. */
    figures: figuresSchema.exactOptional(),
    /** Of an earlier run of the slot, which ended before its link: they stay under their names, and nothing is concluded from them. */
    leftovers: few(objectSchema).exactOptional(),
    /** What it should have and has not, each with the code of the error. */
    lacks: few(z.object({ part: z.enum(LACKED_PARTS), error: z.string() })).exactOptional(),
  }),
  /** A slot of the schedule in which no audit ran; written by the next one that did. */
  z.object({ ...entryBase, kind: z.literal("missed") }),
  /** From here on signed by another key; this one by both. */
  z.object({
    ...entryBase,
    kind: z.literal("rotation"),
    publicKey: spki,
    /** The key until here. */ previousKey: spki,
  }),
]);
export type ChainManifest = Readonly<z.infer<typeof manifestSchema>>;
export type AuditManifest = Extract<ChainManifest, { kind: "audit" }>;

export const MANIFESTS = "manifests/";
export const chainManifestName = (number: number): string => `${MANIFESTS}${String(number).padStart(10, "0")}.json`;

/** Undefined for a name that is no link's. */
export function chainNumberOf(name: string): number | undefined {
  const digits = /^manifests\/(\d{10})\.json$/.exec(name)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** Every object that a link answers for, in the order of its members. */
export function objectsOf(manifest: ChainManifest): StoredObject[] {
  if (manifest.kind !== "audit") return [];
  const { snapshots, events, expected, findings, page, leftovers = [] } = manifest;
  return [...snapshots, events, expected, findings, page, ...leftovers].filter((object) => object !== undefined);
}

/** @throws OffairError `ERR_ARCHIVE` for bytes that are no manifest. */
export function parseManifest(payload: Uint8Array): ChainManifest {
  try {
    return manifestSchema.parse(JSON.parse(Buffer.from(payload).toString()));
  } catch (cause) {
    throw new OffairError("ERR_ARCHIVE", "a stored manifest cannot be read", { cause });
  }
}
