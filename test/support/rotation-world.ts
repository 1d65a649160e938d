/**
 * A Huawei user, its secret and the ledger's record in memory, for tests of a rotation: every call to them can crash the function before or
 * after it is carried out, lists of keys can be late, and a clock that only waits move.
 */

import { OffairError } from "../../lib/core/errors.ts";
import { MINUTE_MS, SECOND_MS } from "../../lib/core/time.ts";
import type { HuaweiKey } from "../../lib/huawei/iam/access-keys.ts";
import { checkKeys, type KeyCheck } from "../../lib/rotation/check-keys.ts";
import { type RotationDeps, rotate, type Step } from "../../lib/rotation/rotate.ts";
import type { RotationRecord } from "../../lib/rotation/rotation-record.ts";

export const STEPS: readonly Step[] = ["createSecret", "setSecret", "testSecret", "finishSecret"];
export const FIRST = "AKFIRST";
export const UNUSED_MS = 60 * MINUTE_MS;
export const KEEP_MS = 24 * 60 * MINUTE_MS;
export const CACHE_MS = MINUTE_MS;
const LATE_MS = 10 * MINUTE_MS;
const LAST_USED_STEP_MS = 15 * MINUTE_MS;

export class Crash extends Error {}

/** Which call crashes: the number of the call from the start, and whether it is carried out. */
export interface CrashPoint {
  readonly call: number;
  readonly isDone: boolean;
}

export interface WorldOptions {
  readonly crashes?: readonly CrashPoint[];
  /** For ten minutes after a change, every third list of keys may show the state before it. */
  readonly lateLists?: boolean;
  readonly newKeyDelayMs?: number;
  /** Huawei never shows a last use. */
  readonly hidesUses?: boolean;
  /** What else happens at the moment of each call. */
  readonly meanwhile?: (call: string) => void;
}

type StoredKey = HuaweiKey & { readonly sk: string };

export function createRotationWorld({
  crashes = [],
  lateLists = false,
  newKeyDelayMs = 0,
  hidesUses = false,
  meanwhile = () => undefined,
}: WorldOptions = {}) {
  let nowMs = Date.parse("2026-04-22T12:00:00Z");
  let calls = 0;
  let made = 0;
  let keys: StoredKey[] = [{ ak: FIRST, sk: "sk", isActive: true, createdAt: new Date(nowMs - 90 * KEEP_MS) }];
  let keysBefore = keys;
  let changedMs = 0;
  const usedMs = new Map<string, number>();
  const versions = new Map([["v1", secretOf(FIRST)]]);
  const labels = new Map([["AWSCURRENT", "v1"]]);
  let stored: { record: RotationRecord; revision: string } | undefined;
  /** The key that the other functions use: that of the secret, as they last read it. */
  let cached = { ak: FIRST, readMs: nowMs };
  const broken: string[] = [];
  const refusedAt: number[] = [];

  const currentAk = () => akIn(versions.get(labels.get("AWSCURRENT") ?? ""));
  const now = () => new Date(nowMs);

  function setKeys(next: StoredKey[]): void {
    keysBefore = keys;
    keys = next;
    changedMs = nowMs;
  }

  function use(ak: string): boolean {
    const key = keys.find((each) => each.ak === ak);
    if (!key?.isActive || nowMs - key.createdAt.getTime() < (ak === FIRST ? 0 : newKeyDelayMs)) return false;
    if (nowMs - (usedMs.get(ak) ?? 0) >= LAST_USED_STEP_MS) usedMs.set(ak, nowMs);
    return true;
  }

  /** What must be so after every call and every wait. */
  function look(): void {
    if (keys.length > 2) broken.push(`${keys.length} keys`);
    const current = keys.find(({ ak }) => ak === currentAk());
    if (!current?.isActive) broken.push(`the current key ${currentAk()} is not active`);
    if (nowMs - cached.readMs >= CACHE_MS) cached = { ak: currentAk(), readMs: nowMs };
    if (!use(cached.ak)) broken.push(`a function was refused with ${cached.ak}`);
  }

  function pass(ms: number): void {
    for (let left = ms; left > 0; left -= 30 * SECOND_MS) {
      nowMs += Math.min(left, 30 * SECOND_MS);
      look();
    }
  }

  async function call<T>(carryOut: () => T): Promise<T> {
    calls += 1;
    const crash = crashes.find((each) => each.call === calls);
    if (crash && !crash.isDone) throw new Crash();
    nowMs += 100;
    const result = carryOut();
    look();
    if (crash) throw new Crash();
    return result;
  }

  const deps: Omit<RotationDeps, "remainingMs"> = {
    user: "worker",
    now,
    sleep: async (ms) => pass(ms),
    lockMs: 5 * MINUTE_MS,
    attemptMs: MINUTE_MS,
    effectiveMs: 15 * SECOND_MS,
    secret: {
      current: () =>
        call(() => {
          const version = labels.get("AWSCURRENT") ?? "";
          return { version, value: versions.get(version) ?? "" };
        }),
      labels: (version) => call(() => [...labels].filter(([, of]) => of === version).map(([label]) => label)),
      read: (version) => call(() => versions.get(version)),
      putPending: (version, value) =>
        call(() => {
          if (versions.has(version)) throw new OffairError("ERR_SECRET", "ResourceExistsException");
          versions.set(version, value);
        }),
      promote: ({ from, to }) =>
        call(() => {
          if (labels.get("AWSCURRENT") !== from) throw new OffairError("ERR_SECRET", "InvalidParameterException");
          labels.set("AWSPREVIOUS", from).set("AWSCURRENT", to);
        }),
    },
    store: {
      read: () => call(() => stored),
      write: (record, before) =>
        call(() => {
          if (stored?.revision !== before) return false;
          stored = { record: structuredClone(record), revision: `${calls}` };
          return true;
        }),
    },
    connect: ({ ak }) => ({
      prove: () =>
        call(() => {
          if (use(ak)) return;
          refusedAt.push(nowMs);
          throw new OffairError("ERR_LIVE_SIGNATURE", "no such access key");
        }),
      keys: {
        list: () =>
          call(() => {
            const isLate = lateLists && calls % 3 === 0 && nowMs - changedMs < LATE_MS;
            return (isLate ? keysBefore : keys).map(({ sk: _, ...key }) => key);
          }),
        create: () =>
          call(() => {
            if (!use(ak)) throw new OffairError("ERR_LIVE_SIGNATURE", "no such access key");
            if (keys.length >= 2) throw new OffairError("ERR_LIVE_REJECTED", "access keys per user limit exceeded");
            made += 1;
            const key = { ak: `AKNEW${made}`, sk: `sk${made}`, isActive: true, createdAt: now() };
            setKeys([...keys, key]);
            return { ak: key.ak, sk: key.sk };
          }),
        lastUsed: (of) =>
          call(() => {
            meanwhile("lastUsed");
            return usedMs.has(of) && !hidesUses ? new Date(usedMs.get(of) ?? 0) : undefined;
          }),
        disable: (of) => call(() => setKeys(keys.map((key) => (key.ak === of ? { ...key, isActive: false } : key)))),
        remove: (of) => call(() => setKeys(keys.filter((key) => key.ak !== of))),
      },
    }),
  };

  return {
    broken,
    refusedAt,
    pass,
    /** Something that is not offair uses a key. */
    use,
    keys: () => keys.map(({ ak, isActive }) => ({ ak, isActive })),
    currentAk,
    calls: () => calls,
    record: () => stored?.record,
    /** A person creates a key at Huawei. */
    addKey: (ak: string) => setKeys([...keys, { ak, sk: "sk", isActive: true, createdAt: now() }]),
    /** Secrets Manager begins a rotation: a new version without a value is pending. */
    begin(token: string): void {
      labels.set("AWSPENDING", token);
    },
    cancel: () => labels.delete("AWSPENDING"),
    /** A person makes the version before the current one. */
    setBack(): void {
      const [current = "", previous = ""] = [labels.get("AWSCURRENT"), labels.get("AWSPREVIOUS")];
      labels.set("AWSCURRENT", previous).set("AWSPREVIOUS", current);
    },
    /** A person stores a pair. */
    storeByHand(ak: string): void {
      versions.set("by-hand", secretOf(ak));
      labels.set("AWSPREVIOUS", labels.get("AWSCURRENT") ?? "").set("AWSCURRENT", "by-hand");
    },
    /** A person deletes or enables a key at Huawei. */
    deleteKey: (ak: string) => setKeys(keys.filter((key) => key.ak !== ak)),
    enableKey: (ak: string) => setKeys(keys.map((key) => (key.ak === ak ? { ...key, isActive: true } : key))),
    step(step: Step, token: string): Promise<void> {
      const endsMs = nowMs + 15 * MINUTE_MS; // the function's timeout
      return rotate(step, token, { ...deps, remainingMs: () => endsMs - nowMs });
    },
    check: (): Promise<KeyCheck> => checkKeys({ ...deps, unusedMs: UNUSED_MS, keepMs: KEEP_MS, rotationDays: 90 }),
  };
}

export type RotationWorld = ReturnType<typeof createRotationWorld>;

const secretOf = (ak: string): string =>
  JSON.stringify({ ak, sk: "sk", userId: "user", accountId: "account", note: "kept" });
const akIn = (value = "{}"): string => JSON.parse(value).ak;

/** Secrets Manager's rotation: the four steps; after a failure all of them again, some time later. @returns the failures. */
export async function rotateWithRetries(world: RotationWorld, token: string, retries = 12): Promise<unknown[]> {
  const failures: unknown[] = [];
  world.begin(token);
  for (let attempt = 0; attempt <= retries; attempt += 1) {
    try {
      for (const step of STEPS) await world.step(step, token);
      return failures;
    } catch (error) {
      failures.push(error);
      world.pass(2 * MINUTE_MS);
    }
  }
  throw new Error(`the rotation did not end: ${failures.join("; ")}`);
}

/** The hourly checks, until the old key is deleted. @returns what the checks did. */
export async function retire(world: RotationWorld, hours = 48): Promise<string[]> {
  const did: string[] = [];
  for (let hour = 0; hour < hours; hour += 1) {
    world.pass(60 * MINUTE_MS);
    try {
      did.push((await world.check()).did);
    } catch (error) {
      did.push(error instanceof Crash ? "crash" : String(error));
    }
  }
  return did;
}
