/** The checks of the deployment, grouped, and those that are made here: the version and the clock. */
import type { Check } from "../../lib/operator/contract/response-schema.ts";

export type GroupName = "failed" | "warning" | "ok" | "other";
const NAMES: readonly GroupName[] = ["failed", "warning", "ok"];

/** What is wrong comes first. An unknown state of a newer deployment is a group too. */
export function groupChecks(checks: readonly Check[]): readonly (readonly [GroupName, readonly Check[]])[] {
  const of = (name: GroupName): readonly Check[] =>
    checks.filter(({ state }) => (NAMES.includes(state) ? state === name : name === "other"));
  return (["failed", "other", "warning", "ok"] as const)
    .map((name) => [name, of(name)] as const)
    .filter(([, some]) => some.length > 0);
}

/** Warns well before five minutes, the skew at which AWS rejects signatures. */
const WARN_SKEW_MS = 60_000;

type ClockState = "ok" | "ahead" | "behind" | "unknown";

/** @param aheadMs - how far the gateway's clock is ahead of this machine's. */
export function clockState(aheadMs: number | undefined): ClockState {
  if (aheadMs === undefined) return "unknown";
  if (Math.abs(aheadMs) < WARN_SKEW_MS) return "ok";
  return aheadMs > 0 ? "behind" : "ahead";
}

type VersionState = "same" | "other" | "unknown";

/** @param own, other - as `0.1.0, commit 61893a1abcde`. Without a commit, equal versions may differ. */
export function versionState(own: string, other: string | undefined): VersionState {
  if (other === undefined) return "unknown";
  return own === other && /, commit /.test(own) ? "same" : "other";
}
