/** The checks of a drill in which keys were rotated. Pure. */
import type { Call } from "../evidence.ts";
import { result } from "../scorecard.ts";
import type { Check } from "./facts.ts";
import type { DrillRotation } from "./run.ts";

/** Live locks a key at the sixth failure in a row: https://support.huaweicloud.com/intl/en-us/devg-apisign/api-sign-0001.html */
const MAX_FAILURES = 5;
const MAX_KEYS = 2;
const usersIn = (rotation: DrillRotation | undefined): string[] => Object.keys(rotation?.before ?? {});

/** Calls to IAM, which name no stream. */
export const isIam = ({ path }: Pick<Call, "path">): boolean => path.startsWith("/v5/");

const replaced: Check = (_, { run: { rotation } }) => {
  const shown = rotation ? `${rotation.failures.length} attempts failed and were repeated` : "no rotation";
  return result("–", "each Huawei user has one key, a new one, and the secret has it", shown, [
    ...(rotation ? [] : ["the keys were not rotated"]),
    ...usersIn(rotation).flatMap((user) => {
      const { before, after, keys } = rotation ?? {};
      const own = keys?.[user] ?? [];
      return [
        ...(after?.[user] !== before?.[user] ? [] : [`${user}: has its old key`]),
        ...(own.length === 1 && own[0] === after?.[user] ? [] : [`${user}: Huawei has ${own.length} keys`]),
      ];
    }),
  ]);
};

const twoKeys: Check = (_, { run: { rotation }, calls }) => {
  const most = usersIn(rotation).map((user) => `${user} ${rotation?.mostKeys[user] ?? 0}`);
  const third = calls.filter((call) => isIam(call) && call.method === "POST" && call.status === 409);
  return result("–", "no Huawei user ever has more than two keys, or asks for a third", most.join(", "), [
    ...usersIn(rotation)
      .filter((user) => (rotation?.mostKeys[user] ?? 0) > MAX_KEYS)
      .map((user) => `${user}: more than two keys`),
    ...third.map(({ seq, user }) => `call ${seq}: ${user} asked for a third key`),
  ]);
};

const inTheMiddle: Check = (_, { run: { rotation }, calls }) => {
  const writesWith = (keys: Readonly<Record<string, string>> = {}) => {
    const aks = Object.values(keys); // those of audit users write nothing
    return calls.filter(({ ak, committed, ...call }) => ak !== null && aks.includes(ak) && committed && !isIam(call))
      .length;
  };
  const [old, fresh] = [writesWith(rotation?.before), writesWith(rotation?.after)];
  return result(
    "–",
    "the rotation happened in the middle of the work",
    `${old} writes with old keys, ${fresh} with new ones`,
    [
      ...(old > 0 ? [] : ["no write was signed with an old key"]),
      ...(fresh > 0 ? [] : ["no write was signed with a new key"]),
    ],
  );
};

const neverLocked: Check = (_, { calls }) => {
  const rows = [...Map.groupBy(calls, ({ ak }) => ak ?? "")].map(([ak, own]) => ({ ak, inARow: mostInARow(own) }));
  const most = Math.max(0, ...rows.map(({ inARow }) => inARow));
  const claim = `no key fails more than ${MAX_FAILURES} times in a row`;
  return result(
    "–",
    claim,
    `at most ${most}`,
    rows.filter(({ inARow }) => inARow > MAX_FAILURES).map(({ ak, inARow }) => `${ak}: ${inARow} in a row`),
  );
};

/** Only a response to a signature that was checked ends a row: 401 continues it, and a lost response shows nothing. */
function mostInARow(calls: readonly Call[]): number {
  let [most, inARow] = [0, 0];
  for (const { status, error_code } of calls) {
    if (status === 401) inARow += 1;
    else if (status !== null && status !== 429 && error_code !== "APIGW.0201") inARow = 0;
    most = Math.max(most, inARow);
  }
  return most;
}

export const ROTATION_CHECKS: readonly Check[] = [replaced, twoKeys, inTheMiddle, neverLocked];
