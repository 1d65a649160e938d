/** Measures cold starts: the import of each bundle in a new process, compared with the same function written with common libraries. */
import { strict as assert } from "node:assert";
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import * as z from "zod";
import { packageAlone } from "../build/package-alone.ts";
import type { Bench, Row, Samples } from "./bench.ts";
import { checkFunctions } from "./check-functions.ts";
import { buildRivals } from "./rivals/build.ts";
import { rotated } from "./take-turns.ts";

const LIMITS = { atLeast: 21, atMost: 100, seconds: 150 };
const LOADER = join(import.meta.dirname, "import-once.mjs");
const FUNCTIONS = ["webhook", "worker", "incident", "audit"] as const;

/** What Lambda adds to the settings of a function. */
const LAMBDA = {
  ...{ PATH: "", AWS_REGION: "eu-central-1", AWS_ACCESS_KEY_ID: "bench", AWS_SECRET_ACCESS_KEY: "bench" },
  ...{ AWS_LAMBDA_FUNCTION_NAME: "bench", AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x" },
};
/** Live as in a deployment; the local one needs no TLS. */
const LIVE_ENDPOINT = "https://live.ap-southeast-3.myhuaweicloud.com";

const templateSchema = z.object({
  Resources: z.record(z.string(), z.object({ Type: z.string(), Properties: z.unknown() })),
});
const variablesSchema = z.object({ Environment: z.object({ Variables: z.record(z.string(), z.unknown()) }) });

/** The settings of all functions, as the template has them, with names in place of what a deployment creates; no service is called. */
function settingsOf(templatePath: string): Record<string, string> {
  const { Resources } = templateSchema.parse(JSON.parse(readFileSync(templatePath, "utf8")));
  const functions = Object.values(Resources).filter(({ Type }) => Type === "AWS::Lambda::Function");
  const settings = functions.flatMap(({ Properties }) =>
    Object.entries(variablesSchema.parse(Properties).Environment.Variables),
  );
  const texts = settings.map(([name, value]) => [name, typeof value === "string" ? value : created(name)]);
  return { ...LAMBDA, ...Object.fromEntries(texts), LIVE_ENDPOINT };
}

function created(name: string): string {
  if (name.endsWith("_URL")) return `https://sqs.eu-central-1.amazonaws.com/000000000000/${name}`;
  return name.endsWith("_ARN") ? `arn:aws:sns:eu-central-1:000000000000:${name}` : name;
}

const loadedSchema = z.object({ ms: z.number(), isFunction: z.literal(true) });
const run = promisify(execFile);

async function importMs(bundle: string, env: Record<string, string>): Promise<number> {
  const { stdout } = await run(process.execPath, [LOADER, bundle], { env });
  return loadedSchema.parse(JSON.parse(stdout)).ms;
}

interface Built {
  /** Files by name. */
  readonly bundles: Readonly<Record<string, string>>;
  readonly settings: Record<string, string>;
}

/** Builds the bundles of both sides, checked on the local stack, and an empty one. */
async function bundlesIn(dir: string, isChecked: boolean): Promise<Built> {
  const packaged = await packageAlone();
  try {
    const rivals = join(dir, "rivals");
    await buildRivals(join(rivals, "dist"));
    if (isChecked) await checkFunctions(packaged.templatePath);
    if (isChecked) await checkFunctions(packaged.templatePath, rivals);
    const { buildFunctions } = await import("../build/build.ts");
    await buildFunctions({ outdir: join(dir, "ours") });
    const empty = join(dir, "empty");
    mkdirSync(empty);
    writeFileSync(join(empty, "index.mjs"), "export const handler=async()=>{};");
    const bundles = Object.fromEntries([
      ["empty", join(empty, "index.mjs")],
      ...FUNCTIONS.flatMap((name) => [
        [`ours ${name}`, join(dir, "ours", name, "index.mjs")],
        [`rival ${name}`, join(rivals, "dist", name, "index.js")],
      ]),
    ]);
    return { bundles, settings: settingsOf(packaged.templatePath) };
  } finally {
    packaged.remove();
  }
}

const WEBHOOK_TIME =
  "At the limit. A quarter of offair's time is Node's parser, which reads the bundle; another quarter loads Node's HTTPS, crypto and streams; the SDK's clients, and zod with its schemas, share the rest. middy is 3 kB and 1 % of it. The rival's validator takes 57 % of its webhook's time and 235 of 746 kB, because it compiles its schema at each start, as the first example of its documentation does. Huawei's SDK is in the other three functions only, because the webhook does not need it.";
const TIMES_MISSED: Readonly<Record<string, string>> = {
  webhook: WEBHOOK_TIME,
  audit:
    "At the limit: four clients of the SDK, including S3's, and a chain and a page that the rival's audit does not have. The audit runs once an hour, and no caller waits for it.",
};
const SIZES_MISSED: Readonly<Record<string, string>> = {
  incident:
    "Four clients of the SDK with `@smithy/core` and `@aws-sdk/core` are 190 of 504 kB, zod 57; the operators' actions, reviews, figures, events and the doctor are what the rival does not have.",
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
    ...{ target: { atMost: name === "webhook" ? 0.3 : 0.33 }, isExact: true },
    ...(SIZES_MISSED[name] && { bound: SIZES_MISSED[name] }),
  },
];

export const init: Bench = {
  name: "init",
  about:
    "imports each bundle in a new process, as Lambda's runtime does. `rival`: the same function with fewer features, with middy, its validator and the middlewares of its HTTP guide, standardwebhooks, the AWS SDK's defaults, and `@huaweicloud/huaweicloud-sdk-core` if it calls Live, bundled as AWS's guide shows.",
  leftOut: "the check of both sides on the local stack",
  async run({ isQuick, rounds }) {
    const dir = mkdtempSync(join(tmpdir(), "offair-bench-"));
    try {
      const { bundles, settings } = await bundlesIn(dir, !isQuick);
      assert(Object.values(bundles).every((file) => existsSync(file)));
      const names = Object.keys(bundles);
      const times = new Map<string, number[]>(names.map((name) => [name, []]));
      const samples: Record<string, Samples> = {};
      for (const name of names) {
        samples[name] = { unit: "ms", values: times.get(name) ?? [] };
        samples[`${name}, size`] = { unit: "bytes", values: [statSync(bundles[name] ?? "").size] };
      }
      const measured = { samples, rows: FUNCTIONS.flatMap(rowsOf) };
      const load = (name: string) => importMs(bundles[name] ?? "", settings);
      for (const name of names) await load(name); // the first from disk, the others from the file cache
      for (const round of rounds(measured, LIMITS)) {
        for (const name of rotated(names, round)) times.get(name)?.push(await load(name));
      }
      return measured;
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  },
};
