/** The Huawei users of a game day: how many, which of them have a bad key for a time, and their keys at Huawei. */
import { huaweiUser, type PoolSizes, poolOf, poolsWith, userNames, usersOf } from "../../demo/huawei-users.ts";
import type { DaySecrets } from "./secrets.ts";

export interface DayUsers {
  readonly sizes: PoolSizes;
  /** All names, workers first. */
  readonly names: readonly string[];
  /** Its secret gets a wrong key for a time. */
  readonly rotated: string;
  /** Its key is changed at Huawei for a time; undefined if the day has no other worker. */
  readonly changed: string | undefined;
}

/** The seed chooses the users with a bad key, so that a few seeds choose each once. */
export function dayUsers(workers: number, seed: number): DayUsers {
  const sizes = poolsWith(workers);
  const names = userNames("worker", workers);
  const [rotated = "worker", changed] = [names[seed % workers], names[(seed + 1) % workers]];
  return { sizes, names: usersOf(sizes), rotated, changed: changed === rotated ? undefined : changed };
}

/** The users at Huawei: with the old key of the rotated user or without it, and with the right key of the changed user or another. */
export const atHuawei = (
  { names, rotated, changed }: DayUsers,
  { oldPair, newPair, changedSk, pairOf }: DaySecrets,
  state: { readonly oldKey: boolean; readonly changedKey: boolean },
) => [
  ...(state.oldKey ? [huaweiUser(rotated, oldPair)] : []),
  huaweiUser(rotated, newPair),
  ...names
    .filter((name) => name !== rotated)
    .map((name) => {
      const pair = pairOf(name);
      return huaweiUser(name, state.changedKey && name === changed ? { ...pair, sk: changedSk } : pair);
    }),
];

/** The size of the pool of workers, by the record of a day. */
export const workersOf = ({ users }: { readonly users: Readonly<Record<string, string>> }): number =>
  new Set(Object.values(users).filter((name) => poolOf(name) === "worker")).size;
