/** Measures cold starts: the import of each bundle in a new process, compared with the same function written with common libraries. */
import { strict as assert } from "node:assert";
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import * as z from "zod";
import { packageAlone } from "../build/package-alone.ts";
import type { Bench, Row, Samples } from "./bench.ts";
import { checkFunctions } from "./check-functions.ts";
import { buildRivals } from "./rivals/build.ts";
import { rotated } from "./take-turns.ts";

const ROUNDS = 21;
const LOADER = join(import.meta.dirname, "import-once.mjs");
const FUNCTIONS = ["webhook", "worker", "incident", "audit"] as const;

/** All settings that the functions read at their cold start; no service is called. */
const ENVIRONMENT = {
  ...{ PATH: "", AWS_REGION: "eu-central-1", AWS_ACCESS_KEY_ID: "bench", AWS_SECRET_ACCESS_KEY: "bench" },
  ...{ AWS_LAMBDA_FUNCTION_NAME: "bench", AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x" },
  ...{
    SOURCE_SECRET_PREFIX: "sources/",
    LIVE_SECRET_ID: "live",
    AUDIT_KEY_SECRET_ID: "key",
    GATEWAY_SECRET_ID: "gate",
  },
  ...{ HUAWEI_PROJECT_ID: "0123456789abcdef", LIVE_ENDPOINT: "https://live.ap-southeast-3.myhuaweicloud.com" },
  ...{ LIVE_USER: "worker", LEDGER_TABLE: "ledger", ARCHIVE_BUCKET: "archive" },
  ...{ ALERTS_TOPIC_ARN: "arn:aws:sns:eu-central-1:000000000000:alerts" },
  ...Object.fromEntries(
    [
      "URGENT_QUEUE_URL",
      "BULK_QUEUE_URL",
      "URGENT_DEAD_LETTERS_URL",
      "BULK_DEAD_LETTERS_URL",
      "AUDIT_DEAD_LETTERS_URL",
    ].map((name) => [name, `https://sqs.eu-central-1.amazonaws.com/000000000000/${name}`]),
  ),
};

const loadedSchema = z.object({ ms: z.number(), isFunction: z.literal(true) });
const run = promisify(execFile);

async function importMs(bundle: string): Promise<number> {
  const { stdout } = await run(process.execPath, [LOADER, bundle], { env: ENVIRONMENT });
  return loadedSchema.parse(JSON.parse(stdout)).ms;
}

/** Builds the bundles of both sides, checked on the local stack, and an empty one. */
async function bundlesIn(dir: string): Promise<Record<string, string>> {
  const packaged = await packageAlone();
  try {
    const rivals = join(dir, "rivals");
    await buildRivals(join(rivals, "dist"));
    await checkFunctions(packaged.templatePath);
    await checkFunctions(packaged.templatePath, rivals);
    const { buildFunctions } = await import("../build/build.ts");
    await buildFunctions({ outdir: join(dir, "ours") });
    const empty = join(dir, "empty");
    mkdirSync(empty);
    writeFileSync(join(empty, "index.mjs"), "export const handler=async()=>{};");
    return Object.fromEntries([
      ["empty", join(empty, "index.mjs")],
      ...FUNCTIONS.flatMap((name) => [
        [`ours ${name}`, join(dir, "ours", name, "index.mjs")],
        [`rival ${name}`, join(rivals, "dist", name, "index.js")],
      ]),
    ]);
  } finally {
    packaged.remove();
  }
}

const WEBHOOK_TIME =
  "In a third of offair's time Node reads and parses the bundle; Node's HTTPS and crypto, zod with its schemas, and the SDK's clients share the rest. `zod/mini` was measured in the four schema files of the webhook's bundle: 0.20 of the rival's time and 0.30 of its size, 16 kB above the target. It was not used, because its API is harder to read and five other files depend on these schemas. The rival's validator takes 57 % of its webhook's time and 235 of 746 kB, because it compiles its schema at each start, as the first example of its documentation does; with a precompiled schema, which the same page recommends, offair would take 0.60 of the rival's time. Huawei's SDK is in the other three functions only, because the webhook does not need it.";
const TIMES_MISSED: Readonly<Record<string, string>> = {
  webhook: WEBHOOK_TIME,
  audit:
    "At the limit, 0.32 to 0.37 between runs: four clients of the SDK, including S3's, and a chain and a page that the rival's audit does not have. The audit runs once an hour, and no caller waits for it.",
};
const SIZES_MISSED: Readonly<Record<string, string>> = {
  webhook:
    "`@smithy/core` with the SDK's clients is 160 of 285 kB, zod 78, the adapters of the sources 31; code for other operations and environments is left out already. The rival is 746 kB, not 1,024 as first measured, because it does not call Live and has no second validator.",
  incident:
    "At the limit: 467 kB, where the target is 466. Four clients of the SDK are 81 kB, zod is 84, the operators' actions and the doctor are 35.",
  audit:
    "Four clients of the SDK, of which S3's alone is 98 of 610 kB; and the page, the chain and the formats of the archive, 49 kB, which the rival's audit does not have.",
};

const rowsOf = (name: (typeof FUNCTIONS)[number]): Row[] => [
  {
    what: `${name}, time`,
    ...{ above: `ours ${name}`, below: `rival ${name}`, target: { atMost: name === "webhook" ? 0.22 : 0.33 } },
    ...(TIMES_MISSED[name] && { bound: TIMES_MISSED[name] }),
  },
  {
    what: `${name}, size`,
    ...{ above: `ours ${name}, size`, below: `rival ${name}, size` },
    target: { atMost: name === "webhook" ? 0.28 : 0.33 },
    ...(SIZES_MISSED[name] && { bound: SIZES_MISSED[name] }),
  },
];

export const init: Bench = {
  name: "init",
  about:
    "imports each bundle in a new process, as Lambda's runtime does. `rival`: the same function with fewer features, with middy, its validator and the middlewares of its HTTP guide, standardwebhooks, the AWS SDK's defaults, and `@huaweicloud/huaweicloud-sdk-core` if it calls Live, bundled as AWS's guide shows.",
  async run() {
    const dir = mkdtempSync(join(tmpdir(), "offair-bench-"));
    try {
      const bundles = await bundlesIn(dir);
      assert(Object.values(bundles).every((file) => existsSync(file)));
      const names = Object.keys(bundles);
      const times = new Map<string, number[]>(names.map((name) => [name, []]));
      for (const name of names) await importMs(bundles[name] ?? ""); // the first from disk, the others from the file cache
      for (let round = 0; round < ROUNDS; round++) {
        for (const name of rotated(names, round)) times.get(name)?.push(await importMs(bundles[name] ?? ""));
      }
      const samples: Record<string, Samples> = {};
      for (const name of names) {
        samples[name] = { unit: "ms", values: times.get(name) ?? [] };
        samples[`${name}, size`] = { unit: "bytes", values: [statSync(bundles[name] ?? "").size] };
      }
      return { samples, rows: FUNCTIONS.flatMap(rowsOf) };
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  },
};
