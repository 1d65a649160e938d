/** Every secret of one game day, derived from its seed, so that the scorecard can search for them and no file contains them. */
import { createHash } from "node:crypto";
import { auditKeyOf } from "../../demo/audit-key.ts";

export type DaySecrets = ReturnType<typeof secretsOf>;

export function secretsOf(seed: number) {
  const digest = (name: string) => createHash("sha256").update(`offair game day ${seed}: ${name}`).digest();
  const ak = (name: string) => digest(name).toString("hex").slice(0, 20).toUpperCase();
  const sk = (name: string) => digest(name).toString("hex").slice(0, 40);
  const source = (name: string) => `whsec_${digest(name).toString("base64")}`;
  const newAk = ak("new ak");
  return {
    /** The key pair of the rotated user (day-users.ts) at the start; removed at Huawei later that day. */
    oldPair: { ak: ak("old ak"), sk: sk("old sk") },
    /** The new access key with a wrong secret, which the rotation stores first. */
    wrongPair: { ak: newAk, sk: sk("wrong sk") },
    newPair: { ak: newAk, sk: sk("new sk") },
    /** The key pair of any other user. */
    pairOf: (user: string) => ({ ak: ak(`${user} ak`), sk: sk(`${user} sk`) }),
    /** Replaces the key of the changed user at Huawei. */
    changedSk: sk("changed sk"),
    /** Signs the chain; PEM. */
    auditKey: auditKeyOf(`offair game day ${seed}: audit key`),
    oldSource: source("old source"),
    newSource: source("new source"),
    /** A key that the source does not have. */
    foreignSource: source("foreign source"),
    /** Signs Live's callbacks. */
    pushKey: digest("push key").toString("hex"),
  };
}

/** Secret values that must appear nowhere, by a name for messages; webhook secrets also without their prefix. */
export function secretValues(seed: number, users: readonly string[]): ReadonlyMap<string, string> {
  const { oldPair, wrongPair, newPair, pairOf, changedSk, auditKey, pushKey, ...sources } = secretsOf(seed);
  return new Map([
    ["old AK", oldPair.ak],
    ["old SK", oldPair.sk],
    ["wrong SK", wrongPair.sk],
    ["new AK", newPair.ak],
    ["new SK", newPair.sk],
    ["changed SK", changedSk],
    ...users.flatMap((user): [string, string][] => [
      [`${user} AK`, pairOf(user).ak],
      [`${user} SK`, pairOf(user).sk],
    ]),
    ["audit key", auditKey.split("\n")[1] ?? auditKey],
    ["key of the callbacks", pushKey],
    ...Object.entries(sources).map(([name, value]): [string, string] => [
      `${name} secret`,
      value.replace("whsec_", ""),
    ]),
  ]);
}
