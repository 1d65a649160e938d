/** The gate's store in memory, as strict as the table: what several environments share in a test. */
import { randomUUID } from "node:crypto";
import {
  type Admission,
  type AdmissionDeps,
  type AdmissionStore,
  createAdmission,
} from "../../lib/huawei/admission/admission.ts";
import { type Quota, rateLimitOf } from "../../lib/huawei/admission/rate-slices.ts";

export interface MemoryGateStore extends AdmissionStore {
  readonly slices: Map<string, { used: number; urgent: boolean }>;
  readonly keys: Map<string, { state: string; revision: string }>;
}

export function memoryGateStore(): MemoryGateStore {
  const slices = new Map<string, { used: number; urgent: boolean }>();
  const keys = new Map<string, { state: string; revision: string }>();
  const sliceOf = (quota: Quota, start: Date) => {
    const name = `${quota} ${start.toISOString()}`;
    const slice = slices.get(name) ?? { used: 0, urgent: false };
    slices.set(name, slice);
    return slice;
  };
  return {
    slices,
    keys,
    async takeLease({ quota, sliceStart, urgent, upTo, upToWithoutUrgent }) {
      const slice = sliceOf(quota, sliceStart);
      if (slice.used >= (slice.urgent ? upTo : upToWithoutUrgent)) return false;
      slice.used += 1;
      slice.urgent ||= urgent;
      return true;
    },
    async forfeitLeases({ quota, sliceStart, leases }) {
      sliceOf(quota, sliceStart).used += leases;
    },
    async blockSlices({ quota, sliceStarts, budget }) {
      for (const start of sliceStarts) sliceOf(quota, start).used = budget;
    },
    readKey: async (key) => keys.get(key),
    async replaceKey(key, state, revision, before) {
      if (keys.get(key)?.revision !== before) return false;
      keys.set(key, { state, revision });
      return true;
    },
  };
}

/** A gate of its own, with quotas nobody uses up. Whoever waits is there at once: its time jumps ahead. */
export function testGate({ now, ...deps }: Partial<AdmissionDeps> & Pick<AdmissionDeps, "now">): Admission {
  const plenty = rateLimitOf(1_000_000, 1);
  let waitedMs = 0;
  return createAdmission({
    store: memoryGateStore(),
    rateLimits: {
      ...{ "block-once": plenty, "write-blocks": plenty, "read-blocks": plenty, online: plenty },
      statistics: plenty,
    },
    lockMs: 300_000,
    now: () => new Date(now().getTime() + waitedMs),
    sleep: async (ms) => {
      waitedMs += ms;
    },
    random: Math.random,
    newId: randomUUID,
    ...deps,
  });
}

/** One that does not back off after a 429, for tests of those who hear of it. */
export function restlessGate(deps: Parameters<typeof testGate>[0]): Admission {
  const admission = testGate(deps);
  return {
    ...admission,
    pass: (request, attempt) =>
      admission.pass(request, async (liveNow) => ({ ...(await attempt(liveNow)), throttled: false })),
  };
}
