/**
 * Derives sizes and waits of a game day from its number of reports. Quotas, lock, visibility and the delay of the statistics are smaller than real
 * ones, for the simulator and the functions alike.
 */
import type { PoolSizes } from "../../demo/huawei-users.ts";

export type Scale = ReturnType<typeof scaleOf>;

const SHARE = 0.8;
const PAGE_SIZE = 100;
/** A quota is leased in fourteen slices of five seconds, and a burst gets one slice at a time. */
const PARTS = 14;

/** Live's limit of an API for all users together is so many times the quota of one user. */
const CEILINGS = { blockOnce: 10, writeBlocks: 3, readBlocks: 2, online: 2 };

export function scaleOf(reports: number, { worker, audit }: PoolSizes = { worker: 1, audit: 1 }) {
  /** A pool has the pace of one user: each of its users has a part, and all that call the API stay below its ceiling. */
  const quotaFor = (callsAtOnce: number, users: number, callers: number, ceiling: number) =>
    Math.ceil(((Math.ceil(callsAtOnce / users) * PARTS) / SHARE) * Math.max(1, callers / ceiling));
  /** Calls a minute, for the simulator and for the functions' settings. */
  const quotas = {
    blockOnce: quotaFor(Math.max(14, Math.ceil(reports / 40)), worker, worker, CEILINGS.blockOnce),
    writeBlocks: quotaFor(Math.max(14, Math.ceil(reports / 40)), worker, worker, CEILINGS.writeBlocks),
    // In a pool half of it, so that an audit without leases soon exceeds the share of a user.
    readBlocks: quotaFor(
      Math.ceil(Math.max(20, Math.ceil(reports / 16)) / (worker > 1 ? 2 : 1)),
      ...([worker, worker + audit, CEILINGS.readBlocks] as const),
    ),
    online: quotaFor(10, audit, audit, CEILINGS.online),
  };
  const ceilings = {
    blockOnce: quotas.blockOnce * CEILINGS.blockOnce,
    writeBlocks: quotas.writeBlocks * CEILINGS.writeBlocks,
    readBlocks: quotas.readBlocks * CEILINGS.readBlocks,
    online: quotas.online * CEILINGS.online,
  };
  /** Pages of the list that one audit user may read in a minute. */
  const auditReads = SHARE * Math.min(quotas.readBlocks, ceilings.readBlocks / (worker + audit));
  return {
    reports,
    /** Time from the first post to the last, without the wait for messages in flight. */
    lengthMs: Math.max(16_000, reports * 50),
    quotas,
    ceilings,
    share: SHARE,
    lockSeconds: 6,
    visibilitySeconds: 5,
    liveTimeoutMs: 1_000,
    /** In a pool, so that calls of one user meet in flight if something lets them. */
    latencyMs: worker > 1 ? 30 : 0,
    secretMaxAgeSeconds: 1,
    /**
     * How long after a pause its statistics are read: longer than the last callback can take (44 s: an encoder comes back after 20 s, and its
     * callback has a delay of 9 s, a jitter of 12 s and yields for 3 s), so that no queue is empty before both. And how late data appear in the
     * statistics.
     */
    statisticsAfterSeconds: 48,
    statisticsDelayMs: 5_000,
    // Streams disabled long ago by someone else. An audit lists them at least twice: a fifth more than the share of a minute of all its users.
    crowd: Math.ceil(0.6 * auditReads * audit) * PAGE_SIZE,
  };
}
