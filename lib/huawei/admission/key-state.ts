/**
 * What all functions together know of one access key, and what each event makes of it: pure, with the time as an argument.
 *
 * Live locks a key for five minutes after more than five signature failures in a row, whoever sent them:
 * https://support.huaweicloud.com/intl/en-us/devg-apisign/api-sign-0001.html. So failures are counted by key, as Live counts them;
 * what is proven or blocked is a version of the secret, for a pair stored anew is a new chance.
 */
import * as z from "zod";
import { OffairError } from "../../core/errors.ts";
import { SECOND_MS } from "../../core/time.ts";

const moment = z.int().min(0);
const versionSchema = z.object({ provenAtMs: moment.optional(), blockedUntilMs: moment.optional() });
const keyStateSchema = z.object({
  /** In a row, as far as anybody knows. */
  failures: z.int().min(0),
  failedAtMs: moment.optional(),
  /** The one call that tries an unproven pair. */
  trial: z.object({ holder: z.string(), untilMs: moment }).optional(),
  /** By version of the secret, oldest first. */
  versions: z.record(z.string(), versionSchema),
  /** Of Live's clock against ours, for environments that have not heard from Live yet. */
  skewMs: z.int().optional(),
});

export type KeyState = z.infer<typeof keyStateSchema>;
export const UNKNOWN_KEY: KeyState = { failures: 0, versions: {} };

/** @throws OffairError `ERR_LEDGER`: then nothing is sent. */
export function parseKeyState(text: string): KeyState {
  try {
    return keyStateSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new OffairError("ERR_LEDGER", "what is known of the access key is not as it was written", { cause });
  }
}
export const formatKeyState = (state: KeyState): string => JSON.stringify(state);

/** Live locks at the sixth; the fifth is the last one that it forgives. */
export const MAX_FAILURES = 5;
/** So long a proof is believed without asking again. */
export const PROOF_MS = 30 * SECOND_MS;
/** A trial is over by then, or whoever began it is gone. */
export const TRIAL_MS = 7 * SECOND_MS;
/** Until the secret changes. */
export const FOREVER_MS = Number.MAX_SAFE_INTEGER;

const KEPT_VERSIONS = 4;

export interface Caller {
  readonly version: string;
  /** The environment. It sends one call at a time. */
  readonly holder: string;
  /** Whether this environment was ever answered under this version. */
  readonly known: boolean;
}

export type Admission =
  | { readonly kind: "go"; readonly state?: undefined }
  | { readonly kind: "try"; readonly state: KeyState }
  | { readonly kind: "wait"; readonly state?: undefined }
  | { readonly kind: "blocked"; readonly untilMs: number; readonly state?: undefined };

/**
 * Whether a call may be sent. An environment's first call is a trial even of a proven pair: failures of calls whose environment was
 * killed are in no ledger, and those that take their place must not add one each.
 */
export function admit(state: KeyState, { version, holder, known }: Caller, nowMs: number): Admission {
  const { provenAtMs, blockedUntilMs = 0 } = state.versions[version] ?? {};
  if (blockedUntilMs > nowMs) return { kind: "blocked", untilMs: blockedUntilMs };
  if (known && provenAtMs !== undefined && nowMs - provenAtMs < PROOF_MS) return { kind: "go" };
  const { trial } = state;
  const others = trial !== undefined && trial.holder !== holder ? trial : undefined;
  if (others && others.untilMs > nowMs) return { kind: "wait" };
  // A trial without an end: its environment died, perhaps after a failure. Alone such guesses never use up the last try.
  const failures = others ? Math.max(state.failures, Math.min(state.failures + 1, MAX_FAILURES - 1)) : state.failures;
  return { kind: "try", state: { ...state, failures, trial: { holder, untilMs: nowMs + TRIAL_MS } } };
}

export interface Ended extends Omit<Caller, "known"> {
  readonly sentAtMs: number;
  readonly nowMs: number;
  readonly skewMs: number;
}

/** Live accepted the signature. A success that was sent before the last failure was noted proves nothing against it. */
export function accepted(state: KeyState, { version, holder, sentAtMs, nowMs, skewMs }: Ended): KeyState {
  const free = { ...withoutTrial(state, holder), skewMs };
  if (state.failedAtMs !== undefined && sentAtMs < state.failedAtMs) return free;
  return { ...withVersion(free, version, { provenAtMs: nowMs }), failures: 0 };
}

/** Live refused the signature: the pair is left alone for the lock's time, and after five failures until the secret changes. */
export function refused(state: KeyState, { version, holder, nowMs, skewMs }: Ended, lockMs: number): KeyState {
  const failures = state.failures + 1;
  const blockedUntilMs = failures >= MAX_FAILURES ? FOREVER_MS : nowMs + lockMs;
  const longest = Math.max(blockedUntilMs, state.versions[version]?.blockedUntilMs ?? 0);
  const next = withVersion(withoutTrial(state, holder), version, { blockedUntilMs: longest });
  return { ...next, failures, failedAtMs: nowMs, skewMs };
}

/** Refused for its time only, which is known better now: a failure like the others, and the pair is tried again at once, by one. */
export function expired(state: KeyState, ended: Ended, lockMs: number): KeyState {
  if (state.failures + 1 >= MAX_FAILURES) return refused(state, ended, lockMs);
  const { version, holder, nowMs, skewMs } = ended;
  const blockedUntilMs = state.versions[version]?.blockedUntilMs;
  const next = withVersion(
    withoutTrial(state, holder),
    version,
    blockedUntilMs === undefined ? {} : { blockedUntilMs },
  );
  return { ...next, failures: state.failures + 1, failedAtMs: nowMs, skewMs };
}

/** Nothing was learned: not sent, or the answer says nothing of the signature. */
export const withoutTrial = (state: KeyState, holder: string): KeyState => {
  const { trial, ...rest } = state;
  return trial === undefined || trial.holder === holder ? rest : state;
};

function withVersion(state: KeyState, version: string, entry: z.infer<typeof versionSchema>): KeyState {
  const others = Object.entries(state.versions).filter(([name]) => name !== version);
  return { ...state, versions: Object.fromEntries([...others.slice(1 - KEPT_VERSIONS), [version, entry]]) };
}
