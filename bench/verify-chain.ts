/** Verifies a year of hourly audits from the first chain entry to the last, compared with the required hashes and signatures only. */
import { strict as assert } from "node:assert";
import { createPrivateKey, hash, verify } from "node:crypto";
import type { Bundle } from "../lib/archive/bundle.ts";
import type { ChainHead } from "../lib/archive/chain-head.ts";
import { openEnvelope, PAYLOAD_TYPE, pae } from "../lib/archive/dsse.ts";
import { chainManifestName, type SnapshotEntry } from "../lib/archive/manifest.ts";
import { packLines } from "../lib/archive/ndjson.ts";
import { eventsName, expectedName, findingsName, pageName, snapshotName } from "../lib/archive/object-names.ts";
import { parseAuditKeys } from "../lib/archive/signing-keys.ts";
import { type AuditDraft, appendToChain } from "../lib/audit/chain/append-entry.ts";
import { sha256Hex } from "../lib/core/sha256.ts";
import { HOUR_MS, MINUTE_MS } from "../lib/core/time.ts";
import { collectFindings, verifyBundle } from "../lib/evidence/verify/verify.ts";
import type { Bench, Measured, Samples } from "./bench.ts";
import { rotated } from "./take-turns.ts";

const YEAR = 365 * 24;
const WEEK = 7 * 24;
const LIMITS = { atMost: 30, seconds: 60 };
const BEGIN_MS = Date.parse("2025-11-01T00:00:00Z");
const DOMAIN = "push.example.com";

/** RFC 8410: the DER prefix of the 32 bytes of an Ed25519 key. */
const PKCS8 = Buffer.from("302e020100300506032b657004220420", "hex");
const PRIVATE_KEY = createPrivateKey({
  key: Buffer.concat([PKCS8, Buffer.alloc(32, 7)]),
  format: "der",
  type: "pkcs8",
});
const KEYS = parseAuditKeys(
  JSON.stringify({ keys: [{ privateKey: PRIVATE_KEY.export({ format: "pem", type: "pkcs8" }) }] }),
);

type Objects = Map<string, Uint8Array>;

/** Each hour has twenty disabled streams, one of them new; every run has the same bytes. In memory, because a disk would dominate. */
async function makeChain(slots: number): Promise<Objects> {
  const objects: Objects = new Map();
  const heads: ChainHead[] = [];
  const archive = {
    read: async (name: string) => objects.get(name),
    store: async (name: string, bytes: Uint8Array) => void objects.set(name, bytes),
  };
  const store = async (object: string, rows: readonly unknown[]) => {
    const { bytes, count } = await packLines(rows);
    await archive.store(object, bytes);
    return { object, sha256: sha256Hex(bytes), bytes: bytes.length, count };
  };
  for (let hour = 0; hour < slots; hour++) {
    const slot = new Date(BEGIN_MS + hour * HOUR_MS);
    const at = new Date(slot.getTime() + 20_000).toISOString();
    const until = new Date(slot.getTime() - 5 * MINUTE_MS);
    const from = new Date(until.getTime() - HOUR_MS).toISOString();
    const rows = Array.from({ length: 20 }, (_, row) => streamOf(hour + row, at));
    const page = Buffer.from(`<!doctype html><title>${at}</title>${"<p>a page for people</p>".repeat(400)}`);
    await archive.store(pageName(slot), page);
    const snapshot: SnapshotEntry = {
      ...{ ...(await store(snapshotName(DOMAIN, slot), rows)), domain: DOMAIN, complete: true },
      ...{ because: "two-passes-agree", passes: [passOf(at), passOf(at)], startedAt: at, endedAt: at },
    };
    const { count: _, ...findings } = await store(findingsName(slot), [{ kind: "disabled", ...rows[19] }]);
    const draft: AuditDraft = {
      ...{ kind: "audit", slot: slot.toISOString(), scheduled: true, policy: "0".repeat(64), build: "1".repeat(64) },
      ...{ snapshots: [snapshot], page: { object: pageName(slot), sha256: sha256Hex(page), bytes: page.length } },
      events: { ...(await store(eventsName(slot), rows)), from, until: until.toISOString() },
      expected: { ...(await store(expectedName(slot), rows)), until: until.toISOString() },
      findings: { ...findings, disabled: 1, enabled: 0, changed: 0 },
    };
    await appendToChain(draft, {
      archive,
      head: { read: async () => heads.at(-1), write: async (head) => void heads.splice(0, 1, head) },
      keys: KEYS,
      now: () => new Date(at),
    });
  }
  return objects;
}

const streamOf = (number: number, seenAt: string) => ({
  ...{ domain: DOMAIN, app: "live", stream: `room-${number}`, resumeTime: "2027-01-01T00:00:00Z", seenAt },
});
const passOf = (at: string) => ({
  ...{ startedAt: at, endedAt: at, pages: 1, listed: 20, totals: [20], requestIds: [sha256Hex(at).slice(0, 32)] },
});

async function verifyChainOf(slots: number, bundle: Bundle): Promise<void> {
  const { findings, summary } = await collectFindings(verifyBundle(bundle, { publicKey: KEYS.current }));
  assert.deepEqual([findings.length, summary.entries, summary.objectsIntact], [0, slots, slots * 5]);
}

/** Hashes every object and verifies every signature of prepared chain entries, without further checks. */
async function hashAndProve(objects: Objects, signed: readonly Signed[]): Promise<void> {
  for (const bytes of objects.values()) hash("sha256", bytes);
  for (const { bytes, signature } of signed) assert(verify(null, bytes, KEYS.current.key, signature));
}
interface Signed {
  readonly bytes: Buffer;
  readonly signature: Buffer;
}

function signedOf(slots: number, objects: Objects): Signed[] {
  return Array.from({ length: slots }, (_, index) => {
    const { payload, signatures } = openEnvelope(objects.get(chainManifestName(index + 1)) ?? new Uint8Array());
    return { bytes: pae(PAYLOAD_TYPE, payload), signature: Buffer.from(signatures[0]?.sig ?? "", "base64") };
  });
}

/** Checks that a changed byte of one page is reported. */
async function checkItSees(objects: Objects): Promise<void> {
  const name = pageName(new Date(BEGIN_MS + 100 * HOUR_MS));
  const page = objects.get(name) ?? new Uint8Array();
  objects.set(name, Buffer.from(page).fill("x", 20, 21));
  const { findings } = await collectFindings(verifyBundle(bundleOf(objects), { publicKey: KEYS.current }));
  assert.deepEqual(
    findings.map(({ kind, object }) => [kind, object]),
    [["altered", name]],
  );
  objects.set(name, page);
}

const bundleOf = (objects: Objects): Bundle => ({
  async *names(prefix = "") {
    yield* [...objects.keys()].filter((name) => name.startsWith(prefix)).sort();
  },
  read: async (name) => objects.get(name),
});

async function elapsedMs(run: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await run();
  return performance.now() - start;
}

export const verifyChain: Bench = {
  name: "verify-chain",
  about:
    "verifies a year of hourly audits, five objects an hour, with a pinned key, in memory. `floor`: hashes every byte with SHA-256, and verifies every signature of the prepared chain entries.",
  leftOut: "a year of audits, in place of which it verifies a week",
  async run({ isQuick, rounds }) {
    const { info } = console;
    console.info = () => undefined; // silences the log line of each of the 8,760 entries
    const slots = isQuick ? WEEK : YEAR;
    const objects = await makeChain(slots).finally(() => (console.info = info));
    await checkItSees(objects);
    const signed = signedOf(slots, objects);
    const sides = { ours: () => verifyChainOf(slots, bundleOf(objects)), floor: () => hashAndProve(objects, signed) };
    const tookMs = { ours: [] as number[], floor: [] as number[] };
    const inMs = (values: number[]): Samples => ({ unit: "ms", values });
    const measured: Measured = {
      samples: { ours: inMs(tookMs.ours), floor: inMs(tookMs.floor) },
      rows: [
        { what: "close to the hashes and signatures alone", above: "ours", below: "floor", target: { atMost: 2 } },
      ],
    };
    for (const round of rounds(measured, LIMITS)) {
      for (const side of rotated(["ours", "floor"] as const, round)) tookMs[side].push(await elapsedMs(sides[side]));
    }
    return measured;
  },
};
