/**
 * `npm run flood`: somebody has stolen a source's key and reports every stream there is. Exit code 0 if the limits held, all else is
 * held, and nothing is lost; 1 if not.
 */
import { parseArgs } from "node:util";
import { compilePolicy } from "../../../build/compile-policy.ts";
import { packageAlone, withoutLimits } from "../../../build/package-alone.ts";
import { createPrinter } from "../../demo/printer.ts";
import { startWorld } from "../../demo/world.ts";
import { readNumber, run } from "../../kit/arguments.ts";
import { createProgress } from "../../kit/progress.ts";
import type { Alert } from "../../stack/alarms.ts";
import { writeMaterial } from "../write-inputs.ts";
import type { Run } from "./inputs.ts";
import { actingCategories, type FloodSize, planFlood, SOURCE } from "./load-profile.ts";
import { play } from "./play.ts";
import { formatFloodCard, scoreFlood } from "./scorecard.ts";

/** With fewer there is too little for a limit to hold back. */
const MIN_STREAMS = 50;

const HELP = `npm run flood -- [--reports N] [--streams N] [--seconds N] [--seed S] [--out DIR]
  --reports N   forged reports, validly signed, ${MIN_STREAMS} to 20000 (default 10000)
  --streams N   live streams, each of them reported at least once, ${MIN_STREAMS} to the reports (default 9000)
  --seconds N   over how long they are posted, 1 to 3600 (default 60); a slower machine takes longer, and says so
  --seed S      of everything that is left to chance (default 1)
  --out DIR     writes the raw material there
  --without-limits   runs functions whose policy has none, and must end in 1

  npm run flood -- --reports 400 --streams 300 --seconds 10     the same, small`;

/** After each invocation. With ten thousand of them the usual one in ten would be a machine that only starts processes. */
const RECYCLE_PROBABILITY = 0.002;

function readOptions() {
  const { values } = parseArgs({
    options: {
      reports: { type: "string", default: "10000" },
      streams: { type: "string", default: "9000" },
      seconds: { type: "string", default: "60" },
      seed: { type: "string", default: "1" },
      out: { type: "string" },
      "without-limits": { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const reports = readNumber("reports", values.reports, MIN_STREAMS, 20_000);
  const size: FloodSize = {
    reports,
    streams: readNumber("streams", values.streams, MIN_STREAMS, reports),
    seconds: readNumber("seconds", values.seconds, 1, 3_600),
    seed: readNumber("seed", values.seed, 0, 999_999_999),
  };
  return { size, out: values.out, help: values.help, isWithoutLimits: values["without-limits"] };
}

async function main(): Promise<number> {
  const { size, out, help, isWithoutLimits } = readOptions();
  if (help) {
    console.log(HELP);
    return 0;
  }
  const policy = compilePolicy();
  const categories = actingCategories(policy);
  if (categories.length === 0)
    throw new Error(`policy.yml acts on nothing that ${SOURCE} says: there is no limit to try`);
  const { total, perSource, shareOfLive, atLeast } = policy.limits;
  const limits: Run["limits"] = {
    ...{ total, shareOfLive, atLeast },
    perSource: policy.sources[SOURCE]?.maxActions ?? perSource,
  };
  const plan = planFlood(size, categories);

  const progress = createProgress(process.stdout);
  const printer = createPrinter(process.stdout);
  const alerts: Alert[] = [];
  const { templatePath, remove } = await packageAlone(isWithoutLimits ? { changePolicy: withoutLimits } : {});
  try {
    const world = await startWorld({
      ...{ templatePath, seed: size.seed, recycleProbability: RECYCLE_PROBABILITY, ports: { gateway: 0 } },
      onAlert(alert) {
        alerts.push(alert);
        if (process.stdout.isTTY) progress.done(); // the line that is being written over
        printer.alert(alert);
      },
    });
    try {
      const { stack, simulator } = world;
      if (!simulator) throw new Error("a flood needs the simulator");
      const material = await play({ stack, simulator }, { size, plan, limits, alerts, tell: progress.tell });
      progress.done();
      if (out !== undefined) await writeMaterial(material, out);
      const card = scoreFlood(material);
      console.log(formatFloodCard(card));
      return card.held ? 0 : 1;
    } finally {
      await world.close();
    }
  } finally {
    remove();
  }
}

await run(main, HELP);
