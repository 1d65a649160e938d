/** `npm run gameday`: runs offair through a day with every kind of fault, and prints a scorecard of its invariants. */
import { withoutLimits } from "../../../build/package-alone.ts";
import { auditKeySecret } from "../../demo/audit-key.ts";
import {
  AUDIT_KEY_SECRET,
  AUDIT_SECRET,
  auditUser,
  PUSH_SOURCE,
  SOURCE,
  sourceSecret,
  WORKER_SECRET,
  workerUser,
} from "../../demo/world.ts";
import { createRandom } from "../../kit/random.ts";
import { runExercise } from "../run-exercise.ts";
import { GAMEDAY_SABOTAGES } from "../sabotages.ts";
import { play } from "./play.ts";
import { dayOptions, daySchema } from "./run.ts";
import { score } from "./scorecard.ts";
import { writeScript } from "./script.ts";
import { secretsOf } from "./secrets.ts";
import { createThrottle } from "./throttle.ts";

await runExercise({
  name: "gameday",
  options: dayOptions,
  sabotages: GAMEDAY_SABOTAGES,
  small: "--reports 60 --seed 1",
  runSchema: daySchema,
  score,
  prepare({ reports, seed }, sabotage) {
    const script = writeScript(reports, seed);
    const { scale } = script;
    const { oldPair, newPair, auditPair, auditKey, oldSource, pushKey } = secretsOf(seed);
    const throttle = createThrottle(createRandom(seed + 100));
    return {
      // A game day needs more actions within minutes than a policy should allow a source; the flood tests the limits.
      changePolicy: withoutLimits,
      world: {
        seed,
        maxEnvironments: 4, // of the webhook; two cores cannot run more
        visibilitySeconds: scale.visibilitySeconds,
        interfere: throttle.interfere,
        live: {
          users: [workerUser(oldPair), workerUser(newPair), auditUser(auditPair)],
          quotas: scale.quotas,
          lockSeconds: scale.lockSeconds,
          statistics: { delayMs: scale.statisticsDelayMs },
        },
        secretsValues: {
          [WORKER_SECRET]: JSON.stringify(oldPair),
          [AUDIT_SECRET]: JSON.stringify(auditPair),
          [AUDIT_KEY_SECRET]: auditKeySecret(auditKey),
          [sourceSecret(SOURCE)]: JSON.stringify({ secrets: [oldSource] }),
          [sourceSecret(PUSH_SOURCE)]: JSON.stringify({ secrets: [pushKey] }),
        },
        environment: {
          SECRET_MAX_AGE_S: String(scale.secretMaxAgeSeconds),
          LIVE_TIMEOUT_MS: String(scale.liveTimeoutMs),
          LIVE_LOCK_S: String(scale.lockSeconds),
          LIVE_STATISTICS_S: String(scale.statisticsAfterSeconds),
          LIVE_QUOTA_SHARE: String(scale.share),
          LIVE_QUOTA_BLOCK_ONCE: String(scale.quotas.blockOnce),
          LIVE_QUOTA_WRITE_BLOCKS: String(scale.quotas.writeBlocks),
          LIVE_QUOTA_READ_BLOCKS: String(scale.quotas.readBlocks),
          LIVE_QUOTA_ONLINE: String(scale.quotas.online),
        },
      },
      play: (stage) => play(script, stage, throttle, sabotage),
    };
  },
});
