/**
 * The key circuit breaker prevents Live from locking an access key. Its state is shared by all functions: an unproven key is tried by one
 * call at a time, and a refused key is not used by any function until its secret changes or the lock time has passed. This file reads
 * and writes the state; key-state.ts has the rules.
 */
import { hash } from "node:crypto";
import { logWarn } from "../../core/log.ts";
import { SECOND_MS } from "../../core/time.ts";
import {
  accepted,
  admit,
  type Ended,
  expired,
  FOREVER_MS,
  formatKeyState,
  type KeyBlock,
  type KeyState,
  newBlock,
  PROOF_MS,
  parseKeyState,
  refused,
  UNKNOWN_KEY,
  withoutFutureTimes,
  withoutTrial,
} from "./key-state.ts";

/** Stores one state text per key, with compare-and-swap. */
export interface KeyStore {
  readKey(key: string): Promise<{ readonly state: string; readonly revision: string } | undefined>;
  /**
   * @param before - the revision that was read, undefined if there was none.
   * @param block - the block that this change begins, which is an event.
   * @returns false if another writer was faster.
   */
  replaceKey(
    key: string,
    state: string,
    revision: string,
    before: string | undefined,
    block?: KeyBlock,
  ): Promise<boolean>;
}

export interface KeyBreakerDeps {
  readonly store: KeyStore;
  /** How long Live locks a key. */
  readonly lockMs: number;
  readonly now: () => Date;
  readonly random: () => number;
  /** Returns a unique id. */
  readonly newId: () => string;
}

export interface TrackedKey {
  readonly ak: string;
  /** The version of the secret that holds the key. */
  readonly version: string;
}

/** What the response proves about the signature; `unclear` also if there was no response or nothing was sent. */
export type SignatureVerdict = "accepted" | "refused" | "expired" | "unclear";

export interface Permit {
  /** Set for a trial: the latest time to send, because another environment may then take the trial over. */
  readonly until?: Date | undefined;
  /** Live's clock minus the local clock, as measured by another environment. */
  readonly skewMs?: number | undefined;
  /** Must always be called; never rejects. @returns whether this result blocked the key. */
  end(verdict: SignatureVerdict, call: { readonly sentAt: Date; readonly skewMs: number }): Promise<boolean>;
}

export type Admitted =
  | Permit
  | { readonly blockedUntil: Date | "the secret changes" }
  /** Another call tries the key: the time to ask again, in milliseconds of the clock. */
  | { readonly askAgainMs: number };

/** A change that is not saved yet. */
interface Change {
  readonly key: string;
  readonly apply: (state: KeyState) => KeyState;
  /** Set when it is saved. */
  hasBlocked?: boolean;
}

/** The longest call, from its lease to its response. */
const CALL_MS = 5 * SECOND_MS;
/** The environment may never be invoked again, and others would not know of a refusal that it could not save. */
const REFUSAL_TRIES = 3;
/** How often a repeated proof is saved, so that other environments need no trial of their own. */
const SAVE_INTERVAL_MS = 10 * SECOND_MS;

/** Create one per environment and user. An environment sends two calls at a time only with a proven key. */
export function createKeyBreaker({ store, lockMs, now, random, newId }: KeyBreakerDeps) {
  const holder = newId();
  /** The version of the secret that Live last accepted from this environment. */
  let own: { version: string; provenAtMs: number; savedAtMs: number } | undefined;
  /** When Live last refused a key: a call that was sent before proves nothing. */
  let refusedAtMs = Number.NEGATIVE_INFINITY;
  let permits = 0;
  /** Changes that could not be saved. They are saved before the next call is admitted. */
  const unsaved = new Set<Change>();
  let lastSave = Promise.resolve();

  /** Reads the state and writes `decide`'s new one with compare-and-swap, until it succeeds; without a new state, writes nothing. */
  async function change<T extends { readonly state?: KeyState | undefined }>(
    key: string,
    decide: (state: KeyState) => T,
  ): Promise<{ before: KeyState; decided: T; block?: KeyBlock | undefined }> {
    for (;;) {
      const stored = await store.readKey(key);
      const found = stored ? parseKeyState(stored.state) : UNKNOWN_KEY;
      const before = withoutFutureTimes(found, now().getTime(), lockMs);
      const decided = decide(before);
      const next = decided.state ?? (before === found ? undefined : before); // a correction is saved: its time counts from now
      if (next === undefined) return { before, decided };
      const text = formatKeyState(next);
      const block = newBlock(before, next, now().getTime());
      if (await store.replaceKey(key, text, newId(), stored?.revision, block)) return { before, decided, block };
    }
  }

  /** One at a time. */
  function saveUnsaved(): Promise<void> {
    lastSave = lastSave
      .catch(() => undefined)
      .then(async () => {
        for (const each of unsaved) {
          const { block } = await change(each.key, (state) => ({ state: each.apply(state) }));
          each.hasBlocked = block !== undefined;
          unsaved.delete(each);
        }
      });
    return lastSave;
  }

  const isProven = (version: string): boolean =>
    own?.version === version && now().getTime() - own.provenAtMs < PROOF_MS;

  async function begin({ ak, version }: TrackedKey): Promise<Admitted> {
    if (unsaved.size > 0) await saveUnsaved();
    const key = keyName(ak);
    if (isProven(version)) return permit(key, version, {});
    const askAgain = () => ({ askAgainMs: now().getTime() + 100 + random() * 200 });
    if (permits > 0) return askAgain(); // the call of the other lane may prove the key
    const known = own?.version === version;
    const { before, decided } = await change(key, (state) => admit(state, { version, holder, known }, now().getTime()));
    if (decided.kind === "blocked") {
      return { blockedUntil: decided.untilMs === FOREVER_MS ? "the secret changes" : new Date(decided.untilMs) };
    }
    if (decided.kind === "wait") return askAgain();
    if (decided.kind === "try") {
      const endsMs = decided.state.trial?.untilMs ?? 0;
      return permit(key, version, { ...before, until: new Date(endsMs - CALL_MS) });
    }
    own = { version, provenAtMs: before.versions[version]?.provenAtMs ?? 0, savedAtMs: now().getTime() };
    return permit(key, version, before);
  }

  function permit(
    key: string,
    version: string,
    { until, skewMs }: { until?: Date; skewMs?: number | undefined },
  ): Permit {
    permits += 1;
    return {
      until,
      skewMs,
      async end(verdict, { sentAt, skewMs }) {
        permits -= 1;
        const nowMs = now().getTime();
        const ended: Ended = { version, holder, sentAtMs: sentAt.getTime(), nowMs, skewMs };
        if (verdict === "accepted") {
          const isSaved = until === undefined && own?.version === version && nowMs - own.savedAtMs < SAVE_INTERVAL_MS;
          if (sentAt.getTime() > refusedAtMs)
            own = { version, provenAtMs: nowMs, savedAtMs: isSaved ? (own?.savedAtMs ?? 0) : nowMs };
          if (!isSaved) await save(key, (state) => accepted(state, ended));
          return false;
        }
        if (verdict === "unclear") {
          if (until !== undefined) await save(key, (state) => withoutTrial(state, holder));
          return false;
        }
        own = undefined;
        refusedAtMs = nowMs;
        const failed = verdict === "refused" ? refused : expired;
        return (await save(key, (state) => failed(state, ended, lockMs), REFUSAL_TRIES)) ?? verdict === "refused";
      },
    };
  }

  /** Saves a change, or keeps it in `unsaved`. @returns whether the change blocked the key; undefined if it could not be saved. */
  async function save(key: string, apply: Change["apply"], atMost = 1): Promise<boolean | undefined> {
    const each: Change = { key, apply };
    unsaved.add(each);
    for (let tries = 1; unsaved.has(each) && tries <= atMost; tries++) {
      await saveUnsaved().catch(() => logWarn("key.state-not-saved", { tries }));
    }
    return each.hasBlocked;
  }

  return {
    /**
     * Asks for permission to send one call with a key.
     *
     * @throws errors of the store.
     */
    begin,
    /** Whether Live accepted this version of the secret from this environment a moment ago. */
    isProven,
  };
}

/** The ledger stores the hash of a key, never the key itself. */
export const keyName = (ak: string): string => hash("sha256", ak).slice(0, 32);
