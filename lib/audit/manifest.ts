/**
 * One link of the chain: what an audit saw and stored in its slot. It is kept as `manifests/<10-digit number>.json`, an envelope
 * (envelope.ts) around the JSON of this shape. The number is the lock: two audits cannot both write the next one.
 */
import * as z from "zod";
import { OffairError } from "../errors.ts";
import { REASONS } from "./listing.ts";

const count = z.number().int().min(0);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const instant = z.iso.datetime();

/** An object of the archive, as stored: compressed where its name says so. */
const objectSchema = z.object({ object: z.string().min(1).max(1_024), sha256, bytes: count });
export type StoredObject = Readonly<z.infer<typeof objectSchema>>;

const passSchema = z.object({
  startedAt: instant,
  endedAt: instant,
  pages: count,
  listed: count,
  totals: z.array(count).readonly(),
  requestIds: z.array(z.string()).readonly(),
});

/** The list of one ingest domain. */
const snapshotSchema = objectSchema.extend({
  domain: z.string(),
  count,
  complete: z.boolean(),
  /** `interrupted`: an earlier run of the slot stored the rows, and ended before it said how it had come by them. */
  because: z.enum([...REASONS, "interrupted"]),
  error: z.string().exactOptional(),
  passes: z.array(passSchema).readonly(),
  startedAt: instant,
  endedAt: instant,
});
export type SnapshotEntry = Readonly<z.infer<typeof snapshotSchema>>;

/** Of the ledger, what changed from `from` (inclusive) until `until` (not). */
const eventsSchema = objectSchema.extend({ count, from: instant, until: instant });

/** Kinds of drift, and how many of each: see drift.ts. */
export const DRIFT_KINDS = ["missing", "foreign", "expiring", "other-resume-time", "orphan"] as const;
export type DriftKind = (typeof DRIFT_KINDS)[number];
const driftSchema = z.object({
  missing: count,
  foreign: count,
  expiring: count,
  "other-resume-time": count,
  orphan: count,
});

const linkBase = {
  version: z.literal(2),
  number: z.number().int().min(1),
  /** SHA-256 of the previous manifest's object as stored; null in number 1. */
  previous: sha256.nullable(),
  /** The scheduled time, on the hour; of an audit that a person asked for, its own moment. */
  slot: instant,
  writtenAt: instant,
};

export const manifestSchema = z.discriminatedUnion("kind", [
  z.object({
    ...linkBase,
    kind: z.literal("audit"),
    /** By the schedule, which has every hour; or by a person, in between. */
    scheduled: z.boolean(),
    /** SHA-256 of the policy, as with every decision. */
    policy: z.string(),
    /** SHA-256 of the bundle that ran. */
    build: z.string(),
    snapshots: z.array(snapshotSchema).readonly(),
    /** Absent where the ledger could not be read: the next audit exports from where the last one ended. */
    events: eventsSchema.exactOptional(),
    /** What is to be off by the ledger, folded from all exports until now. */
    expected: objectSchema.extend({ count, until: instant }).exactOptional(),
    /** What differs from the last complete snapshot, and from what is expected: diff.ts, drift.ts. */
    findings: objectSchema.extend({ disabled: count, enabled: count, changed: count, drift: driftSchema }).exactOptional(),
    /** The page for people. */
    page: objectSchema.exactOptional(),
  }),
  /** A slot of the schedule in which no audit ran; written by the next one that did. */
  z.object({ ...linkBase, kind: z.literal("missed") }),
  /** From here on signed by another key; this one by both. */
  z.object({ ...linkBase, kind: z.literal("rotation"), /** SPKI, DER, base64. */ publicKey: z.string().max(1_000) }),
]);
export type ChainManifest = Readonly<z.infer<typeof manifestSchema>>;
export type AuditManifest = Extract<ChainManifest, { kind: "audit" }>;

export const MANIFESTS = "manifests/";
export const chainManifestName = (number: number): string => `${MANIFESTS}${String(number).padStart(10, "0")}.json`;

/** @throws OffairError `ERR_ARCHIVE` for bytes that are no manifest. */
export function parseManifest(payload: Uint8Array): ChainManifest {
  try {
    return manifestSchema.parse(JSON.parse(Buffer.from(payload).toString()));
  } catch (cause) {
    throw new OffairError("ERR_ARCHIVE", "a stored manifest cannot be read", { cause });
  }
}
