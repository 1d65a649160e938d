/**
 * The state of one access key in the key circuit breaker, and its transitions. Pure: the time is an argument.
 *
 * Live locks a key for five minutes after more than five signature failures in a row, from any sender:
 * https://support.huaweicloud.com/intl/en-us/devg-apisign/api-sign-0001.html. Failures are therefore counted per key, as Live counts
 * them. Proven and blocked are properties of a version of the secret, because a newly stored secret may work again.
 */
import * as z from "zod";
import { definedOnly } from "../../core/defined-only.ts";
import { OffairError } from "../../core/errors.ts";
import { parseJson } from "../../core/parse-json.ts";
import { CLOCK_MARGIN_MS, SECOND_MS } from "../../core/time.ts";

const moment = z.int().min(0);
const versionSchema = z.object({ provenAtMs: moment.optional(), blockedUntilMs: moment.optional() });
const keyStateSchema = z.object({
  /** Failures in a row, as far as they are known. */
  failures: z.int().min(0),
  failedAtMs: moment.optional(),
  /** The one call that tries an unproven pair. */
  trial: z.object({ holder: z.string(), untilMs: moment }).optional(),
  /** By version of the secret, oldest first. */
  versions: z.record(z.string(), versionSchema),
  /** Live's clock minus the local clock, for environments without a measurement of their own. */
  skewMs: z.int().optional(),
});

export type KeyState = z.infer<typeof keyStateSchema>;
export const UNKNOWN_KEY: KeyState = { failures: 0, versions: {} };

/** @throws OffairError `ERR_LEDGER`; nothing is sent then. */
export function parseKeyState(text: string): KeyState {
  const { data } = keyStateSchema.safeParse(parseJson(text));
  if (data) return data;
  throw new OffairError("ERR_LEDGER", "the stored state of the access key is not valid");
}
export const formatKeyState = (state: KeyState): string => JSON.stringify(state);

/** Live locks the key at the sixth failure in a row. */
export const MAX_FAILURES = 5;
/** How long a proof is valid. */
export const PROOF_MS = 30 * SECOND_MS;
/** The longest trial; after this, its environment has died. */
export const TRIAL_MS = 7 * SECOND_MS;
/** Blocked until the secret changes. */
export const FOREVER_MS = Number.MAX_SAFE_INTEGER;

const KEPT_VERSIONS = 4;

/**
 * Corrects times that are further ahead than any environment can have written with a clock that is right; otherwise an environment whose
 * clock is ahead would hold a trial, a block or a proof for as long. A trial is over. A block lasts the lock time from now, because it
 * is unknown when it began. A proof does not count.
 *
 * @param lockMs - how long Live locks a key.
 * @returns the same object if nothing is corrected.
 */
export function withoutFutureTimes(state: KeyState, nowMs: number, lockMs: number): KeyState {
  const isAhead = (atMs: number | undefined, longestMs = 0): atMs is number =>
    atMs !== undefined && atMs !== FOREVER_MS && atMs > nowMs + longestMs + CLOCK_MARGIN_MS;
  const { trial, failedAtMs } = state;
  const versions = Object.entries(state.versions).map(([name, { provenAtMs, blockedUntilMs }]) => ({
    name,
    provenAtMs: isAhead(provenAtMs) ? undefined : provenAtMs,
    blockedUntilMs: isAhead(blockedUntilMs, lockMs) ? nowMs + lockMs : blockedUntilMs,
  }));
  const corrected: KeyState = {
    ...state,
    ...(trial && isAhead(trial.untilMs, TRIAL_MS) && { trial: { ...trial, untilMs: nowMs } }),
    ...(isAhead(failedAtMs) && { failedAtMs: nowMs }),
    versions: Object.fromEntries(versions.map(({ name, ...entry }) => [name, definedOnly(entry)])),
  };
  return formatKeyState(corrected) === formatKeyState(state) ? state : corrected;
}

export interface Caller {
  readonly version: string;
  /** The id of the environment, which tries a key with one call at a time. */
  readonly holder: string;
  /** Whether Live has ever accepted this version from this environment. */
  readonly known: boolean;
}

export type Admission =
  | { readonly kind: "go"; readonly state?: undefined }
  | { readonly kind: "try"; readonly state: KeyState }
  | { readonly kind: "wait"; readonly state?: undefined }
  | { readonly kind: "blocked"; readonly untilMs: number; readonly state?: undefined };

/**
 * Decides whether a call may be sent now: `go`, `try` (as the only trial), `wait` for another trial, or `blocked`. The first call of an
 * environment is a trial even with a proven key: the failures of killed environments are not recorded, and each replacement could
 * otherwise add another one.
 */
export function admit(state: KeyState, { version, holder, known }: Caller, nowMs: number): Admission {
  const { provenAtMs, blockedUntilMs = 0 } = state.versions[version] ?? {};
  if (blockedUntilMs > nowMs) return { kind: "blocked", untilMs: blockedUntilMs };
  if (known && provenAtMs !== undefined && nowMs - provenAtMs < PROOF_MS) return { kind: "go" };
  const { trial } = state;
  const others = trial !== undefined && trial.holder !== holder ? trial : undefined;
  if (others && others.untilMs > nowMs) return { kind: "wait" };
  // A trial that never ended: its environment died, perhaps after a failure. It counts as one, but never uses up the last try.
  const failures = others ? Math.max(state.failures, Math.min(state.failures + 1, MAX_FAILURES - 1)) : state.failures;
  return { kind: "try", state: { ...state, failures, trial: { holder, untilMs: nowMs + TRIAL_MS } } };
}

export interface Ended extends Omit<Caller, "known"> {
  readonly sentAtMs: number;
  readonly nowMs: number;
  readonly skewMs: number;
}

/** Live accepted the signature. A call that was sent before the last recorded failure does not disprove that failure. */
export function accepted(state: KeyState, { version, holder, sentAtMs, nowMs, skewMs }: Ended): KeyState {
  const free = { ...withoutTrial(state, holder), skewMs };
  if (state.failedAtMs !== undefined && sentAtMs < state.failedAtMs) return free;
  return { ...withVersion(free, version, { provenAtMs: nowMs }), failures: 0 };
}

/** Live refused the signature: blocks the key for the lock time, and after five failures until the secret changes. */
export function refused(state: KeyState, { version, holder, nowMs, skewMs }: Ended, lockMs: number): KeyState {
  const failures = state.failures + 1;
  const blockedUntilMs = failures >= MAX_FAILURES ? FOREVER_MS : nowMs + lockMs;
  const longest = Math.max(blockedUntilMs, state.versions[version]?.blockedUntilMs ?? 0);
  const next = withVersion(withoutTrial(state, holder), version, { blockedUntilMs: longest });
  return { ...next, failures, failedAtMs: nowMs, skewMs };
}

/** Live refused only the time of the signature, which is corrected now: counts as a failure, but the key may be tried again at once. */
export function expired(state: KeyState, ended: Ended, lockMs: number): KeyState {
  if (state.failures + 1 >= MAX_FAILURES) return refused(state, ended, lockMs);
  const { version, holder, nowMs, skewMs } = ended;
  const { blockedUntilMs } = state.versions[version] ?? {};
  const next = withVersion(withoutTrial(state, holder), version, definedOnly({ blockedUntilMs }));
  return { ...next, failures: state.failures + 1, failedAtMs: nowMs, skewMs };
}

export interface KeyBlock {
  /** When Live refused the signature. */
  readonly sinceMs: number;
  /** `FOREVER_MS`: until the secret changes. */
  readonly untilMs: number;
}

/** The block that a change of the state begins; undefined if it blocks no version that was not blocked before. */
export function newBlock(before: KeyState, next: KeyState, nowMs: number): KeyBlock | undefined {
  const untilOf = (state: KeyState, version: string): number => state.versions[version]?.blockedUntilMs ?? 0;
  const blocked = Object.keys(next.versions).filter(
    (version) => untilOf(next, version) > nowMs && untilOf(before, version) <= nowMs,
  );
  if (blocked.length === 0) return undefined;
  return { sinceMs: next.failedAtMs ?? nowMs, untilMs: Math.max(...blocked.map((version) => untilOf(next, version))) };
}

/** Ends a trial without a result: nothing was sent, or the response does not depend on the signature. */
export const withoutTrial = (state: KeyState, holder: string): KeyState => {
  const { trial, ...rest } = state;
  return trial === undefined || trial.holder === holder ? rest : state;
};

function withVersion(state: KeyState, version: string, entry: z.infer<typeof versionSchema>): KeyState {
  const others = Object.entries(state.versions).filter(([name]) => name !== version);
  return { ...state, versions: Object.fromEntries([...others.slice(1 - KEPT_VERSIONS), [version, entry]]) };
}
