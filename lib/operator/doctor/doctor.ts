/**
 * Looks at everything that has to work, all of it side by side. A look that fails, or takes too long, is a failed check that says so, and
 * never takes the others along.
 */
import { OffairError } from "../../core/errors.ts";
import { describeError, logWarn } from "../../core/log.ts";
import { SECOND_MS } from "../../core/time.ts";
import { type Check, messageOf, type OperatorResponse } from "../contract/response.ts";
import { judgeClock } from "./check-live.ts";
import { type Judged, ok } from "./check-result.ts";
import { type ClockSeen, type Look, type LookDeps, looksAtLive, looksAtOurs } from "./checks.ts";

export interface DoctorDeps extends LookDeps {
  /** A fresh one for each look, over after `LOOK_MS`. */
  readonly deadline: () => AbortSignal;
}

/** A look's own time. They run side by side, so that it is all of the answer's too, and a person waits for it. */
export const LOOK_MS = 12 * SECOND_MS;

export function createDoctor(deps: DoctorDeps): () => Promise<OperatorResponse> {
  return async () => {
    const clocks: ClockSeen[] = [];
    const checks = await Promise.all([...looksAtLive(deps, clocks), ...looksAtOurs(deps)].map((one) => run(one, deps)));
    const all = [...checks, { name: "live-clock", ...judgeClock(clocks) }, { name: "out-of-reach", ...OUT_OF_REACH }];
    return { ok: !all.some(({ state }) => state === "failed"), results: [], errors: [], checks: all };
  };
}

const OUT_OF_REACH: Judged = ok(
  "Not looked at, for this function must not read them: the worker's pair (see worker-key), the audit's key and the bucket (see audit), and the sources' secrets, of which a report answered with 202 is the proof.",
);

async function run({ name, look, remedyOf }: Look, { deadline }: DoctorDeps): Promise<Check> {
  const over = deadline();
  try {
    return { name, ...(await Promise.race([look(over), whenOver(over)])) };
  } catch (failure) {
    logWarn("doctor.failed", { check: name, ...describeError(failure) });
    if (over.aborted) return { name, state: "failed", says: `no answer within ${LOOK_MS / SECOND_MS} s`, remedy: SLOW };
    return { name, state: "failed", says: withCause(failure), remedy: remedyOf?.(failure) ?? generalRemedy(failure) };
  }
}

const whenOver = (deadline: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    const end = () => reject(new OffairError("ERR_INTERNAL", "the time is over"));
    if (deadline.aborted) end();
    deadline.addEventListener("abort", end, { once: true });
  });

/** Of a cause its name, which tells a missing right from a service that is down; never its text. */
function withCause(failure: unknown): string {
  const cause = failure instanceof OffairError ? failure.cause : undefined;
  return `${messageOf(failure)}${cause instanceof Error ? ` (${cause.name})` : ""}`;
}

const SLOW = "Ask again. If it stays so, look at the status pages of AWS and of Huawei Cloud.";

function generalRemedy(failure: unknown): string {
  const code = failure instanceof OffairError ? failure.code : "ERR_INTERNAL";
  return `Look at the rights of the incident function's role and at the status page of the service; docs/errors.md, ${code}.`;
}
