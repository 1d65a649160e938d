/** What a cold start costs: import of each bundle in a fresh process, beside the same function written with the usual parts. */
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

/** Every setting that any of the functions reads at its cold start; nothing is called. */
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

/** Both sides' bundles, which do the same on the local stack, and an empty one. */
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
  "A third of offair's time is spent by Node on reading and parsing the bundle; Node's own HTTPS and crypto, zod with its schemas, and the SDK's clients share the rest. `zod/mini` in the four files of schemas that the webhook bundles was measured: 0.20 of the rival's time and 0.30 of its size, 16 kB above the target. It was not adopted, because its API is harder to read and five other files use those schemas. Of the rival's webhook 57 % of the time and 235 of 746 kB are its validator, which compiles its schema at each start as the first example of its documentation does. With a schema compiled in advance, as the same documentation advises, offair would take 0.60 of the rival's time. Huawei's SDK is only in the other three rivals, because the webhook does not need it.";
const TIMES_MISSED: Readonly<Record<string, string>> = {
  webhook: WEBHOOK_TIME,
  audit:
    "Close to the target: 0.32 to 0.37 from run to run. The bundle has four clients of the SDK, including S3's, and the chain and the page, which the rival's audit does not have. The audit runs once an hour, and no person waits for it.",
};
const SIZES_MISSED: Readonly<Record<string, string>> = {
  webhook:
    "`@smithy/core` with the SDK's clients is 165 of 272 kB, zod 78; code that only other operations or environments need is left out already. The rival has 746 kB, and had 1,024 in the first measurement, because it neither calls Live nor has a second validator.",
  audit:
    "The bundle has four clients of the SDK (S3's, with XML and checksums, is 98 of 594 kB), and the page and the chain (58 kB), which the rival's audit does not have.",
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
    "Imports each bundle in a fresh process, as Lambda's runtime does. `rival`: the same function with fewer features, with middy, its validator and the middlewares of its HTTP guide, standardwebhooks, the AWS SDK's defaults, and `@huaweicloud/huaweicloud-sdk-core` where it calls Live, bundled as AWS's guide shows.",
  async run() {
    const dir = mkdtempSync(join(tmpdir(), "offair-bench-"));
    try {
      const bundles = await bundlesIn(dir);
      assert(Object.values(bundles).every((file) => existsSync(file)));
      const names = Object.keys(bundles);
      const times = new Map<string, number[]>(names.map((name) => [name, []]));
      for (const name of names) await importMs(bundles[name] ?? ""); // once from the disk, then from its cache
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
