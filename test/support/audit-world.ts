/** An audit on a real archive and the simulator of Live, with a ledger that a test writes by hand, and a clock that it sets. */
import { gunzipSync } from "node:zlib";
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, beforeEach, jest } from "@jest/globals";
import { readEntry } from "../../lib/archive/chain-entry.ts";
import type { ChainHead } from "../../lib/archive/chain-head.ts";
import type { AuditManifest, ChainManifest } from "../../lib/archive/manifest.ts";
import { type AuditDeps, type AuditResult, audit } from "../../lib/audit/audit.ts";
import { createExplains } from "../../lib/audit/listing/explained-by-orders.ts";
import type { DisabledPage } from "../../lib/audit/listing/list-disabled.ts";
import { type Archive, createArchive } from "../../lib/aws/s3-archive.ts";
import { type Stream, streamKey } from "../../lib/core/stream.ts";
import { HOUR_MS } from "../../lib/core/time.ts";
import type { AuditNotice } from "../../lib/events/audit-notice.ts";
import { collectFindings, verifyBundle } from "../../lib/evidence/verify/verify.ts";
import { createLiveClient, type LiveClient } from "../../lib/huawei/api/live-client.ts";
import { createSend } from "../../lib/huawei/api/send.ts";
import type { LedgerEvent } from "../../lib/ledger/export-event.ts";
import type { Order } from "../../lib/orders/order.ts";
import { type Storage, startStorage } from "../../local/aws/storage.ts";
import { startSimulator } from "../../local/live/simulator.ts";
import type { Simulator } from "../../local/live/simulator-types.ts";
import { keyOf, keysOf } from "./chain.ts";
import { NOON } from "./fixtures.ts";
import { restlessGate } from "./gate.ts";

export const DOMAIN = "push.example.com";
export const OTHER = "push.example.org";
const PROJECT_ID = "0123456789abcdef0123456789abcdef";
const READ = ["live:stream:listStreamForbidden"];
const AUDITOR = { name: "auditor", ak: "AKAUDIT", sk: "sk-of-the-auditor", actions: READ };

export interface AuditWorld {
  live: Simulator;
  storage: Storage;
  bucket: string;
  archive: Archive;
  heads: ChainHead[];
  /** Orders of the ledger, each with the time of its last change. */
  ledger: { at: string; order: Order }[];
  /** Its other items, which an audit exports too. */
  others: LedgerEvent[];
  /** Cases of the ledger that wait for a person, the one that is due first at the top. */
  cases: Awaited<ReturnType<AuditDeps["openReviews"]>>["records"];
  /** Of its audits, in the order of the writes: a repeated one is stored once. */
  notices: AuditNotice[];
  /** What the clock says, also Live's. */
  clock: number;
  /** Of the schedule, in the so many-th hour after noon. */
  audit(hour: number, change?: Partial<AuditDeps>): Promise<AuditResult>;
  /** As an audit reads them, over HTTP. */
  pages(domain: string, size: number): AsyncIterable<DisabledPage>;
  byPerson(change?: Partial<AuditDeps>): Promise<AuditResult>;
  entry(number: number): Promise<ChainManifest>;
  /** Of an audit's link. */
  manifest(number: number): Promise<AuditManifest>;
  /** Its content type and encoding, as stored. */
  typeOf(object: string): Promise<(string | undefined)[]>;
  lines(object: string | undefined): Record<string, unknown>[];
  /** Begins anew within a test, as before each test. */
  reopen(): void;
  /** As anybody can: all of the bucket, with the key. */
  verify(): Promise<string[]>;
}

/** Call once at the top of a test file: each test has an empty bucket, an empty ledger, and a Live where nothing is disabled. */
export function useAuditWorld(): AuditWorld {
  const world = {} as AuditWorld;
  let s3: S3Client;
  let buckets = 0;
  let client: LiveClient;

  const now = () => new Date(world.clock);
  const deps = (): AuditDeps => {
    const recentOrders = async (stream: Stream) =>
      world.ledger
        .map(({ order }) => order)
        .filter((order) => streamKey(order.stream) === streamKey(stream))
        .sort((a, b) => b.number - a.number);
    const { findDisabled } = client;
    return {
      archive: world.archive,
      head: { read: async () => world.heads.at(-1), write: async (head) => void world.heads.push(head) },
      ...{ keys: keysOf(1), now, recentOrders, findDisabled: (stream) => findDisabled(stream) },
      ...{ domains: [DOMAIN, OTHER], expiringHours: 24, policy: "0".repeat(64), build: "1".repeat(64) },
      listedAtOnce: 1,
      listing: () => ({
        listDisabled: world.pages,
        findDisabled: (stream) => findDisabled(stream),
        explains: createExplains(recentOrders),
        ...{ now, sleep: async () => {}, random: () => 0, timeIsUp: () => false },
      }),
      async *exportEvents({ from, until }) {
        const inside = world.ledger.filter(({ at }) => at >= from.toISOString() && at < until.toISOString());
        const orders = inside.map(({ at, order }) => ({ kind: "order", at, order }) satisfies LedgerEvent);
        const others = world.others.filter(({ at }) => at >= from.toISOString() && at < until.toISOString());
        yield* [...orders, ...others].sort((a, b) => (a.at < b.at ? -1 : 1));
      },
      openReviews: async () => ({ records: world.cases }),
      writeNotice: async (notice) => void world.notices.push(notice),
      ...{ timeIsUp: () => false, exportIsOver: () => false },
    };
  };

  Object.assign(world, {
    audit(hour: number, change: Partial<AuditDeps> = {}) {
      const slot = new Date(NOON.getTime() + hour * HOUR_MS);
      world.clock = Math.max(world.clock, slot.getTime() + 3_000);
      return audit({ slot, scheduled: true }, { ...deps(), ...change });
    },
    pages: (domain: string, size: number) => client.listDisabled(domain, { size }),
    byPerson: (change: Partial<AuditDeps> = {}) =>
      audit({ slot: new Date(world.clock), scheduled: false }, { ...deps(), ...change }),
    async entry(number: number) {
      const entry = await readEntry(world.archive, number);
      if (!entry) throw new Error(`no link ${number}`);
      return entry.manifest;
    },
    async manifest(number: number) {
      const manifest = await world.entry(number);
      if (manifest.kind !== "audit") throw new Error(`link ${number} is no audit's`);
      return manifest;
    },
    async typeOf(Key: string) {
      const object = await s3.send(new GetObjectCommand({ Bucket: world.bucket, Key }));
      return [object.ContentType, object.ContentEncoding];
    },
    lines(object: string | undefined) {
      const text = gunzipSync(world.storage.read(world.bucket, object ?? "") ?? Buffer.alloc(0)).toString();
      return text.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line)]));
    },
    async verify() {
      const keys = world.storage.keys(world.bucket);
      const bundle = {
        names: async function* (prefix = "") {
          yield* keys.filter((key) => key.startsWith(prefix));
        },
        read: world.archive.read,
      };
      const { findings } = await collectFindings(verifyBundle(bundle, { publicKey: keyOf(1) }));
      return findings.map(({ kind, object }) => `${kind} ${object}`);
    },
  } satisfies Partial<AuditWorld>);

  beforeAll(async () => {
    world.clock = NOON.getTime();
    for (const method of ["info", "warn", "error"] as const) jest.spyOn(console, method).mockImplementation(() => {});
    world.live = await startSimulator({
      ...{ projectId: PROJECT_ID, ingestDomains: [DOMAIN, OTHER], users: [AUDITOR] },
      ...{ quotas: { readBlocks: 1_000_000 }, ceilings: { readBlocks: 1_000_000 } },
      now: () => new Date(world.clock),
    });
    world.storage = await startStorage();
    const credentials = { accessKeyId: "local", secretAccessKey: "local" };
    s3 = new S3Client({ endpoint: world.storage.url, region: "eu-central-1", forcePathStyle: true, credentials });
  });
  afterAll(async () => {
    s3.destroy();
    await Promise.all([world.live.close(), world.storage.close()]);
  });
  world.reopen = () => {
    world.clock = NOON.getTime();
    world.live.reset();
    world.storage.heal();
    world.bucket = `archive-${buckets++}`;
    world.storage.createBucket(world.bucket, { versioned: true });
    world.archive = createArchive(s3, world.bucket);
    world.heads = [];
    world.ledger = [];
    world.others = [];
    world.cases = [];
    world.notices = [];
    const pair = { kind: "key-pair", ak: AUDITOR.ak, sk: AUDITOR.sk } as const;
    client = createLiveClient(
      createSend({
        ...{ endpoint: new URL(world.live.url), projectId: PROJECT_ID, timeoutMs: 500, priority: "bulk" },
        now: () => new Date(world.clock),
        pool: restlessGate({ now: () => new Date(world.clock) }),
        credentials: async () => ({ version: "1", credentials: pair }),
      }),
    );
  };
  beforeEach(() => world.reopen());
  return world;
}
