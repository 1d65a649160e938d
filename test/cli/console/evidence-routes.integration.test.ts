/** What the page of history gets, from an archive behind the stand-in of S3. */
import { readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import type { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { evidenceRoutes } from "../../../cli/console/evidence-routes.ts";
import { createOncePaths } from "../../../cli/console/once-paths.ts";
import type { Reply } from "../../../cli/console/reply.ts";
import type { LocalStack } from "../../../cli/terminal/local-stack.ts";
import type { AuditPageAnswer, AuditsAnswer, ExportAnswer, HistoryAnswer } from "../../../console/http/protocol.ts";
import { createArchive } from "../../../lib/aws/s3-archive.ts";
import { type Storage, startStorage } from "../../../local/aws/storage.ts";
import { createChainWorld, type Objects } from "../../support/chain.ts";
import { exportedObjects } from "../export-objects.ts";
import { offair, useFiles } from "../offair.ts";

const DAY = "2026-03-14";
const files = useFiles();
const once = createOncePaths(() => new Date());
let storage: Storage;
let objects: Objects;
let buckets = 0;
let bucket: string;
let untouched: string;
let local: LocalStack;

let s3: S3Client;

beforeAll(async () => {
  storage = await startStorage();
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  s3 = new S3Client({ endpoint: storage.url, region: "eu-central-1", forcePathStyle: true, credentials });
  objects = await exportedObjects();
  untouched = await fill(objects);
});
afterAll(async () => {
  s3.destroy();
  await storage.close();
});
beforeEach(() => {
  use(untouched);
});

function use(given: string): void {
  bucket = given;
  const keys = { accessKeyId: "local", secretAccessKey: "local" };
  local = { archive: { endpoint: storage.url, bucket }, region: "eu-central-1", storeKeys: keys } as LocalStack;
}

/** @returns a new bucket with these objects. */
async function fill(stored: Objects): Promise<string> {
  const name = `archive-${buckets++}`;
  storage.createBucket(name);
  const archive = createArchive(s3, name);
  for (const [object, bytes] of stored) await archive.store(object, bytes, { contentType: "application/json" });
  return name;
}

const ask = async <Answer>(path: string, body: object): Promise<Answer> =>
  (await evidenceRoutes({ env: {}, local }, once)[path]?.({ body, isPoll: false })) as Answer;
async function opened(path: string): Promise<Reply> {
  const reply = once.take(path);
  if (!reply) throw new Error(`${path} cannot be opened`);
  return reply();
}

describe("a day", () => {
  it("has the periods that offair history reports, with the objects that prove them", async () => {
    const { periods, gaps, knownUntil } = await ask<HistoryAnswer>("/api/history", { day: DAY });
    expect(periods.map(({ stream }) => stream)).toEqual(["room-42", "room-43"]);
    expect(periods[0]?.evidence.objects).toContain("snapshots/domain=push.example.com/dt=2026-03-13/230000Z.ndjson.gz");
    expect(gaps).toEqual([]);
    expect(knownUntil).not.toBeNull();
  });

  it("is that of one stream, if one is named", async () => {
    const asked = { day: DAY, domain: "PUSH.example.com", stream: "live/room-43" };
    const { periods } = await ask<HistoryAnswer>("/api/history", asked);
    expect(periods.map(({ stream }) => stream)).toEqual(["room-43"]);
  });

  it("tells an object that is not as it was signed, and one that is missing", async () => {
    use(await fill(objects));
    storage.overwrite(bucket, "snapshots/domain=push.example.com/dt=2026-03-14/120000Z.ndjson.gz", "altered");
    expect(storage.erase(bucket, "events/dt=2026-03-13/110000Z.ndjson.gz")).toBe(true);
    const { gaps } = await ask<HistoryAnswer>("/api/history", { day: DAY });
    expect(gaps.map(({ kind }) => kind)).toEqual(expect.arrayContaining(["altered", "missing"]));
  });

  it.each([
    [{ day: "2026-02-30" }, "must be a day"],
    [{ day: DAY, stream: "room-42" }, "must be APP/NAME"],
    [{ day: DAY, stream: "live/room?auth_key=1" }, "a name ends before"],
    [{ day: DAY, bucket: "elsewhere" }, "Unrecognized key"],
  ])("%j is refused", async (body, message) => {
    await expect(async () => ask("/api/history", body)).rejects.toMatchObject({
      kind: "invalid",
      message: expect.stringContaining(message),
    });
  });
});

describe("the audits of a day", () => {
  it("are its chain entries, with their lists, and the hours that lack one", async () => {
    const { audits, gaps } = await ask<AuditsAnswer>("/api/audits", { day: DAY });
    expect(audits).toHaveLength(24);
    expect(audits[0]).toMatchObject({
      ...{ kind: "audit", slot: "2026-03-14T00:00:00.000Z", isScheduled: true, lacks: [] },
      lists: [{ domain: "push.example.com", count: 1, isComplete: true }],
    });
    expect(gaps).toEqual([]);
    use(await fill(objects));
    storage.erase(bucket, `manifests/${String(audits[5]?.number).padStart(10, "0")}.json`);
    const without = await ask<AuditsAnswer>("/api/audits", { day: DAY });
    expect(without.audits).toHaveLength(23);
    expect(without.gaps).toMatchObject([{ kind: "missing" }]);
  });
});

describe("the page of an audit", () => {
  const object = "pages/dt=2026-03-14/090000Z.html";
  beforeEach(async () => {
    const world = createChainWorld();
    for (const hour of ["08", "09", "10"]) await world.audit(`2026-03-14T${hour}:00:00.000Z`);
    use(await fill(world.objects));
  });

  it("is opened once, under a policy that lets nothing run and nothing load", async () => {
    const { audits } = await ask<AuditsAnswer>("/api/audits", { day: DAY });
    expect(audits.map(({ page }) => page)).toContain(object);
    const { path = "", gaps } = await ask<AuditPageAnswer>("/api/audit-page", { object });
    expect(gaps).toEqual([]);
    const { body, headers } = await opened(path);
    expect(Buffer.from(body as Uint8Array).toString()).toContain("2026-03-14T09:00:00.000Z");
    expect(headers?.["content-security-policy"]).toMatch(/^default-src 'none'; .*\bsandbox;/);
    await expect(opened(path)).rejects.toThrow("cannot be opened");
  });

  it("is not shown if it is not as it was signed", async () => {
    storage.overwrite(bucket, object, "<!doctype html><h1>all is well");
    expect(await ask<AuditPageAnswer>("/api/audit-page", { object })).toMatchObject({
      gaps: [{ kind: "altered", object }],
    });
    storage.erase(bucket, object);
    const missing = await ask<AuditPageAnswer>("/api/audit-page", { object });
    expect(missing).toEqual({ gaps: [expect.objectContaining({ kind: "missing" })] });
  });

  it.each(["manifests/0000000001.json", "pages/../secret.html", "pages/dt=2026-03-14/093000Z.html"])(
    "is nothing that no entry names: %s",
    async (name) => {
      const answer = await ask<AuditPageAnswer>("/api/audit-page", { object: name });
      expect(answer).toEqual({ gaps: [expect.objectContaining({ kind: "missing", object: name })] });
    },
  );
});

describe("an export", () => {
  const exportFolders = () => readdirSync(tmpdir()).filter((name) => name.startsWith("offair-export-"));

  it("is a tar that offair verify accepts with the head that was told beside it", async () => {
    const before = exportFolders();
    const answer = await ask<ExportAnswer>("/api/export", { from: DAY, to: DAY });
    expect(answer).toMatchObject({ name: "offair-2026-03-14-to-2026-03-14.tar", gaps: [], rotations: 2 });
    expect(exportFolders()).toEqual(before); // nothing stays on the disk
    const { body, headers } = await opened(answer.path);
    const tar = await buffer(body as Readable);
    expect(headers?.["content-length"]).toBe(String(tar.length));
    const path = files.path(".tar");
    writeFileSync(path, tar);
    const { last, slots } = answer;
    const verified = await offair(["verify", path, "--key", files.key(3), "--head", last.sha256, "--from", slots.from]);
    expect(verified).toMatchObject({ code: 0, stdout: expect.stringContaining("intact: 26 chain entries") });
  });

  it("tells what is missing in it", async () => {
    use(await fill(objects));
    storage.overwrite(bucket, "snapshots/domain=push.example.com/dt=2026-03-14/120000Z.ndjson.gz", "altered");
    const { gaps } = await ask<ExportAnswer>("/api/export", { from: DAY, to: DAY });
    expect(gaps).toMatchObject([{ kind: "altered" }]);
  });

  it.each([
    [{ from: DAY, to: "2026-03-13" }, "invalid", "before the first"],
    [{ from: "2030-01-01", to: "2030-01-02" }, "failed", "no chain entry of these days"],
  ])("%j is refused", async (body, kind, message) => {
    await expect(async () => ask("/api/export", body)).rejects.toMatchObject({
      kind,
      message: expect.stringContaining(message),
    });
  });
});

describe("the archive", () => {
  it("of the local stack is read with keys that do not replace those of the operator", async () => {
    const env = { AWS_ACCESS_KEY_ID: "AKALICE", AWS_SECRET_ACCESS_KEY: "alice" };
    await evidenceRoutes({ env, local }, once)["/api/audits"]?.({ body: { day: DAY }, isPoll: false });
    expect(env).toEqual({ AWS_ACCESS_KEY_ID: "AKALICE", AWS_SECRET_ACCESS_KEY: "alice" });
  });

  it("is named by a setting, which the refusal names", async () => {
    const history = evidenceRoutes({ env: {} }, once)["/api/history"];
    await expect(async () => history?.({ body: { day: DAY }, isPoll: false })).rejects.toMatchObject({
      kind: "invalid",
      message: expect.stringContaining("ARCHIVE_BUCKET"),
    });
  });

  it("that does not exist is told with what S3 says", async () => {
    local = { ...local, archive: { ...local.archive, bucket: "no-such-bucket" } };
    await expect(async () => ask("/api/history", { day: DAY })).rejects.toMatchObject({
      kind: "failed",
      message: expect.stringContaining("no-such-bucket"),
    });
  });
});
