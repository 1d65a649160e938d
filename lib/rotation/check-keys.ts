/**
 * The hourly check of one Huawei user's keys: watches the key that the last rotation replaced, disables it, deletes it, and records the age of
 * the current one. Takes one step per check.
 */
import { OffairError } from "../core/errors.ts";
import { describeError, logError, logInfo } from "../core/log.ts";
import { keyName } from "../huawei/admission/key-breaker.ts";
import { parseRotatablePair } from "../huawei/iam/rotatable-pair.ts";
import { overdue } from "./overdue.ts";
import { planRetirement, type RetirementStep, replacedKey } from "./plan-retirement.ts";
import { type RotationDeps, write } from "./rotate.ts";
import type { Rotation } from "./rotation-record.ts";

export interface CheckDeps extends Pick<RotationDeps, "user" | "secret" | "store" | "connect" | "now"> {
  readonly unusedMs: number;
  readonly keepMs: number;
  readonly rotationDays: number;
}

export interface KeyCheck {
  readonly user: string;
  readonly did: RetirementStep["do"];
  /** The delay, in words; undefined if the rotation is in time. */
  readonly late: string | undefined;
}

/** Checks every user, also if the check of another one fails. @throws OffairError the first failure. */
export async function checkAllKeys(users: readonly CheckDeps[]): Promise<KeyCheck[]> {
  const checks = users.map((deps) =>
    checkKeys(deps).catch((failure: unknown) => {
      logError("rotation.check-failed", { user: deps.user, ...describeError(failure) });
      throw failure;
    }),
  );
  await Promise.allSettled(checks);
  return Promise.all(checks);
}

/** @throws OffairError as the steps of a rotation do. */
export async function checkKeys({ unusedMs, keepMs, rotationDays, ...deps }: CheckDeps): Promise<KeyCheck> {
  const { user, secret, store, connect, now } = deps;
  const current = await secret.current();
  const pair = parseRotatablePair(current.value);
  const { keys } = connect(pair, current.version);
  const stored = await store.read();
  const rotation = stored?.record.rotation;
  const listed = await keys.list();
  const own = listed.find(({ ak }) => ak === pair.ak);
  if (!own)
    throw new OffairError(
      "ERR_ROTATION",
      "The key in the secret is not a key of the user in the secret: correct userId.",
    );
  const old = replacedKey({ keys: listed, rotation });
  const lastUsedAt = old?.isActive && old.ak !== pair.ak ? await keys.lastUsed(old.ak) : undefined;
  const at = now();
  const step = planRetirement({ currentAk: pair.ak, keys: listed, rotation, lastUsedAt, now: at, unusedMs, keepMs });
  if (step.do === "disable" || step.do === "delete") {
    // Read again as late as possible: a person may have set the secret back to the old key.
    const { version } = await secret.current();
    if (version !== current.version) throw new OffairError("ERR_SECRET", "the secret was changed during the check");
  }
  if (step.do === "disable") await keys.disable(step.ak);
  if (step.do === "delete") await keys.remove(step.ak);
  const record = { rotation: rotationAfter(step, rotation, at), keyCreatedAt: own.createdAt, checkedAt: at };
  const waiting = step.do === "wait" ? step.why : undefined;
  await write({ ...record, ...(waiting !== undefined && { waiting }) }, stored?.revision, store);
  const late = overdue(record, rotationDays, at);
  logInfo("rotation.checked", { user, did: step.do, key: keyName(pair.ak), keys: listed.length, waiting, late });
  return { user, did: step.do, late };
}

function rotationAfter(step: RetirementStep, rotation: Rotation | undefined, at: Date): Rotation | undefined {
  if (step.do === "record") return step.rotation;
  if (rotation && step.do === "disable") return { ...rotation, disabledAt: at };
  if (rotation && step.do === "delete") return { ...rotation, deletedAt: at };
  return rotation;
}
