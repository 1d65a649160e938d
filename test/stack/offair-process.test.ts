/** `offair` as a person runs it: what only a process shows. */
import { readFileSync } from "node:fs";
import { S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { createArchive } from "../../lib/aws/s3-archive.ts";
import { type Storage, startStorage } from "../../local/aws/storage.ts";
import { DAYS, exportedObjects } from "../cli/export-objects.ts";
import { offair, offairByShim, offairInShell, offairInto, offairProcess, useFiles } from "../cli/offair.ts";
import type { Objects } from "../support/chain.ts";

const files = useFiles();
let objects: Objects;

describe("offair", () => {
  it("runs under whatever Node is on the path", async () => {
    const helped = await offair(["help"]);
    expect(await offairByShim(["help"])).toEqual(helped);
    expect(await offairProcess(["help"])).toEqual(helped);
    expect((await offairByShim(["nonsense"])).code).toBe(2);
  });

  it.each([
    ["Latin-1", "caf\\351"],
    ["an overlong slash", "a\\300\\257b"],
    ["half of a surrogate pair", "\\355\\240\\200"],
    ["a character that is cut off", "caf\\303"],
  ])("an argument or a setting that is not UTF-8 is refused before anything is done: %s", async (_, bytes) => {
    const name = `push.example.com/live/$'${bytes}'`;
    for (const [args, env] of [
      [`disable ${name} --reason INC-881 --yes`, ""],
      [`disable push.example.com/live/a --reason=$'${bytes}' --yes`, ""],
      [`list --app $'${bytes}'`, ""],
      [`plan --disable --reason INC-881 --live push.example.com --name $'${bytes}*'`, ""],
      [`verify $'${bytes}' --key key.pem`, ""],
      ["list", `OFFAIR_AS=$'${bytes}'`],
      ["list", `OFFAIR_URL=http://127.0.0.1:1/$'${bytes}'`],
      ["history 2026-03-14", `ARCHIVE_BUCKET=$'${bytes}'`],
    ]) {
      const ended = await offairInShell(`${env} "$OFFAIR_NODE" "$OFFAIR_CLI" ${args}`);
      expect(ended).toEqual({ code: 2, stdout: "", stderr: expect.stringContaining("is not UTF-8") });
    }
  });

  it("programs of the local stack and scripts refuse such an argument too", async () => {
    const programs = ["local/demo/report.ts weapons --stream", "local/demo/raid.ts 5 --client", "scripts/sign.ts"];
    for (const program of [...programs, "scripts/policy-replay.ts --reports r --policy"]) {
      const ended = await offairInShell(`"$OFFAIR_NODE" ${program} $'caf\\351'`);
      expect(ended).toEqual({ code: 2, stdout: "", stderr: expect.stringContaining("is not UTF-8") });
    }
  });

  it.each([[[]], [["-o", "details"]], [["--json"]], [["--csv"]]])(
    "a result that a full disk takes is told in one sentence: %j",
    async (format) => {
      const bundle = files.folder(await exportedObjects());
      const { code, stderr } = await offairInto("/dev/full", ["history", "2026-03-14", "--bundle", bundle, ...format]);
      expect({ code, stderr }).toEqual({
        code: 1,
        stderr: expect.stringMatching(/^offair: the result cannot be written: ENOSPC.*\n$/m),
      });
      expect(stderr).not.toMatch(/\n {4}at /);
    },
  );
});

describe("from the bucket", () => {
  let storage: Storage;
  let client: S3Client;
  const env = (): NodeJS.ProcessEnv => ({
    ...{ AWS_ENDPOINT_URL_S3: storage.url, AWS_REGION: "eu-central-1" },
    ...{ AWS_ACCESS_KEY_ID: "local", AWS_SECRET_ACCESS_KEY: "local" },
  });
  beforeAll(async () => {
    objects = await exportedObjects();
    storage = await startStorage();
    storage.createBucket("archive");
    const credentials = { accessKeyId: "local", secretAccessKey: "local" };
    client = new S3Client({ endpoint: storage.url, region: "eu-central-1", forcePathStyle: true, credentials });
    const archive = createArchive(client, "archive");
    for (const [name, bytes] of objects) {
      if (/^manifests|dt=2026-03-1[345]/.test(name)) await archive.store(name, bytes, { contentType: "text/plain" });
    }
  });
  afterAll(async () => {
    client.destroy();
    await storage.close();
  });

  it("the bundle is byte for byte that of a copy of the bucket", async () => {
    const [fromBucket, fromFolder] = [files.path(".tar"), files.path(".tar")];
    const ended = await offairProcess(["export", "--bucket", "archive", ...DAYS, "--out", fromBucket], env());
    expect(ended).toMatchObject({ code: 0, stderr: "" });
    await offair(["export", "--bundle", files.folder(objects), ...DAYS, "--out", fromFolder]);
    expect(readFileSync(fromBucket).equals(readFileSync(fromFolder))).toBe(true);
  });

  it("an answer is what a copy of the bucket says", async () => {
    const asked = ["history", "2026-03-14", "--json"];
    const fromBucket = await offairProcess(asked, { ...env(), ARCHIVE_BUCKET: "archive" });
    expect(fromBucket).toMatchObject({ code: 0, stderr: "" });
    expect(fromBucket).toEqual(await offair([...asked, "--bundle", files.folder(objects)]));
  });

  it("a bucket that is not there is told in one sentence: exit code 1", async () => {
    const { code, stdout, stderr } = await offairProcess(["history", "2026-03-14", "--bucket", "elsewhere"], env());
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(
      /^offair: the bucket elsewhere cannot be listed below manifests\/: .*\n.*offair help ERR_ARCHIVE\n$/,
    );
    expect(stderr).not.toMatch(/\n {4}at /);
  });
});
