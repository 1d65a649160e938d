/** One environment of the worker, with the deployed code from the pool down to the signature, and a ledger that is slow or lost at times. */
import { OffairError } from "../../../../lib/core/errors.ts";
import {
  type Admission,
  type AdmissionStore,
  type CallLane,
  createAdmission,
} from "../../../../lib/huawei/admission/admission.ts";
import { createPool, type Pool } from "../../../../lib/huawei/admission/pool.ts";
import type { Quota, RateLimit } from "../../../../lib/huawei/admission/rate-slices.ts";
import { createSend, type Send } from "../../../../lib/huawei/api/send.ts";
import type { VirtualTime } from "../../../notify/model/virtual-time.ts";
import { isUrgent, type ModelLive } from "./live.ts";

export const LOCK_MS = 8_000;
const SECRET_MAX_AGE_MS = 5_000;

export interface ModelDeps {
  readonly time: VirtualTime;
  readonly dice: () => number;
  readonly isRough: boolean;
  readonly users: readonly string[];
  readonly storeOf: (user: string) => AdmissionStore;
  readonly secrets: ReadonlyMap<string, number>;
  readonly rateLimits: Readonly<Record<Quota, RateLimit>>;
  readonly live: ModelLive;
}

/** A wrong way to do it. */
export interface Sabotage {
  readonly store?: (store: AdmissionStore) => Partial<AdmissionStore>;
  readonly pool?: (pool: Pool) => Pool;
  readonly ignoresCeilings?: true;
}

export interface Environment {
  readonly send: Send;
  /** Nothing of it runs any more; what it has sent may still arrive. */
  kill(): void;
}

let ids = 0;

export function startEnvironment(slot: number, skewMs: number, deps: ModelDeps, sabotage: Sabotage): Environment {
  const { time, dice, isRough, users, storeOf, secrets, rateLimits, live } = deps;
  let isAlive = true;
  const now = () => new Date(time.now().getTime() + skewMs);
  /** Never settles once the environment is dead. */
  const own = <T>(promise: Promise<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      promise.then(
        (value) => isAlive && resolve(value),
        (error: unknown) => isAlive && reject(error),
      );
    });
  const sleep = (ms: number) => own(time.sleep(Math.max(0, ms)));
  const delay = (): number => (isRough && dice() < 0.03 ? dice() * 1_500 : 1 + dice() * 6);

  async function request<T>(act: () => Promise<T>): Promise<T> {
    const fate = isRough ? dice() : 1;
    await time.sleep(delay());
    const result = fate < 0.005 ? undefined : await act();
    await time.sleep(delay());
    if (fate < 0.01) throw new OffairError("ERR_LEDGER", "the ledger does not answer");
    return result as T;
  }

  /** When the urgent call of a user got its lease. */
  const granted = new Map<string, number>();

  function remote(user: string): AdmissionStore {
    const table = storeOf(user);
    const there = { ...table, ...sabotage.store?.(table) };
    const wrap =
      <A extends unknown[], T>(name: keyof AdmissionStore, act: (...args: A) => Promise<T>) =>
      (...args: A): Promise<T> =>
        own(
          request(async () => {
            const result = await act(...args);
            if (name === "takeLease" && isUrgent(slot)) noteLease(user, result);
            if (name === "readKey") granted.delete(user); // its trial begins again: it may wait for another call's
            return result;
          }),
        );
    return {
      takeLease: wrap("takeLease", there.takeLease),
      readSlice: wrap("readSlice", there.readSlice),
      lendAhead: wrap("lendAhead", there.lendAhead),
      endLoans: wrap("endLoans", there.endLoans),
      forfeitLeases: wrap("forfeitLeases", there.forfeitLeases),
      blockSlices: wrap("blockSlices", there.blockSlices),
      readKey: wrap("readKey", there.readKey),
      replaceKey: wrap("replaceKey", there.replaceKey),
    };
  }

  function noteLease(user: string, result: unknown): void {
    const { granted: isGranted } = result as { granted: boolean };
    if (!isGranted) granted.delete(user);
    else if (!granted.has(user)) granted.set(user, time.now().getTime());
  }

  const timed = { now, sleep };
  /** The lane of the call that is being sent. */
  let lane: CallLane = "own";
  const watched = (admission: Admission): Admission => ({
    ...admission,
    pass: (request, attempt) =>
      admission.pass(request, (liveNow) => {
        lane = request.lane;
        return attempt(liveNow);
      }),
  });
  const pool = createPool(
    users.map((name) => ({
      name,
      admission: watched(
        createAdmission({
          ...{ ...timed, store: remote(name), rateLimits, lockMs: LOCK_MS, random: dice },
          newId: () => `id-${++ids}`,
        }),
      ),
    })),
    timed,
  );
  const cached = new Map<string, { version: number; readAtMs: number }>();
  const send = createSend({
    ...{ endpoint: new URL("https://live.test"), projectId: "p", timeoutMs: 4_000, now, alert: () => {} },
    pool: sabotage.pool?.(pool) ?? pool,
    priority: isUrgent(slot) ? "urgent" : "bulk",
    mayBorrow: !isUrgent(slot),
    async credentials(user, { fresh = false } = {}) {
      let held = cached.get(user);
      if (!held || fresh || now().getTime() - held.readAtMs > SECRET_MAX_AGE_MS) {
        await sleep(5);
        held = { version: secrets.get(user) ?? 0, readAtMs: now().getTime() };
        cached.set(user, held);
      }
      const { version } = held;
      const pair = { kind: "key-pair" as const, ak: user, sk: "s", securityToken: `${version}` };
      return { version: `v${version}`, credentials: pair };
    },
    exchange(request) {
      const user = /Access=([\w-]+)/.exec(request.headers.authorization ?? "")?.[1] ?? "";
      const nowMs = time.now().getTime();
      const lateMs = nowMs - live.clearAtMs(user, granted.get(user) ?? nowMs);
      granted.delete(user);
      if (!isRough && lateMs > 300)
        live.broken.push(`an urgent call of ${user} waited ${Math.round(lateMs)} ms too long`);
      return own(live.exchange(slot, lane, request));
    },
  });
  return {
    send,
    kill: () => {
      isAlive = false;
    },
  };
}
