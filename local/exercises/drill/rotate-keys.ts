/** Rotates the access keys of all Huawei users during a drill, with lost responses and killed functions. */
import { setTimeout as sleep } from "node:timers/promises";
import { SECOND_MS } from "../../../lib/core/time.ts";
import { liveSecret, poolsWith, usersOf } from "../../demo/huawei-users.ts";
import type { SettingsChange } from "../../live/simulator-types.ts";
import type { Stage } from "../stage.ts";
import type { Killer } from "./kill-workers.ts";
import type { DrillOptions, DrillRotation } from "./run.ts";

/** The waits of a rotation in the order of the real ones: functions keep a secret for less time than an old key stays enabled unused. */
export const ROTATION_ENVIRONMENT = {
  ...{ SECRET_MAX_AGE_S: "3", ROTATION_UNUSED_S: "6", ROTATION_KEEP_S: "2" },
  ...{ ROTATION_EFFECTIVE_S: "1", ROTATION_ATTEMPT_S: "9", LIVE_LOCK_S: "3" },
};

/** A new key is refused at first, and the refusals count towards its lock. */
export const ROTATION_LIVE: SettingsChange = {
  iam: { newKeyDelayMs: 1_500, newKeyRefusal: "signature", lastUsedStepMs: SECOND_MS },
};

/** The function rotates one key at a time, so that the others wait. */
const RETRIES_A_USER = 30;
const PATIENCE_CHECKS = 120;
const KILL_EVERY_MS = 1_500;
const KILLS = 4;

/** Rotates the key of every user, then checks them until the old ones are deleted. */
export async function rotateKeys(
  { stack, simulator, options }: Stage & { readonly options: Pick<DrillOptions, "users"> },
  killer: Killer | undefined,
): Promise<DrillRotation> {
  const names = usersOf(poolsWith(options.users));
  const byUser = <T>(read: (user: string) => T): Record<string, T> =>
    Object.fromEntries(names.map((user) => [user, read(user)]));

  const current = () => byUser((user) => akIn(stack.secrets.read(liveSecret(user))));
  const before = current();
  for (const user of names) {
    const match = { method: "POST", path: `/v5/users/${user}/access-keys` };
    simulator.addFault({ id: `new key of ${user} lost`, kind: "drop-after-commit", match, times: 1 });
  }
  const killing = killer && killSome(stack, killer);
  const rotations = await Promise.all(
    names.map((user) =>
      stack.rotateSecret(liveSecret(user), { retries: RETRIES_A_USER * names.length, pauseMs: SECOND_MS }),
    ),
  );
  await killing;
  const failures = rotations.flatMap((rotation) => rotation.failures);
  for (let check = 0; check < PATIENCE_CHECKS && Object.values(keysOf()).some(({ length }) => length > 1); check += 1) {
    await stack.runSchedule(new Date(), "rotate").catch((error: unknown) => failures.push(String(error)));
    await sleep(SECOND_MS);
  }
  const { mostKeys } = simulator.state();
  return {
    ...{ before, after: current(), keys: keysOf(), failures },
    mostKeys: byUser((user) => mostKeys[user] ?? 0),
  };

  function keysOf(): Record<string, string[]> {
    const { users } = simulator.state().settings;
    return byUser((user) => users.filter(({ name }) => name === user).map(({ ak }) => ak));
  }
}

async function killSome(stack: Stage["stack"], killer: Killer): Promise<void> {
  for (let kills = 0; kills < KILLS; kills += 1) {
    await sleep(KILL_EVERY_MS);
    await killer.kill(stack, "rotate");
  }
}

const akIn = (secret: string | undefined): string => JSON.parse(secret ?? "{}").ak ?? "";
