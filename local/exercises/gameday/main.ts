/**
 * `npm run gameday -- --reports N --seed S [--out DIR] [--sabotage NAME]`: plays the worst day there can be, and a scorecard.
 * Exit code 1 if an invariant is broken or a fault did not happen; with a saboteur 1 if what broke is what he was sent for, 3 if not.
 */
import { parseArgs } from "node:util";
import { packageAlone, withoutLimits } from "../../../build/package-alone.ts";
import { readNumber, run, UsageError } from "../../kit/arguments.ts";
import { createProgress } from "../../kit/progress.ts";
import { writeMaterial } from "./inputs.ts";
import { play } from "./play.ts";
import { SABOTAGES } from "./sabotage.ts";
import { formatScorecard, type Scorecard, score } from "./scorecard.ts";
import { MIN_REPORTS, writeScript } from "./script.ts";
import { startDayWorld } from "./world.ts";

const HELP = `npm run gameday -- [--reports N] [--seed S] [--out DIR] [--sabotage NAME]
  --reports N      how many different reports there are, ${MIN_REPORTS} to 20000 (default 200)
  --seed S         of everything that is left to chance: the same seed, the same story (default 7)
  --out DIR        writes the raw material there; node local/exercises/gameday/score.ts DIR computes the scorecard from it
  --sabotage NAME  with a broken module in the functions, which the scorecard has to find:
                   ${Object.keys(SABOTAGES).join(", ")}`;

const OTHER_INVARIANT = 3;

function readOptions() {
  const { values } = parseArgs({
    options: {
      reports: { type: "string", default: "200" },
      seed: { type: "string", default: "7" },
      out: { type: "string" },
      sabotage: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  const { sabotage, out, help } = values;
  if (sabotage !== undefined && !Object.hasOwn(SABOTAGES, sabotage)) {
    throw new UsageError(`--sabotage ${sabotage}: there are ${Object.keys(SABOTAGES).join(", ")}`);
  }
  return {
    ...{ sabotage, out, help },
    reports: readNumber("reports", values.reports, MIN_REPORTS, 20_000),
    seed: readNumber("seed", values.seed, 0, 999_999_999),
  };
}

/** A saboteur is found when the invariant breaks that he was sent for; that something else breaks as well proves nothing. */
function exitCode({ findings, held }: Scorecard, sabotage: string | undefined): number {
  const broken = findings.filter((each) => each.broken.length > 0).map(({ invariant }) => invariant);
  const expected = SABOTAGES[sabotage ?? ""]?.breaks;
  if (expected === undefined || held) return held ? 0 : 1;
  const isFound = broken.includes(expected);
  console.log(`the saboteur ${sabotage} ${isFound ? "was found" : "was NOT found"}: invariant ${expected}`);
  return isFound ? 1 : OTHER_INVARIANT;
}

async function main(): Promise<number> {
  const { reports, seed, out, sabotage, help } = readOptions();
  if (help) {
    console.log(HELP);
    return 0;
  }
  const script = writeScript(reports, seed);
  const broken = sabotage === undefined ? undefined : SABOTAGES[sabotage];
  // A bad day asks for more actions in its minutes than a policy should let a source have; limits have a trial of their own (local/flood).
  const packaged = await packageAlone({
    changePolicy: withoutLimits,
    ...(broken && { swap: { [broken.module]: broken.replacement } }),
  });
  const { remove, ...bundles } = packaged;
  const progress = createProgress(process.stdout);
  try {
    const world = await startDayWorld({ seed, scale: script.scale, ...bundles });
    try {
      const material = await play(script, world, { sabotage, tell: progress.tell });
      progress.done();
      if (out !== undefined) await writeMaterial(material, out);
      const card = score(material);
      console.log(formatScorecard(card));
      return exitCode(card, sabotage);
    } finally {
      await world.close();
    }
  } finally {
    remove();
  }
}

await run(main, HELP);
