/** Summarises the states of a Huawei user's keys for `offair doctor`: the health of the key that was used last. */
import type { KeyHealth } from "../../operator/doctor/check-live.ts";
import { FOREVER_MS, type KeyState } from "./key-state.ts";

/** @returns undefined if no key was ever used. */
export function keyHealth(states: readonly KeyState[], now: Date): KeyHealth | undefined {
  const [newest] = states.map(lastOf).sort((a, b) => b.usedAtMs - a.usedAtMs);
  if (!newest || newest.usedAtMs === 0) return undefined;
  const { provenAtMs, failedAtMs, blockedUntilMs = 0 } = newest;
  return {
    ...(provenAtMs !== undefined && { provenAt: new Date(provenAtMs) }),
    ...(blockedUntilMs > now.getTime() && {
      blocked: {
        since: new Date(failedAtMs ?? now.getTime()),
        ...(blockedUntilMs !== FOREVER_MS && { until: new Date(blockedUntilMs) }),
      },
    }),
  };
}

/** The state of the newest version of a secret; older ones are not used any more. */
function lastOf({ versions, failedAtMs }: KeyState) {
  const { provenAtMs, blockedUntilMs } = Object.values(versions).at(-1) ?? {};
  return { provenAtMs, failedAtMs, blockedUntilMs, usedAtMs: Math.max(provenAtMs ?? 0, failedAtMs ?? 0) };
}
