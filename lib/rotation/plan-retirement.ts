/**
 * Decides what to do with the key that a rotation replaced. Pure. An old key is disabled when it has been unused for a while, and deleted
 * later, so that it can be enabled again if something still needs it. The current key, and keys that no rotation replaced, are never touched.
 */
import { keyName } from "../huawei/admission/key-breaker.ts";
import type { HuaweiKey } from "../huawei/iam/access-keys.ts";
import type { Rotation } from "./rotation-record.ts";

export interface RetirementFacts {
  readonly currentAk: string;
  readonly keys: readonly HuaweiKey[];
  readonly rotation: Rotation | undefined;
  /** The last use of the replaced key; undefined if Huawei shows none. */
  readonly lastUsedAt: Date | undefined;
  readonly now: Date;
  /** Unused for this long, by Huawei's record and since the new key became current, a key is disabled. */
  readonly unusedMs: number;
  /** Disabled for this long, a key is deleted. */
  readonly keepMs: number;
}

export type RetirementStep =
  | { readonly do: "nothing" }
  /** Store the time of something that happened without its record. */
  | { readonly do: "record"; readonly rotation: Rotation }
  | { readonly do: "disable" | "delete"; readonly ak: string }
  | { readonly do: "wait"; readonly why: string };

export function planRetirement(facts: RetirementFacts): RetirementStep {
  const { currentAk, rotation, now, unusedMs, keepMs } = facts;
  if (!rotation || rotation.deletedAt) return { do: "nothing" };
  const { disabledAt, ...known } = rotation;
  const { startedAt, promotingAt, promotedAt } = known;
  if (rotation.oldKey === keyName(currentAk)) {
    return wait(`the rotation of ${text(startedAt)} ${promotedAt ? "was set back by a person" : "is not finished"}`);
  }
  const old = replacedKey(facts);
  if (!old) return { do: "record", rotation: { ...rotation, deletedAt: now } };
  if (!promotingAt) return wait(BY_HAND);
  if (!promotedAt) return { do: "record", rotation: { ...rotation, promotedAt: now } };
  if (old.isActive) {
    // A person enabled it again. Its last use is from before.
    if (disabledAt) return { do: "record", rotation: { ...known, promotedAt: now } };
    if (!facts.lastUsedAt) return wait(NO_USE);
    const quietSinceMs = Math.max(promotedAt.getTime(), facts.lastUsedAt.getTime());
    if (now.getTime() - quietSinceMs >= unusedMs) return { do: "disable", ak: old.ak };
    return wait(`the old key was last used at ${text(facts.lastUsedAt)}, and is disabled when it is unused`);
  }
  if (!disabledAt) return { do: "record", rotation: { ...rotation, disabledAt: now } };
  if (now.getTime() - disabledAt.getTime() >= keepMs) return { do: "delete", ak: old.ak };
  return wait(`the old key is disabled since ${text(disabledAt)}, and is deleted later`);
}

/** The key that the rotation replaced, if Huawei still has it. */
export const replacedKey = ({ keys, rotation }: Pick<RetirementFacts, "keys" | "rotation">): HuaweiKey | undefined =>
  keys.find(({ ak }) => keyName(ak) === rotation?.oldKey);

const wait = (why: string): RetirementStep => ({ do: "wait", why });

const text = (at: Date): string => at.toISOString();

const BY_HAND =
  "a person stored another pair before the rotation was finished: delete at Huawei the key that is not in the secret";
/** The rotation itself used it, so the record is not to be relied on. */
const NO_USE = "Huawei shows no use of the old key: when nothing uses it, delete it at Huawei";
