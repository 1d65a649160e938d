/**
 * The content of a chain entry: which objects an audit stored, and what it found. It is stored as `manifests/<10-digit number>.json`, a
 * DSSE envelope (dsse.ts) around JSON of this shape. The number is the lock: only one audit can write the object with the next number.
 */
import * as z from "zod";
import { OffairError } from "../core/errors.ts";
import { boundedArray } from "./bounded-array.ts";
import { figuresSchema } from "./figures.ts";
import { reviewFiguresSchema } from "./review-figures.ts";

const count = z.number().int().min(0);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const instant = z.iso.datetime();

const few = <Each>(each: z.ZodType<Each, unknown>, max = 1_000) => boundedArray(each, max);

/** An object of the archive. Hash and length are those of the stored bytes, which are compressed if the name ends in `.gz`. */
const objectSchema = z.object({ object: z.string().min(1).max(1_024), sha256, bytes: count });
export type StoredObject = Readonly<z.infer<typeof objectSchema>>;

/** Pages of one listing pass: enough for a million streams. */
const MAX_PAGES = 10_000;

/** One listing pass: all pages of the list, read once. */
const passSchema = z.object({
  startedAt: instant,
  endedAt: instant,
  pages: count,
  /** Rows of all pages; more than the distinct rows if a row moved between pages and was listed twice. */
  listed: count,
  /** Each value of `total` that a page of this pass reported. */
  totals: few(count, MAX_PAGES),
  requestIds: few(z.string(), MAX_PAGES),
});
export type Pass = Readonly<z.infer<typeof passSchema>>;

/** The first three are the criteria of completeness; the others are the reasons why a list is incomplete. */
const REASONS = [
  ...(["two-passes-agree", "totals-agree", "changes-explained"] as const),
  ...(["passes-differ", "total-not-reached", "rows-repeated", "rows-unreadable", "listing-failed"] as const),
  /** An earlier run for the same hour stored the rows but ended before it wrote its chain entry. */
  "interrupted",
] as const;

/** Unreadable rows that a snapshot's entry names. */
export const MAX_NAMED = 20;

/** The snapshot of one ingest domain, and how its completeness was established. */
const snapshotSchema = objectSchema.extend({
  domain: z.string(),
  count,
  /** Number of rows of the canary's orders, which the page does not count as disabled streams. Absent if there are none. */
  canary: count.exactOptional(),
  complete: z.boolean(),
  because: z.enum(REASONS),
  /**
   * For `changes-explained`: how many changes between passes were explained by a resume time that had come, by an offair order, or because
   * the row is listed and had moved to a page that the pass had already read.
   */
  explained: z.object({ expired: count, ordered: count, moved: count }).exactOptional(),
  /** Code and HTTP status of the error that ended an incomplete listing: `APIGW.0302 (HTTP 403)`. */
  error: z.string().exactOptional(),
  /** Rows of the last pass that are not as documented, and are not in the snapshot. `first`: app, stream and issue, up to 200 characters each. */
  unreadable: z.object({ count, first: few(z.string(), MAX_NAMED) }).exactOptional(),
  passes: few(passSchema, 50),
  startedAt: instant,
  endedAt: instant,
});
export type SnapshotEntry = Readonly<z.infer<typeof snapshotSchema>>;

/** Ledger items that changed from `from` (inclusive) until `until` (exclusive). */
const eventsSchema = objectSchema.extend({ count, from: instant, until: instant });

/** Kinds of drift: see drift.ts and docs/glossary.md. */
export const DRIFT_KINDS = ["missing", "unexpected", "expiring", "wrong-resume-time", "outlived"] as const;
export type DriftKind = (typeof DRIFT_KINDS)[number];
const driftSchema = z.object({
  missing: count,
  unexpected: count,
  expiring: count,
  "wrong-resume-time": count,
  outlived: count,
});

/** A public key: SPKI, DER, base64. */
const spki = z.string().max(1_000);

/** Parts of an audit that can fail without failing the audit. */
export const LACKED_PARTS = ["events", "expected", "drift", "findings", "reviews", "page"] as const;
export type LackedPart = (typeof LACKED_PARTS)[number];

const entryBase = {
  version: z.literal(2),
  number: z.number().int().min(1),
  /** SHA-256 of the previous entry's object as stored; null in entry 1. */
  previous: sha256.nullable(),
  /** The scheduled hour; for an audit that a person asked for, the moment of the request; for a rotation, the slot of the next entry. */
  slot: instant,
  writtenAt: instant,
};

export const manifestSchema = z.discriminatedUnion("kind", [
  z.object({
    ...entryBase,
    kind: z.literal("audit"),
    /** True for an audit of a scheduled hour, false for one that a person asked for. */
    scheduled: z.boolean(),
    /** SHA-256 of the policy, as stored with every decision. */
    policy: z.string(),
    /** SHA-256 of the function's code. */
    build: z.string(),
    snapshots: few(snapshotSchema),
    /** Absent if the ledger could not be read: the next audit then exports from where the last export ended. */
    events: eventsSchema.exactOptional(),
    /** Expected disables after all exports so far. */
    expected: objectSchema.extend({ count, until: instant }).exactOptional(),
    /** Differences from the last complete snapshots (snapshot-diff.ts) and drift (drift.ts). */
    findings: objectSchema
      .extend({
        disabled: count,
        enabled: count,
        changed: count,
        /** Absent if drift could not be looked for: no list was complete, or the expected disables are unknown. */
        drift: driftSchema.exactOptional(),
        /** Suspected drift that was neither confirmed nor ruled out, because time ran out or a query failed. */
        unasked: count.exactOptional(),
      })
      .exactOptional(),
    /** The HTML page. */
    page: objectSchema.exactOptional(),
    /** Numbers for the pages of the next 30 days. */
    figures: figuresSchema.exactOptional(),
    /** Cases that wait for a person, and their due times. Absent in entries of before cases had them. */
    reviews: reviewFiguresSchema.exactOptional(),
    /** Objects of an earlier run for the same hour that ended before its chain entry. They stay in the archive and are not used. */
    leftovers: few(objectSchema).exactOptional(),
    /** Parts that failed, each with its error code. */
    lacks: few(z.object({ part: z.enum(LACKED_PARTS), error: z.string() })).exactOptional(),
  }),
  /** A scheduled hour without an audit; written by the next audit that ran. */
  z.object({ ...entryBase, kind: z.literal("missed") }),
  /** Replaces the signing key: this entry is signed by both keys, later ones by the new key only. */
  z.object({
    ...entryBase,
    kind: z.literal("rotation"),
    publicKey: spki,
    previousKey: spki,
  }),
]);
export type ChainManifest = Readonly<z.infer<typeof manifestSchema>>;
export type AuditManifest = Extract<ChainManifest, { kind: "audit" }>;

export const MANIFESTS = "manifests/";
export const chainManifestName = (number: number): string => `${MANIFESTS}${String(number).padStart(10, "0")}.json`;

/** @returns undefined if the name is not that of a chain entry. */
export function chainNumberOf(name: string): number | undefined {
  const digits = /^manifests\/(\d{10})\.json$/.exec(name)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** Every object that the manifest names, with its hash. */
export function objectsOf(manifest: ChainManifest): StoredObject[] {
  if (manifest.kind !== "audit") return [];
  const { snapshots, events, expected, findings, page, leftovers = [] } = manifest;
  return [...snapshots, events, expected, findings, page, ...leftovers].filter((object) => object !== undefined);
}

/** Names of objects that a payload seems to contain. For a payload without a valid signature, which is never parsed. */
export const seemingObjects = (payload: Buffer): string[] =>
  [...payload.toString("latin1").matchAll(/"object":"([^"\\]{1,1024})"/g)].map(([, name = ""]) => name);

/** @throws OffairError `ERR_ARCHIVE` if the bytes are not a manifest. */
export function parseManifest(payload: Uint8Array): ChainManifest {
  try {
    return manifestSchema.parse(JSON.parse(Buffer.from(payload).toString()));
  } catch (cause) {
    throw new OffairError("ERR_ARCHIVE", "a stored manifest cannot be read", { cause });
  }
}
