/**
 * `npm run flood`: an attacker with a stolen source key reports every stream. The limits must hold, all other reports must
 * be held for review, and no report may be lost.
 */
import { compilePolicy } from "../../../build/compile-policy.ts";
import { withoutLimits } from "../../../build/package-alone.ts";
import { SOURCE } from "../../demo/world.ts";
import { runExercise } from "../run-exercise.ts";
import { actingCategories, planFlood } from "./load-profile.ts";
import { play } from "./play.ts";
import { floodOptions, floodSchema } from "./run.ts";
import { score } from "./scorecard.ts";

/** Probability of recycling after an invocation. The usual 0.1 would start a thousand processes in ten thousand invocations. */
const RECYCLE_PROBABILITY = 0.002;

await runExercise({
  name: "flood",
  options: floodOptions,
  sabotages: {},
  small: "--reports 400 --streams 300 --seconds 10",
  runSchema: floodSchema,
  score,
  prepare(options) {
    const policy = compilePolicy();
    const categories = actingCategories(policy);
    if (categories.length === 0)
      throw new Error(`policy.yml acts on no report of ${SOURCE}, so no limit can be tested`);
    const { total, perSource, shareOfLive, atLeast } = policy.limits;
    const limits = { total, shareOfLive, atLeast, perSource: policy.sources[SOURCE]?.maxActions ?? perSource };
    return {
      ...(options["without-limits"] && { changePolicy: withoutLimits }),
      world: { seed: options.seed, recycleProbability: RECYCLE_PROBABILITY },
      play: (stage) => play(stage, { options, profile: planFlood(options, categories), limits }),
    };
  },
});
