/** `npm run gameday`: runs offair through a day with every kind of fault, and prints a scorecard of its invariants. */
import { withoutLimits } from "../../../build/package-alone.ts";
import { auditKeySecret } from "../../demo/audit-key.ts";
import { liveSecret } from "../../demo/huawei-users.ts";
import { AUDIT_KEY_SECRET, PUSH_SOURCE, SOURCE, sourceSecret } from "../../demo/world.ts";
import { createRandom } from "../../kit/random.ts";
import { runExercise } from "../run-exercise.ts";
import { GAMEDAY_SABOTAGES } from "../sabotages.ts";
import { atHuawei } from "./day-users.ts";
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
  prepare({ reports, seed, users: workers }, sabotage) {
    const script = writeScript(reports, seed, workers);
    const { scale, users } = script;
    const secrets = secretsOf(seed);
    const { oldPair, pairOf, auditKey, oldSource, pushKey } = secrets;
    const throttle = createThrottle(createRandom(seed + 100));
    return {
      // A game day needs more actions within minutes than a policy should allow a source; the flood tests the limits.
      changePolicy: withoutLimits,
      world: {
        seed,
        maxEnvironments: 4, // of the webhook; two cores cannot run more
        visibilitySeconds: scale.visibilitySeconds,
        interfere: throttle.interfere,
        ...(workers > 1 && { users: users.sizes }),
        live: {
          users: atHuawei(users, secrets, { oldKey: true, changedKey: false }),
          quotas: scale.quotas,
          ceilings: scale.ceilings,
          lockSeconds: scale.lockSeconds,
          latencyMs: scale.latencyMs,
          statistics: { delayMs: scale.statisticsDelayMs },
        },
        secretsValues: {
          ...Object.fromEntries(
            users.names.map((user) => [
              liveSecret(user),
              JSON.stringify(user === users.rotated ? oldPair : pairOf(user)),
            ]),
          ),
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
          LIVE_CEILING_BLOCK_ONCE: String(scale.ceilings.blockOnce),
          LIVE_CEILING_WRITE_BLOCKS: String(scale.ceilings.writeBlocks),
          LIVE_CEILING_READ_BLOCKS: String(scale.ceilings.readBlocks),
          LIVE_CEILING_ONLINE: String(scale.ceilings.online),
        },
      },
      play: (stage) => play(script, stage, throttle, sabotage),
    };
  },
});
