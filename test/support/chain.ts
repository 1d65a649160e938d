/** Chains as audits write them, in memory: an archive, a ledger's head, keys that are always the same, and audits of small lists. */
import { createPrivateKey } from "node:crypto";
import type { Bundle } from "../../lib/archive/bundle.ts";
import type { ChainEntry } from "../../lib/archive/chain-entry.ts";
import type { ChainHead } from "../../lib/archive/chain-head.ts";
import type { SnapshotEntry, StoredObject } from "../../lib/archive/manifest.ts";
import { packLines } from "../../lib/archive/ndjson.ts";
import { snapshotName } from "../../lib/archive/object-names.ts";
import { type AuditKeys, type Ed25519Key, parseAuditKeys } from "../../lib/archive/signing-keys.ts";
import { type AuditDraft, appendToChain, type ChainDeps } from "../../lib/audit/chain/append-entry.ts";
import { OffairError } from "../../lib/core/errors.ts";
import { sha256Hex } from "../../lib/core/sha256.ts";
import { HOUR_MS, MINUTE_MS } from "../../lib/core/time.ts";

export type Objects = Map<string, Uint8Array>;

/** RFC 8410: what comes before the 32 bytes of an Ed25519 key. */
const PKCS8 = Buffer.from("302e020100300506032b657004220420", "hex");

export function privateKeyPem(seed: number): string {
  const key = createPrivateKey({ key: Buffer.concat([PKCS8, Buffer.alloc(32, seed)]), format: "der", type: "pkcs8" });
  return key.export({ format: "pem", type: "pkcs8" }).toString();
}

/** The secret as it would hold the keys of these seeds, the current one first. */
export const secretOf = (...seeds: number[]): string =>
  JSON.stringify({ keys: seeds.map((seed) => ({ privateKey: privateKeyPem(seed) })) });
export const keysOf = (...seeds: number[]): AuditKeys => parseAuditKeys(secretOf(...seeds));
export const keyOf = (seed: number): Ed25519Key => keysOf(seed).current;

export const bundleOf = (objects: Objects): Bundle => ({
  async *names(prefix = "") {
    yield* [...objects.keys()].filter((name) => name.startsWith(prefix)).sort();
  },
  read: async (name) => objects.get(name),
});

/** Written once, as S3 does it with `If-None-Match`. */
export const createMemoryArchive = (objects: Objects) => ({
  read: async (name: string) => objects.get(name),
  async store(name: string, bytes: Uint8Array) {
    const stored = objects.get(name);
    if (stored && !Buffer.from(stored).equals(bytes)) throw new OffairError("ERR_ARCHIVE_CONFLICT", `${name} is taken`);
    objects.set(name, bytes);
  },
});

export interface ChainWorld {
  readonly objects: Objects;
  readonly heads: ChainHead[];
  readonly deps: (keys: AuditKeys) => ChainDeps;
  /** An audit of two domains in its slot, stored and appended. */
  audit(slot: string, change?: AuditChange): Promise<ChainEntry | undefined>;
}

export interface AuditChange {
  readonly scheduled?: boolean;
  readonly complete?: boolean;
  readonly keys?: AuditKeys;
  readonly withoutEvents?: boolean;
}

export function createChainWorld(objects: Objects = new Map()): ChainWorld {
  const heads: ChainHead[] = [];
  const archive = createMemoryArchive(objects);
  const head = { read: async () => heads.at(-1), write: async (value: ChainHead) => void heads.push(value) };
  let now = new Date(0);
  let eventsUntil: string | undefined;
  const deps = (keys: AuditKeys): ChainDeps => ({ archive, head, keys, now: () => now });

  async function store(object: string, bytes: Uint8Array): Promise<StoredObject> {
    await archive.store(object, bytes);
    return { object, sha256: sha256Hex(bytes), bytes: bytes.length };
  }

  return {
    objects,
    heads,
    deps,
    async audit(slot, { scheduled = true, complete = true, keys = keysOf(1), withoutEvents = false } = {}) {
      now = new Date(Date.parse(slot) + 20_000);
      const at = now.toISOString();
      const snapshots: SnapshotEntry[] = [];
      for (const domain of ["push.example.com", "push.example.org"]) {
        const rows = [{ domain, app: "live", stream: `room-${slot}`, resumeTime: null, seenAt: at }];
        const stored = await store(snapshotName(domain, new Date(slot)), (await packLines(rows)).bytes);
        const told = complete
          ? ({ complete, because: "two-passes-agree" } as const)
          : ({ complete, because: "passes-differ" } as const);
        snapshots.push({ ...stored, ...told, domain, count: 1, passes: [], startedAt: at, endedAt: at });
      }
      const place = `dt=${slot.slice(0, 10)}/${slot.slice(11, 19).replaceAll(":", "")}Z`;
      const until = new Date(Date.parse(slot) - 5 * MINUTE_MS).toISOString();
      const from = eventsUntil ?? new Date(Date.parse(until) - HOUR_MS).toISOString();
      const page = await store(`pages/${place}.html`, Buffer.from(`<!doctype html><title>${slot}</title>`));
      const draft: AuditDraft = {
        ...{ kind: "audit", slot, scheduled, policy: "0".repeat(64), build: "1".repeat(64), snapshots, page },
        ...(!withoutEvents && {
          events: {
            ...(await store(`events/${place}.ndjson.gz`, Buffer.from(`events of ${slot}`))),
            count: 1,
            from,
            until,
          },
        }),
      };
      if (!withoutEvents) eventsUntil = until;
      return appendToChain(draft, deps(keys));
    },
  };
}
