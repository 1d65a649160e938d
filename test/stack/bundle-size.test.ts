/** What is loaded at every cold start. Who goes over a limit has bundled something: `npm run build` says what; then raise it on purpose. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { buildFunctions } from "../../build/build.ts";
import { buildConstants } from "../../build/build-info.ts";
import { buildConsole } from "../../build/console.ts";
import type { Bundle } from "../../build/weigh.ts";

const dir = mkdtempSync(join(tmpdir(), "offair-size-"));
let bundles: Bundle[];
beforeAll(async () => {
  bundles = await buildFunctions({ outdir: dir });
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const named = (name: string): Bundle | undefined => bundles.find((each) => each.name === name);
const partsOf = (name: string): string[] => [...(named(name)?.bytesByPackage.keys() ?? [])];

describe("a bundle", () => {
  it.each([
    ["webhook", 224], // 0.30 of the rival's (bench/init.ts)
    ["answer", 247],
    ["canary", 248],
    ["clock", 286], // with the client of SQS, to wake notify
    ["worker", 393],
    ["incident", 510], // events and subscribers, appeals, the settings of statements
    ["audit", 518],
    ["rotate", 302],
    ["notify", 339], // zod for the policy's subscribers and what the ledger says, four AWS clients
  ])("of %s is at most %d kB", (name, kB) => {
    expect((named(name)?.bytes ?? Number.NaN) / 1_000).toBeLessThanOrEqual(kB);
  });

  it("of every function has a limit", () => {
    const functions = ["answer", "audit", "canary", "clock", "incident", "notify", "rotate", "webhook", "worker"];
    expect(bundles.map(({ name }) => name).sort()).toEqual(functions);
  });

  it("takes its constants as literals: an object would be a module that every module loads", () => {
    for (const each of Object.values(buildConstants())) expect(each).toMatch(/^("[^"]*"|undefined)$/);
  });

  it("of the webhook holds no table, no bucket and nothing of Live", () => {
    const parts = partsOf("webhook");
    expect(parts).toContain("@aws-sdk/client-sqs");
    for (const part of ["@aws-sdk/client-dynamodb", "@aws-sdk/client-s3", "lib/huawei", "lib/audit"]) {
      expect(parts).not.toContain(part);
    }
  });

  it("of notify holds nothing that decides, and nothing of Live", () => {
    for (const part of ["lib/huawei", "lib/worker", "lib/sources", "lib/audit", "@aws-sdk/client-s3"]) {
      expect(partsOf("notify")).not.toContain(part);
    }
  });

  it("of answer holds no queue, no adapter of a vendor, and nothing that decides or acts", () => {
    const parts = partsOf("answer");
    expect(parts).toContain("@aws-sdk/client-dynamodb");
    for (const part of ["@aws-sdk/client-sqs", "@aws-sdk/client-s3", "lib/huawei", "lib/worker", "lib/decisions"]) {
      expect(parts).not.toContain(part);
    }
    expect(readFileSync(join(dir, "answer", "index.mjs"), "utf8")).not.toMatch(/sightengine|getstream/i);
  });

  it.each(["webhook", "answer", "worker", "incident", "audit", "rotate"])(
    "of %s holds nothing of event streams, which no operation of ours has",
    (name) => {
      expect(readFileSync(join(dir, name, "index.mjs"), "utf8")).not.toContain("EventStreamCodec");
    },
  );

  it.each(["webhook", "answer", "worker", "incident", "audit", "rotate"])(
    "of %s takes Node's modules without reading all they export",
    (name) => {
      const bundle = readFileSync(join(dir, name, "index.mjs"), "utf8");
      const imported = bundle.match(/\bfrom"(node:)?[a-z0-9/]+"/g);
      expect(imported).toBeNull();
      // exports of Node that load whole subsystems when they are read
      expect(bundle).not.toMatch(/\("(WebSocket|webcrypto|subtle|ReadStream|promises|stdin)"\)/);
    },
  );

  it.each(["webhook", "answer", "worker", "incident", "audit", "rotate"])(
    "of %s refuses what is left out of it, and does not hold it",
    (name) => {
      const bundle = readFileSync(join(dir, name, "index.mjs"), "utf8");
      expect(bundle.includes("is not bundled: build/stub-unused.ts")).toBe(true);
      expect(bundle.includes("json-schema.org")).toBe(false);
    },
  );

  it("of the webhook holds the adapters that its policy names, and refuses the others", async () => {
    const refusal = (adapter: string) => `lib/sources/${adapter}.ts is not bundled`;
    const webhookIn = (folder: string) => readFileSync(join(folder, "webhook", "index.mjs"), "utf8");
    const usual = webhookIn(dir);
    for (const adapter of ["sightengine", "getstream", "appeal"]) expect(usual).toContain(refusal(adapter));
    expect(usual).not.toContain(refusal("huawei-push"));

    const outdir = join(dir, "with-appeals");
    const appeals = { adapter: "standard", grade: "A", kind: "appeal", reviewWithin: "2d" } as const;
    await buildFunctions({
      outdir,
      changePolicy: (policy) => ({ ...policy, sources: { appeals } }),
    });
    expect(webhookIn(outdir)).toContain(refusal("huawei-push"));
    expect(webhookIn(outdir)).not.toContain(refusal("appeal"));
  });

  it("of the webhook has the methods of zod that offair calls, and no others", () => {
    const webhook = readFileSync(join(dir, "webhook", "index.mjs"), "utf8");
    for (const method of ["safeParse(", "exactOptional(", "toLowerCase("]) expect(webhook).toContain(`,${method}`);
    for (const method of ["cidrv4(", "encodeAsync(", "slugify("]) expect(webhook).not.toContain(`,${method}`);
  });

  it("of every function is without the IAM simulator, whose licence is the AGPL (docs/adr/0020)", () => {
    for (const { name } of bundles) {
      expect(partsOf(name).filter((part) => part.startsWith("@cloud-copilot/") || part.startsWith("local"))).toEqual(
        [],
      );
      expect(readFileSync(join(dir, name, "index.mjs"), "utf8")).not.toMatch(/cloud-copilot|ImplicitlyDenied/);
    }
  });

  it("of every function is without what only laptops need for credentials", () => {
    for (const { name } of bundles) expect(partsOf(name)).not.toContain("@aws-sdk/credential-provider-node");
  });
});

describe("the page of the console", () => {
  it("is at most 120 kB with gzip, all of it", async () => {
    const { files } = await buildConsole();
    const bytes = Object.values(files).reduce((sum, text) => sum + gzipSync(text).length, 0);
    expect(bytes / 1_000).toBeLessThanOrEqual(120);
  });

  it("has nothing from elsewhere but preact and a virtual list, and no schemas", async () => {
    const { metafile } = await buildConsole();
    const packages = Object.keys(metafile.inputs).flatMap(
      (path) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? [],
    );
    expect([...new Set(packages)].sort()).toEqual(["@tanstack/virtual-core", "preact"]);
  });

  it("has no inline script, no inline style and no address of anybody", async () => {
    const { files } = await buildConsole();
    expect(files["index.html"]).not.toMatch(/<style|style=|<script(?![^>]* src="\/console\.js")|\son\w+=/);
    expect(files["index.html"]).not.toMatch(/https?:/);
    expect(files["console.css"]).not.toMatch(/url\(|@import|https?:/);
  });
});
