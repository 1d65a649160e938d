import { gunzipSync } from "node:zlib";
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { type AuditDeps, auditDomain } from "../../lib/audit/audit.ts";
import type { DisabledPage } from "../../lib/audit/listing.ts";
import { type Manifest, packRows, unpackManifest, unpackRows } from "../../lib/audit/snapshot.ts";
import { createArchive } from "../../lib/aws/archive.ts";
import { createLiveClient } from "../../lib/huawei/live.ts";
import { createSend } from "../../lib/huawei/send.ts";
import { sha256Hex } from "../../lib/sha256.ts";
import { MINUTE_MS } from "../../lib/time.ts";
import { type Storage, startStorage } from "../../local/aws/storage.ts";
import { type Simulator, SWITCHES, startSimulator } from "../../local/live/simulator.ts";
import { restlessGate } from "../support/gate.ts";

const DOMAIN = "push.example.com";
const SLOT = new Date("2026-11-21T12:00:00Z");
const SNAPSHOT = "snapshots/domain=push.example.com/dt=2026-11-21/120000Z.ndjson.gz";
const MANIFEST = "manifests/domain=push.example.com/dt=2026-11-21/120000Z.json";
const AUDITOR = {
  name: "auditor",
  ak: "AKAUDIT",
  sk: "sk-of-the-auditor",
  actions: ["live:stream:listStreamForbidden"],
};
const PROJECT_ID = "0123456789abcdef0123456789abcdef";

let live: Simulator;
let storage: Storage;
let s3: S3Client;
let bucket: string;
let buckets = 0;
let deps: AuditDeps;

beforeAll(async () => {
  live = await startSimulator({
    projectId: PROJECT_ID,
    ingestDomains: [DOMAIN],
    users: [AUDITOR],
    quotas: { readBlocks: 1_000_000 },
  });
  storage = await startStorage();
  s3 = new S3Client({
    endpoint: storage.url,
    region: "eu-central-1",
    forcePathStyle: true,
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  });
});
afterAll(async () => {
  s3.destroy();
  await Promise.all([live.close(), storage.close()]);
});

/** An empty bucket, and Live as it was at the start. */
function startAnew(): void {
  live.reset();
  storage.heal();
  bucket = `archive-${buckets++}`;
  storage.createBucket(bucket, { versioned: true });
  const client = createLiveClient(
    createSend({
      endpoint: new URL(live.url),
      projectId: PROJECT_ID,
      timeoutMs: 500,
      now: () => new Date(),
      gate: restlessGate({ now: () => new Date() }),
      lane: "bulk",
      credentials: async () => ({ version: "1", credentials: { kind: "key-pair", ak: AUDITOR.ak, sk: AUDITOR.sk } }),
    }),
  );
  deps = {
    listDisabled: (domain) => client.listDisabled(domain),
    archive: createArchive(s3, bucket),
    now: () => new Date(),
    sleep: async () => {},
    random: () => 0,
    timeIsUp: () => false,
  };
}
beforeEach(startAnew);

const streamNamed = (stream: string) => ({ domain: DOMAIN, app: "live", stream });
const disable = (count: number) =>
  live.addDisabled(Array.from({ length: count }, (_, i) => streamNamed(`room-${String(i).padStart(3, "0")}`)));
const offNow = () => live.state().disabled.map(({ app, stream, resume_time }) => [app, stream, resume_time]);

function stored(key: string): Uint8Array {
  const bytes = storage.read(bucket, key);
  if (!bytes) throw new Error(`no object ${key}`);
  return bytes;
}
const manifest = (key = MANIFEST): Manifest => unpackManifest(stored(key));
const snapshot = (key = SNAPSHOT) =>
  unpackRows(stored(key)).map(({ app, stream, resumeTime }) => [app, stream, resumeTime]);
const audit = (slot = SLOT, change: Partial<AuditDeps> = {}) => auditDomain(DOMAIN, slot, { ...deps, ...change });

/** Live's own pages, and something that happens after the one of this number. */
const changing = (afterPage: number, change: () => void): Partial<AuditDeps> => {
  let pages = 0;
  return {
    async *listDisabled(domain): AsyncGenerator<DisabledPage> {
      for await (const page of deps.listDisabled(domain)) {
        yield page;
        if (++pages === afterPage) change();
      }
    },
  };
};

const SETTINGS = SWITCHES.pagePastEnd.flatMap((pagePastEnd) =>
  SWITCHES.total.flatMap((total) => SWITCHES.order.map((order) => ({ pagePastEnd, total, order }))),
);
const COUNTS = [0, 1, 99, 100, 101, 200, 250];

describe.each(SETTINGS)("where Live answers $pagePastEnd past the end, total of $total, order $order", (switches) => {
  it.each(COUNTS)("%d disabled streams are stored as they are, or as incomplete", async (count) => {
    live.changeSettings({ switches });
    disable(count);
    const result = await audit();
    const { complete, because, count: told } = manifest();
    expect(result).toMatchObject({ complete, because, count: told, snapshot: SNAPSHOT, manifest: MANIFEST });
    expect(snapshot()).toHaveLength(told);
    if (complete) expect(snapshot()).toEqual(offNow());
    else expect(offNow()).toEqual(expect.arrayContaining(snapshot()));
    // Of one page, and in an order that does not change, the list is always certain.
    if (count <= 100 || switches.order === "stable") expect(because).toBe("two-passes-agree");
  });

  it.each([
    ["goes", () => void live.removeDisabled(streamNamed("room-005"))],
    ["comes", () => live.addDisabled([streamNamed("room-000-and-a-half")])],
    ["expires", () => live.addDisabled([{ ...streamNamed("room-005"), resume_time: "2026-01-01T00:00:00Z" }])],
    ["gets another resume time", () => live.addDisabled([{ ...streamNamed("room-005"), resume_time: null }])],
  ])("an entry that %s between two pages makes no list wrong that is called complete", async (_, change) => {
    for (const afterPage of [1, 2, 3]) {
      startAnew();
      live.changeSettings({ switches });
      disable(150);
      const before = offNow();
      await audit(SLOT, changing(afterPage, change));
      const { complete } = manifest();
      if (complete) expect([before, offNow()]).toContainEqual(snapshot());
      if (switches.order === "stable") expect(complete).toBe(true);
    }
  });
});

it("a list that is shuffled and told of page by page is never called complete while a stream is missing", async () => {
  live.changeSettings({ switches: { order: "shuffled", total: "page" } });
  disable(101); // as good as always a walk sees one of them twice and one of them never
  const expected = offNow();
  for (let minute = 0; minute < 40; minute++) {
    const { complete, snapshot: key } = await audit(new Date(SLOT.getTime() - minute * MINUTE_MS));
    if (complete) expect(snapshot(key)).toEqual(expected);
  }
});

describe("the objects", () => {
  it("are named by the slot and not by the clock", async () => {
    const { slot } = await audit(new Date("2026-11-20T23:59:58Z"));
    expect(slot).toBe("2026-11-20T23:59:58.000Z");
    expect(storage.keys(bucket)).toEqual([
      "manifests/domain=push.example.com/dt=2026-11-20/235958Z.json",
      "snapshots/domain=push.example.com/dt=2026-11-20/235958Z.ndjson.gz",
    ]);
  });

  it("are described by the manifest: count, size and SHA-256 of the bytes as stored, pages, totals and times", async () => {
    disable(101);
    const before = new Date().toISOString();
    await audit();
    const bytes = stored(SNAPSHOT);
    expect(manifest()).toMatchObject({
      version: 1,
      domain: DOMAIN,
      slot: SLOT.toISOString(),
      object: SNAPSHOT,
      sha256: sha256Hex(bytes),
      bytes: bytes.length,
      count: 101,
      complete: true,
      because: "two-passes-agree",
    });
    expect(manifest()).not.toHaveProperty("error");
    const { passes, startedAt, endedAt } = manifest();
    const requestIds = live.calls().map(({ requestId }) => requestId);
    expect(passes.flatMap((pass) => pass.requestIds)).toEqual(requestIds);
    expect(passes).toMatchObject([
      { pages: 2, listed: 101, totals: [101] },
      { pages: 2, listed: 101, totals: [101] },
    ]);
    const times = [before, startedAt, ...passes.flatMap((pass) => [pass.startedAt, pass.endedAt]), endedAt];
    expect(times).toEqual([...times].sort());
  });

  it("are stored for an empty list too", async () => {
    expect(await audit()).toMatchObject({ count: 0, complete: true });
    expect(gunzipSync(stored(SNAPSHOT)).toString()).toBe("");
  });

  it("say what they are", async () => {
    await audit();
    const head = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: SNAPSHOT }));
    expect(head).toMatchObject({ ContentType: "application/x-ndjson", ContentEncoding: "gzip" });
    const json = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: MANIFEST }));
    expect(json.ContentType).toBe("application/json");
  });

  it("hold names as they are, whatever is in them", async () => {
    const hostile = ["a\nb", "\u0000\u001b[31m", "\u2028", '","complete":true,"x":"', "😀", "a/*", "..", "%2F", " "];
    live.addDisabled(hostile.map(streamNamed));
    expect(await audit()).toMatchObject({ count: hostile.length, complete: true });
    expect(
      snapshot()
        .map(([, stream]) => stream)
        .sort(),
    ).toEqual([...hostile].sort());
    expect(gunzipSync(stored(SNAPSHOT)).toString().split("\n")).toHaveLength(hostile.length + 1);
  });
});

describe("a list that cannot be read", () => {
  it.each([
    ["500", { kind: "status", status: 500, code: "LIVE.100011005" }, "LIVE.100011005"],
    ["429", { kind: "status", status: 429, code: "APIGW.0308" }, "APIGW.0308"],
    ["half JSON", { kind: "half-json" }, "ERR_LIVE_ANSWER"],
    ["a page of HTML", { kind: "not-json" }, "ERR_LIVE_ANSWER"],
    ["a redirect", { kind: "redirect" }, "ERR_LIVE_ANSWER"],
    ["a closed connection", { kind: "close" }, "ERR_LIVE_UNAVAILABLE"],
    ["nothing at all", { kind: "hang" }, "ERR_LIVE_UNAVAILABLE"],
  ] as const)("is stored as incomplete with the reason, and what was seen of it: %s", async (_, fault, error) => {
    disable(150);
    const result = await audit(
      SLOT,
      changing(1, () => void live.addFault(fault)),
    );
    expect(result).toMatchObject({ complete: false, because: "listing-failed", count: 100 });
    expect(manifest()).toMatchObject({ complete: false, because: "listing-failed", error, count: 100 });
    expect(snapshot()).toEqual(offNow().slice(0, 100));
  });

  it("is stored as incomplete without a row when the first page fails, and never as an empty list", async () => {
    disable(3);
    live.addFault({ kind: "status", status: 503 });
    await audit();
    expect(manifest()).toMatchObject({ complete: false, because: "listing-failed", count: 0, passes: [] });
  });

  it("that ends with a refusal where Live told of more is not complete, however often it does", async () => {
    disable(150);
    const pages: Partial<AuditDeps> = {
      async *listDisabled(domain) {
        for await (const page of deps.listDisabled(domain)) {
          yield page;
          return; // as a client does that takes LIVE.100011001 for the end
        }
      },
    };
    await audit(SLOT, pages);
    expect(manifest()).toMatchObject({ complete: false, because: "total-not-reached", count: 100 });
  });
});

describe("what is stored stays", () => {
  const versionsPut = () => storage.requests().PutObject ?? 0;

  it("the same slot again answers the first snapshot, asks Live nothing and writes nothing", async () => {
    disable(2);
    const first = await audit();
    const [calls, puts] = [live.calls().length, versionsPut()];
    disable(5);
    expect(await audit()).toEqual(first);
    expect(live.calls()).toHaveLength(calls);
    expect(versionsPut()).toBe(puts);
  });

  it("two runs of a slot at once leave one snapshot, and a manifest that is true of it", async () => {
    disable(101);
    const results = await Promise.all([audit(), audit(), audit()]);
    expect(new Set(results.map((result) => JSON.stringify(result))).size).toBe(1);
    expect(storage.keys(bucket)).toEqual([MANIFEST, SNAPSHOT]);
    expect(manifest()).toMatchObject({ sha256: sha256Hex(stored(SNAPSHOT)), count: 101 });
  });

  it("rows of a run that ended before its manifest stay, and nothing is concluded from them", async () => {
    disable(2);
    storage.fail(({ operation, key }) => operation === "PutObject" && key === MANIFEST, {
      status: 403,
      code: "AccessDenied",
    });
    await expect(audit()).rejects.toMatchObject({ code: "ERR_ARCHIVE" });
    const rows = stored(SNAPSHOT);
    disable(7);
    expect(await audit()).toMatchObject({ complete: false, because: "interrupted", count: 2 });
    expect(stored(SNAPSHOT)).toEqual(rows);
    expect(manifest()).toMatchObject({ sha256: sha256Hex(rows), bytes: rows.length, count: 2, passes: [] });
  });

  it("somebody else's rows under the name stay too", async () => {
    const [seenAt, domain] = ["2026-11-21T12:00:01.000Z", DOMAIN];
    const other = packRows([{ domain, app: "live", stream: "other", resumeTime: null, seenAt }]);
    await deps.archive.store(SNAPSHOT, other, { contentType: "application/x-ndjson" });
    disable(3);
    expect(await audit()).toMatchObject({ complete: false, because: "interrupted", count: 1 });
    expect(stored(SNAPSHOT)).toEqual(Uint8Array.from(other));
  });

  it("bytes under the name that are no snapshot end the audit, and get no manifest", async () => {
    await deps.archive.store(SNAPSHOT, Buffer.from("not ours"), { contentType: "text/plain" });
    await expect(audit()).rejects.toMatchObject({ code: "ERR_ARCHIVE" });
    expect(storage.keys(bucket)).toEqual([SNAPSHOT]);
  });

  it("a manifest that cannot be read is not taken for one, nor written over", async () => {
    await deps.archive.store(MANIFEST, Buffer.from('{"complete":true}'), { contentType: "application/json" });
    await expect(audit()).rejects.toMatchObject({ code: "ERR_ARCHIVE" });
    expect(Buffer.from(stored(MANIFEST)).toString()).toBe('{"complete":true}');
  });

  it.each([SNAPSHOT, MANIFEST])("an answer that was lost after %s was stored is a success", async (name) => {
    disable(2);
    const isPut = ({ operation, key }: { operation: string; key?: string }) =>
      operation === "PutObject" && key === name;
    storage.fail(isPut, { status: 503, code: "SlowDown", afterEffect: true });
    expect(await audit()).toMatchObject({ complete: true, because: "two-passes-agree", count: 2 });
    expect(manifest().sha256).toBe(sha256Hex(stored(SNAPSHOT)));
  });

  it("while nothing can be stored the audit fails, so that the schedule tries again", async () => {
    storage.fail("PutObject", { status: 503, code: "SlowDown" }, Number.POSITIVE_INFINITY);
    await expect(audit()).rejects.toMatchObject({ code: "ERR_ARCHIVE", retryable: true });
    storage.heal();
    expect(await audit()).toMatchObject({ complete: true });
  });

  it("while nothing can be read it does not take the slot for free", async () => {
    await audit();
    storage.fail("GetObject", { status: 403, code: "AccessDenied" });
    await expect(audit()).rejects.toMatchObject({ code: "ERR_ARCHIVE" });
  });
});
