/**
 * `npm run drill`: three in the morning. So many streams of one raid are planned, approved, applied, watched and taken back with
 * the real command, while Live throttles and loses answers. Exit code 0 if all of it held; 1 if not; 3 if a saboteur was not found.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { packageAlone } from "../../../build/package-alone.ts";
import { SECOND_MS } from "../../../lib/core/time.ts";
import { LOCK_MS } from "../../../lib/core/timeouts.ts";
import { startWorld } from "../../demo/world.ts";
import { readNumber, run, UsageError } from "../../kit/arguments.ts";
import { createProgress } from "../../kit/progress.ts";
import { writeDrill } from "./inputs.ts";
import { createKiller } from "./kill-workers.ts";
import { play } from "./play.ts";
import { SABOTAGES } from "./sabotage.ts";
import { type SceneSize, writeScene } from "./scene.ts";
import { type DrillCard, scoreDrill } from "./scorecard.ts";

/** With fewer, nobody else would have to approve it, and no kill would find anything in the middle. */
const MIN_STREAMS = 40;

const HELP = `npm run drill -- [--live N] [--streams N] [--seed S] [--latency N] [--kill] [--out DIR] [--sabotage NAME]
  --live N     streams that are live, 400 to 20000 (default 8000)
  --streams N  of these, the raid: ${MIN_STREAMS} to a tenth of them (default 500)
  --seed S     of everything that is left to chance (default 1)
  --latency N  milliseconds that Live takes for each call, 0 to 1000 (default 0)
  --kill       the function that applies, a worker and the terminal die in the middle of it; and a second batch is taken
               back while it runs
  --out DIR    writes the raw material there, and what the operators saw: terminal.txt
  --sabotage NAME  with a broken module in the functions, which the scorecard has to find:
               ${Object.keys(SABOTAGES).join(", ")}

  npm run drill -- --live 400 --streams 40 --kill     the same, small`;

const RECYCLE_PROBABILITY = 0.002;
/** What is left of Live's quota, as in serverless.yml: `livePaceShare`. */
const PACE_SHARE = 0.8;
/** What a dead worker had in hand comes back when its locks are over, and not after the three minutes of the template. */
const VISIBILITY_SECONDS_OF_KILLS = Math.ceil(LOCK_MS / SECOND_MS) + 2;
const NOT_FOUND = 3;

function readOptions() {
  const { values } = parseArgs({
    options: {
      live: { type: "string", default: "8000" },
      streams: { type: "string", default: "500" },
      seed: { type: "string", default: "1" },
      latency: { type: "string", default: "0" },
      kill: { type: "boolean", default: false },
      out: { type: "string" },
      sabotage: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  const { sabotage, kill, out, help } = values;
  if (sabotage !== undefined && !Object.hasOwn(SABOTAGES, sabotage)) {
    throw new UsageError(`--sabotage ${sabotage}: there are ${Object.keys(SABOTAGES).join(", ")}`);
  }
  const live = readNumber("live", values.live, 400, 20_000);
  const size: SceneSize = {
    live,
    streams: readNumber("streams", values.streams, MIN_STREAMS, live / 10),
    seed: readNumber("seed", values.seed, 0, 999_999_999),
  };
  const latencyMs = readNumber("latency", values.latency, 0, 1_000);
  return { size, latencyMs, sabotage, kill, out, help };
}

/** A saboteur is found when the claim breaks that he was sent for; that something else breaks as well proves nothing. */
function exitCode({ findings, held }: DrillCard, sabotage: string | undefined): number {
  const { breaks } = SABOTAGES[sabotage ?? ""] ?? {};
  if (breaks === undefined || held) return held ? 0 : 1;
  const isFound = findings.some(({ claim, broken }) => claim.startsWith(breaks) && broken.length > 0);
  console.log(`the saboteur ${sabotage} ${isFound ? "was found" : "was NOT found"}: ${breaks}`);
  return isFound ? 1 : NOT_FOUND;
}

async function main(): Promise<number> {
  const { size, latencyMs, sabotage, kill, out, help } = readOptions();
  if (help) {
    console.log(HELP);
    return 0;
  }
  const broken = SABOTAGES[sabotage ?? ""];
  const { remove, ...bundles } = await packageAlone(broken && { swap: { [broken.module]: broken.replacement } });
  const directory = mkdtempSync(join(tmpdir(), "offair-drill-"));
  const progress = createProgress(process.stdout);
  try {
    const { killer, interfere } = createKiller(() => stack);
    const world = await startWorld({
      ...{ ...bundles, seed: size.seed, recycleProbability: RECYCLE_PROBABILITY, ports: { gateway: 0 } },
      ...(kill && { interfere, visibilitySeconds: VISIBILITY_SECONDS_OF_KILLS }),
    });
    const { stack, simulator } = world;
    try {
      if (!simulator) throw new Error("a drill needs the simulator");
      simulator.changeSettings({ latencyMs });
      const writesAMinute = simulator.state().settings.quotas.writeBlocks * PACE_SHARE;
      const material = await play({
        ...{ stack, simulator, size, scene: writeScene(size), writesAMinute, directory, tell: progress.tell },
        ...(kill && { killer }),
      });
      progress.done();
      if (out !== undefined) await writeDrill(material, out);
      const card = scoreDrill(material);
      console.log(card.text);
      return exitCode(card, sabotage);
    } finally {
      await world.close();
    }
  } finally {
    remove();
    rmSync(directory, { recursive: true, force: true });
  }
}

await run(main, HELP);
