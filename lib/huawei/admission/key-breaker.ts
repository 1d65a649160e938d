/**
 * Keeps the access key from being locked, for all functions together: an unproven pair is tried by one call at a time, and a pair
 * that Live refused is left alone everywhere until its secret changes or the lock's time is over. The rules are in key-state.ts.
 */
import { hash } from "node:crypto";
import { OffairError } from "../../core/errors.ts";
import { logWarn } from "../../core/log.ts";
import { SECOND_MS } from "../../core/time.ts";
import {
  accepted,
  admit,
  type Ended,
  expired,
  FOREVER_MS,
  formatKeyState,
  type KeyState,
  PROOF_MS,
  parseKeyState,
  refused,
  TRIAL_MS,
  UNKNOWN_KEY,
  withoutTrial,
} from "./key-state.ts";
import type { WaitLimits } from "./rate-leases.ts";

/** One text a key, replaced only by who has seen the newest. */
export interface KeyStore {
  readKey(key: string): Promise<{ readonly state: string; readonly revision: string } | undefined>;
  /** @param before - the revision that was read; undefined: there was none. False: somebody else was quicker. */
  replaceKey(key: string, state: string, revision: string, before: string | undefined): Promise<boolean>;
}

export interface KeyBreakerDeps {
  readonly store: KeyStore;
  /** How long Live locks a key. */
  readonly lockMs: number;
  readonly now: () => Date;
  readonly sleep: (ms: number) => Promise<void>;
  readonly random: () => number;
  /** A name unlike any other. */
  readonly newId: () => string;
}

export interface TrackedKey {
  readonly ak: string;
  /** Of the secret that holds it. */
  readonly version: string;
}

/** What the answer said of the signature; `unclear` also when there was none, or nothing was sent. */
export type SignatureVerdict = "accepted" | "refused" | "expired" | "unclear";

export interface Permit {
  /** The lease must be there by then, or another environment may take the trial over. */
  readonly until?: Date | undefined;
  /** Live's clock against ours, as another environment measured it. */
  readonly skewMs?: number | undefined;
  /** To be called in any case; never rejects. @returns whether the pair is blocked by this. */
  end(verdict: SignatureVerdict, call: { readonly sentAt: Date; readonly skewMs: number }): Promise<boolean>;
}

export type Admitted = Permit | { readonly blockedUntil: Date | "the secret changes" };

/** From the end of the wait for a lease to the end of the call. */
const CALL_MS = 5 * SECOND_MS;
/** While it is used, a proof is noted so often: the others then need no trial of their own. */
const NOTED_EVERY_MS = 10 * SECOND_MS;
/** Long enough to take over the trial of an environment that died. */
const LONGEST_WAIT_MS = TRIAL_MS + SECOND_MS;

/** One for an environment, which sends one call at a time. */
export function createKeyBreaker({ store, lockMs, now, sleep, random, newId }: KeyBreakerDeps) {
  const holder = newId();
  /** Of the version that Live accepted last from here. */
  let own: { version: string; provenAtMs: number; notedAtMs: number } | undefined;
  /** What the store would not take: it goes first, or nothing goes. */
  const unsaved: { key: string; change: (state: KeyState) => KeyState }[] = [];

  /** @returns the state before and after; without a change nothing is written. */
  async function change<T extends { readonly state?: KeyState | undefined }>(
    key: string,
    decide: (state: KeyState) => T,
  ): Promise<{ before: KeyState; decided: T }> {
    for (;;) {
      const stored = await store.readKey(key);
      const before = stored ? parseKeyState(stored.state) : UNKNOWN_KEY;
      const decided = decide(before);
      if (decided.state === undefined) return { before, decided };
      const text = formatKeyState(decided.state);
      if (await store.replaceKey(key, text, newId(), stored?.revision)) return { before, decided };
    }
  }

  async function noteTheUnnoted(): Promise<void> {
    for (let [first] = unsaved; first; [first] = unsaved) {
      const { change: apply } = first;
      await change(first.key, (state) => ({ state: apply(state) }));
      unsaved.shift();
    }
  }

  async function begin({ ak, version }: TrackedKey, { until, deadline }: WaitLimits): Promise<Admitted> {
    await noteTheUnnoted();
    const key = keyName(ak);
    const known = own?.version === version;
    if (known && now().getTime() - (own?.provenAtMs ?? 0) < PROOF_MS) return permit(key, version, {});
    const latestMs = Math.min(now().getTime() + LONGEST_WAIT_MS, until?.getTime() ?? Number.POSITIVE_INFINITY);
    for (;;) {
      const { before, decided } = await change(key, (state) =>
        admit(state, { version, holder, known }, now().getTime()),
      );
      if (decided.kind === "blocked") {
        return { blockedUntil: decided.untilMs === FOREVER_MS ? "the secret changes" : new Date(decided.untilMs) };
      }
      if (decided.kind === "go") {
        own = { version, provenAtMs: before.versions[version]?.provenAtMs ?? 0, notedAtMs: now().getTime() };
        return permit(key, version, before);
      }
      if (decided.kind === "try") {
        const endsMs = decided.state.trial?.untilMs ?? 0;
        return permit(key, version, { ...before, until: new Date(endsMs - CALL_MS) });
      }
      const waitMs = 100 + random() * 200;
      if (now().getTime() + waitMs >= latestMs || deadline?.aborted) {
        throw new OffairError("ERR_LIVE_UNAVAILABLE", "not sent: another call is trying the access key");
      }
      await sleep(waitMs);
    }
  }

  function permit(
    key: string,
    version: string,
    { until, skewMs }: { until?: Date; skewMs?: number | undefined },
  ): Permit {
    return {
      until,
      skewMs,
      async end(verdict, { sentAt, skewMs }) {
        const nowMs = now().getTime();
        const ended: Ended = { version, holder, sentAtMs: sentAt.getTime(), nowMs, skewMs };
        if (verdict === "accepted") {
          const isNoted = until === undefined && own?.version === version && nowMs - own.notedAtMs < NOTED_EVERY_MS;
          own = { version, provenAtMs: nowMs, notedAtMs: isNoted ? (own?.notedAtMs ?? 0) : nowMs };
          if (!isNoted) await note(key, (state) => accepted(state, ended));
          return false;
        }
        if (verdict === "unclear") {
          if (until !== undefined) await note(key, (state) => withoutTrial(state, holder));
          return false;
        }
        own = undefined;
        const turn = verdict === "refused" ? refused : expired;
        return (await note(key, (state) => turn(state, ended, lockMs), version)) ?? verdict === "refused";
      },
    };
  }

  /** @returns whether `version` was not blocked before and is now; undefined: it could not be noted. */
  async function note(key: string, apply: (state: KeyState) => KeyState, version = ""): Promise<boolean | undefined> {
    unsaved.push({ key, change: apply });
    try {
      const isBlocked = (state: KeyState) => (state.versions[version]?.blockedUntilMs ?? 0) > now().getTime();
      const { before, decided } = await change(key, (state) => ({ state: apply(state) }));
      unsaved.pop();
      return !isBlocked(before) && isBlocked(decided.state);
    } catch {
      logWarn("key.state-not-saved");
      return undefined;
    }
  }

  return {
    /**
     * @returns a permit for one call, or until when there is none.
     * @throws OffairError `ERR_LIVE_UNAVAILABLE` if another call's trial does not end in time; what the store throws.
     */
    begin,
  };
}

/** The ledger never holds a key: whoever knows one finds what is known of it, and not the other way. */
const keyName = (ak: string): string => hash("sha256", ak).slice(0, 32);
