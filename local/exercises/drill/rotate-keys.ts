/** Rotates the access keys of both Huawei users during a drill, with lost responses and killed functions. */
import { setTimeout as sleep } from "node:timers/promises";
import { SECOND_MS } from "../../../lib/core/time.ts";
import { AUDIT_SECRET, WORKER_SECRET } from "../../demo/world.ts";
import type { SettingsChange } from "../../live/simulator-types.ts";
import type { Stage } from "../stage.ts";
import type { Killer } from "./kill-workers.ts";
import type { DrillRotation } from "./run.ts";

/** The waits of a rotation in the order of the real ones: functions keep a secret for less time than an old key stays enabled unused. */
export const ROTATION_ENVIRONMENT = {
  ...{ SECRET_MAX_AGE_S: "3", ROTATION_UNUSED_S: "6", ROTATION_KEEP_S: "2" },
  ...{ ROTATION_EFFECTIVE_S: "1", ROTATION_ATTEMPT_S: "9", LIVE_LOCK_S: "3" },
};

/** A new key is refused at first, and the refusals count towards its lock. */
export const ROTATION_LIVE: SettingsChange = {
  iam: { newKeyDelayMs: 1_500, newKeyRefusal: "signature", lastUsedStepMs: SECOND_MS },
};

const USERS = { worker: WORKER_SECRET, audit: AUDIT_SECRET };
const RETRIES = 60;
const PATIENCE_CHECKS = 120;
const KILL_EVERY_MS = 1_500;
const KILLS = 4;

/** Rotates both keys, then checks them until the old ones are deleted. */
export async function rotateKeys({ stack, simulator }: Stage, killer: Killer | undefined): Promise<DrillRotation> {
  const current = () => ({
    worker: akIn(stack.secrets.read(USERS.worker)),
    audit: akIn(stack.secrets.read(USERS.audit)),
  });
  const before = current();
  for (const [user] of Object.entries(USERS)) {
    const match = { method: "POST", path: `/v5/users/${user}/access-keys` };
    simulator.addFault({ id: `new key of ${user} lost`, kind: "drop-after-commit", match, times: 1 });
  }
  const killing = killer && killSome(stack, killer);
  const rotations = await Promise.all(
    Object.values(USERS).map((secret) => stack.rotateSecret(secret, { retries: RETRIES, pauseMs: SECOND_MS })),
  );
  await killing;
  const failures = rotations.flatMap((rotation) => rotation.failures);
  for (let check = 0; check < PATIENCE_CHECKS && keysOf().some(({ length }) => length > 1); check += 1) {
    await stack.runSchedule(new Date(), "rotate").catch((error: unknown) => failures.push(String(error)));
    await sleep(SECOND_MS);
  }
  const { mostKeys } = simulator.state();
  const [worker = [], audit = []] = keysOf();
  return {
    ...{ before, after: current(), keys: { worker, audit }, failures },
    mostKeys: { worker: mostKeys.worker ?? 0, audit: mostKeys.audit ?? 0 },
  };

  function keysOf(): string[][] {
    const { users } = simulator.state().settings;
    return Object.keys(USERS).map((user) => users.filter(({ name }) => name === user).map(({ ak }) => ak));
  }
}

async function killSome(stack: Stage["stack"], killer: Killer): Promise<void> {
  for (let kills = 0; kills < KILLS; kills += 1) {
    await sleep(KILL_EVERY_MS);
    await killer.kill(stack, "rotate");
  }
}

const akIn = (secret: string | undefined): string => JSON.parse(secret ?? "{}").ak ?? "";
