/** Runs all checks concurrently. A check that throws or times out is reported as failed and does not affect the others. */
import { OffairError } from "../../core/errors.ts";
import { describeError, logWarn } from "../../core/log.ts";
import { SECOND_MS } from "../../core/time.ts";
import { messageOf } from "../contract/response.ts";
import type { Check, OperatorResponse } from "../contract/response-schema.ts";
import { type ClockSeen, judgeClock } from "./check-live.ts";
import { type Judged, ok } from "./check-result.ts";
import { type CheckDeps, liveChecks, ownChecks, type PendingCheck } from "./checks.ts";

export interface DoctorDeps extends CheckDeps {
  /** Returns a new signal for each check, aborted after `CHECK_MS`. */
  readonly deadline: () => AbortSignal;
}

/** The time limit of a check. The checks run concurrently, so it limits the whole response too. */
export const CHECK_MS = 12 * SECOND_MS;

export function createDoctor(deps: DoctorDeps): () => Promise<OperatorResponse> {
  return async () => {
    const clocks: ClockSeen[] = [];
    const checks = await Promise.all(
      [...liveChecks(deps, clocks), ...ownChecks(deps)].map((check) => runCheck(check, deps)),
    );
    const all = [...checks, { name: "live-clock", ...judgeClock(clocks) }, { name: "out-of-reach", ...OUT_OF_REACH }];
    return { ok: !all.some(({ state }) => state === "failed"), results: [], errors: [], checks: all };
  };
}

const OUT_OF_REACH: Judged = ok(
  "Not checked, because this function has no permission to read them: the key pairs of the worker (see key worker), the audit's key and bucket (see audit), and the secrets of the sources (a report answered with 202 proves one).",
);

async function runCheck({ name, run, remedyOf }: PendingCheck, { deadline }: DoctorDeps): Promise<Check> {
  const over = deadline();
  try {
    return { name, ...(await Promise.race([run(over), whenOver(over)])) };
  } catch (failure) {
    logWarn("doctor.failed", { check: name, ...describeError(failure) });
    if (over.aborted)
      return { name, state: "failed", says: `no response within ${CHECK_MS / SECOND_MS} s`, remedy: SLOW };
    return { name, state: "failed", says: withCause(failure), remedy: remedyOf?.(failure) ?? generalRemedy(failure) };
  }
}

const whenOver = (deadline: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    const end = () => reject(new OffairError("ERR_INTERNAL", "the check timed out"));
    if (deadline.aborted) end();
    deadline.addEventListener("abort", end, { once: true });
  });

/** Adds the name of the cause, by which a missing permission differs from an outage. Its text may contain anything, so it is left out. */
function withCause(failure: unknown): string {
  const cause = failure instanceof OffairError ? failure.cause : undefined;
  return `${messageOf(failure)}${cause instanceof Error ? ` (${cause.name})` : ""}`;
}

const SLOW = "Try again. If the check still times out, look at the status pages of AWS and Huawei Cloud.";

function generalRemedy(failure: unknown): string {
  const code = failure instanceof OffairError ? failure.code : "ERR_INTERNAL";
  return `Check the permissions of the incident function's role and the status page of the service; see docs/errors.md, ${code}.`;
}
