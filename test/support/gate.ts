/** The gate's store in memory, as strict as the table: what several environments share in a test. */
import { randomUUID } from "node:crypto";
import { type AdmissionDeps, type AdmissionStore, createAdmission } from "../../lib/huawei/admission/admission.ts";
import { AHEAD } from "../../lib/huawei/admission/lease-store.ts";
import { createPool, type Pool } from "../../lib/huawei/admission/pool.ts";
import { type Quota, rateLimitOf, USUAL_SLICE_MS } from "../../lib/huawei/admission/rate-slices.ts";

interface MemorySlice {
  readonly used: Partial<Record<Quota, number>>;
  urgent: boolean;
  loans: Record<string, number>;
}

export interface MemoryGateStore extends AdmissionStore {
  readonly slices: Map<string, MemorySlice>;
  readonly keys: Map<string, { state: string; revision: string }>;
}

export function memoryGateStore(): MemoryGateStore {
  const slices = new Map<string, MemorySlice>();
  const keys = new Map<string, { state: string; revision: string }>();
  const sliceOf = (start: Date, sliceMs = USUAL_SLICE_MS) => {
    const name = `${start.toISOString()} ${sliceMs}`;
    const slice = slices.get(name) ?? { used: {}, urgent: false, loans: {} };
    slices.set(name, slice);
    return slice;
  };
  return {
    slices,
    keys,
    async takeLease({ quota, sliceStart, sliceMs, urgent, upTo, upToWithoutUrgent, loan }) {
      const slice = sliceOf(sliceStart, sliceMs);
      const used = slice.used[quota] ?? 0;
      if (used >= (slice.urgent ? upTo : Math.max(upTo, upToWithoutUrgent)) || (loan && slice.urgent))
        return { granted: false, loans: {} };
      slice.used[quota] = used + 1;
      slice.urgent ||= urgent;
      if (loan) slice.loans[loan.environment] = loan.untilMs;
      return { granted: true, loans: urgent ? { ...slice.loans } : {} };
    },
    async readSlice(sliceStart) {
      const { urgent, loans } = sliceOf(sliceStart);
      return { urgent, loans: { ...loans } };
    },
    async lendAhead({ environment, sliceStart }) {
      const slice = sliceOf(sliceStart);
      if (!slice.urgent) slice.loans[environment] = AHEAD;
      return !slice.urgent;
    },
    async endLoans({ environment, sliceStarts }) {
      for (const start of sliceStarts) delete sliceOf(start).loans[environment];
    },
    async forfeitLeases({ quota, sliceStart, sliceMs, leases }) {
      const { used } = sliceOf(sliceStart, sliceMs);
      used[quota] = (used[quota] ?? 0) + leases;
    },
    async blockSlices({ quota, sliceStarts, sliceMs, budget }) {
      for (const start of sliceStarts) sliceOf(start, sliceMs).used[quota] = budget;
    },
    readKey: async (key) => keys.get(key),
    async replaceKey(key, state, revision, before) {
      if (keys.get(key)?.revision !== before) return false;
      keys.set(key, { state, revision });
      return true;
    },
  };
}

/** A pool of one user, with quotas nobody uses up. Whoever waits is there at once: its time jumps ahead. */
export function testGate({ now, ...deps }: Partial<AdmissionDeps> & Pick<AdmissionDeps, "now">): Pool {
  const plenty = rateLimitOf(1_000_000, 1);
  let waitedMs = 0;
  const timed = {
    now: () => new Date(now().getTime() + waitedMs),
    sleep: async (ms: number) => {
      waitedMs += ms;
    },
  };
  const admission = createAdmission({
    store: memoryGateStore(),
    rateLimits: {
      ...{ "block-once": plenty, "write-blocks": plenty, "read-blocks": plenty, online: plenty },
      statistics: plenty,
    },
    lockMs: 300_000,
    ...timed,
    random: Math.random,
    newId: randomUUID,
    ...deps,
  });
  return createPool([{ name: "worker", admission }], { ...timed, ...deps });
}

/** One that does not back off after a 429, for tests of those who hear of it. */
export function restlessGate(deps: Parameters<typeof testGate>[0]): Pool {
  const pool = testGate(deps);
  return {
    pass: (request, send) =>
      pool.pass(request, (turn) =>
        send({
          ...turn,
          pass: (key, attempt) =>
            turn.pass(key, async (liveNow) => ({ ...(await attempt(liveNow)), throttled: false })),
        }),
      ),
  };
}
