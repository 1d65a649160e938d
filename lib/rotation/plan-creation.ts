/**
 * Decides the next step of `createSecret`. Pure. From every state that a crash can leave, repeated steps end with the new key stored; never
 * with more than two keys; and no step deletes the current key, or a key that offair did not create.
 */

import { MINUTE_MS } from "../core/time.ts";
import { keyName } from "../huawei/admission/key-breaker.ts";
import type { HuaweiKey } from "../huawei/iam/access-keys.ts";
import type { Rotation } from "./rotation-record.ts";

export interface CreationFacts {
  readonly token: string;
  /** The key in the secret's version `token`; undefined if that version has no value yet. */
  readonly pendingAk: string | undefined;
  readonly currentAk: string;
  /** The user's keys at Huawei. */
  readonly keys: readonly HuaweiKey[];
  readonly rotation: Rotation | undefined;
  readonly now: Date;
  /** Longer than one attempt can take, from the stored intent to the stored key. */
  readonly attemptMs: number;
}

export type CreationStep =
  /** The new key is created and stored. */
  | { readonly do: "keep" }
  /** Store `rotation`, then create a key, then store the key. */
  | { readonly do: "create"; readonly rotation: Rotation }
  | { readonly do: "delete"; readonly ak: string }
  /** Another invocation may be between creating its key and storing it. */
  | { readonly do: "wait"; readonly until: Date }
  /** A person has to act. */
  | { readonly do: "refuse"; readonly why: string };

/** A key is of a rotation only if it was created after its start; Huawei's clock may be as far behind as its signatures permit. */
const CLOCKS_MS = 15 * MINUTE_MS;

export function planCreation(facts: CreationFacts): CreationStep {
  const { token, pendingAk, currentAk, keys, rotation, now, attemptMs } = facts;
  if (!keys.some(({ ak, isActive }) => ak === currentAk && isActive)) return refuse(NOT_ITS_KEY);
  const [other, third] = keys.filter(({ ak }) => ak !== currentAk);
  if (third) return refuse(STRANGER);
  const oldKey = keyName(currentAk);
  const unfinished = rotation?.oldKey === oldKey ? rotation : undefined;
  if (other && unfinished?.promotedAt) return refuse(SET_BACK);
  if (pendingAk !== undefined) {
    return other?.ak === pendingAk && other.isActive ? { do: "keep" } : refuse(PENDING_GONE);
  }
  if (other && unfinished?.promotingAt) return refuse(SET_BACK);
  if (unfinished && now.getTime() - unfinished.attemptAt.getTime() < attemptMs) {
    return { do: "wait", until: new Date(unfinished.attemptAt.getTime() + attemptMs) };
  }
  if (!other) {
    const startedAt = unfinished && !unfinished.promotingAt ? unfinished.startedAt : now;
    return { do: "create", rotation: { token, startedAt, attemptAt: now, oldKey } };
  }
  if (unfinished) {
    const isOfIt = other.createdAt.getTime() >= unfinished.startedAt.getTime() - CLOCKS_MS;
    return isOfIt ? { do: "delete", ak: other.ak } : refuse(STRANGER);
  }
  if (!rotation?.promotingAt || rotation.oldKey !== keyName(other.ak)) return refuse(STRANGER);
  return other.isActive ? refuse(OLD_KEY_ACTIVE) : { do: "delete", ak: other.ak };
}

const refuse = (why: string): CreationStep => ({ do: "refuse", why });

const NOT_ITS_KEY =
  "The key in the secret is not an active key of the user in the secret. Correct userId, or store an active pair of that user.";
const STRANGER =
  "The user has a second key, and no rotation created it. Huawei permits two keys: delete at Huawei the key that is not in the secret.";
const PENDING_GONE =
  "The new key was stored, and Huawei does not list it as active. Remove the label AWSPENDING from its version, and rotate again.";
const SET_BACK =
  "The secret has the old key again, although a new one was made current. Delete at Huawei the key that is not in the secret, remove the label AWSPENDING if there is one, and rotate again.";
const OLD_KEY_ACTIVE =
  "The key of the last rotation is still active: it is disabled once it is unused, and only then there is room for a new key. The hourly check says who waits for what.";
