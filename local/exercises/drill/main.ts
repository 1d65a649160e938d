/**
 * `npm run drill`: an incident response. The streams of a raid are planned, disabled, watched and enabled again with the real
 * `offair` command, while Live throttles and loses answers.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { SECOND_MS } from "../../../lib/core/time.ts";
import { LOCK_MS } from "../../../lib/core/timeouts.ts";
import { poolsWith } from "../../demo/huawei-users.ts";
import { runExercise } from "../run-exercise.ts";
import { DRILL_SABOTAGES } from "../sabotages.ts";
import { createKiller } from "./kill-workers.ts";
import { transcript } from "./operator.ts";
import { play } from "./play.ts";
import { ROTATION_ENVIRONMENT, ROTATION_LIVE } from "./rotate-keys.ts";
import { drillOptions, drillSchema } from "./run.ts";
import { writeScene } from "./scene.ts";
import { score } from "./scorecard.ts";

const RECYCLE_PROBABILITY = 0.002;
/** The messages of a killed worker return when its locks expire, instead of after the three minutes of the template. */
const VISIBILITY_SECONDS_OF_KILLS = Math.ceil(LOCK_MS / SECOND_MS) + 2;

await runExercise({
  name: "drill",
  options: drillOptions,
  sabotages: DRILL_SABOTAGES,
  small: "--live 400 --streams 40 --kill --rotate",
  runSchema: drillSchema,
  score,
  prepare(options) {
    const killer = options.kill ? createKiller() : undefined;
    return {
      world: {
        seed: options.seed,
        ...(options.users > 1 && { users: poolsWith(options.users) }),
        recycleProbability: RECYCLE_PROBABILITY,
        live: { latencyMs: options.latency, ...(options.rotate && ROTATION_LIVE) },
        ...(options.rotate && { environment: ROTATION_ENVIRONMENT }),
        ...(killer && { interfere: killer.interfere, visibilitySeconds: VISIBILITY_SECONDS_OF_KILLS }),
      },
      play: (stage) => play({ ...stage, options, scene: writeScene(options), killer }),
    };
  },
  /** Writes the commands of the operators and their output. */
  writeMore: ({ commands }, directory) =>
    writeFile(join(directory, "terminal.txt"), `${commands.map(transcript).join("\n\n")}\n`),
});
