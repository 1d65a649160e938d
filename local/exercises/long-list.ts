/** Measures an audit of a long list of disabled streams at the simulated Live, most of which have an order in the ledger. */
import { strict as assert } from "node:assert";
import { readdirSync, readFileSync } from "node:fs";
import type { Expected } from "../../lib/archive/line-schemas.ts";
import { packLines } from "../../lib/archive/ndjson.ts";
import { eventsName, expectedName } from "../../lib/archive/object-names.ts";
import { parseAuditKeys } from "../../lib/archive/signing-keys.ts";
import { type AuditDraft, appendToChain } from "../../lib/audit/chain/append-entry.ts";
import { createArchive } from "../../lib/aws/s3-archive.ts";
import { sha256Hex } from "../../lib/core/sha256.ts";
import type { Stream } from "../../lib/core/stream.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, toSecondsUtc } from "../../lib/core/time.ts";
import { auditKeySecret } from "../demo/audit-key.ts";
import { AUDIT_KEY, type World } from "../demo/world.ts";
import type { Stack } from "../stack/stack.ts";

const DOMAIN = "publish.example.huawei.com";
const RESUME_TIME = toSecondsUtc(new Date(Date.now() + 30 * DAY_MS));
/** Number of streams without an order of offair; the audit queries the ledger for each. */
const foreignOf = (count: number): number => Math.floor(count / 200);

const stream = (index: number, domains: readonly string[]): Stream => {
  const domain = domains[index % domains.length] ?? "";
  return { domain, app: "live", stream: `room-${index}-${(index * 7_919) % 1e6}` };
};

/**
 * @param domains - the ingest domains that share the streams.
 * @returns the scheduled hours of this number of audits: the last full hours.
 */
export async function writeLongList(
  { simulator, stack }: World,
  count: number,
  audits: number,
  domains: readonly string[] = [DOMAIN],
): Promise<Date[]> {
  assert(simulator, "a long list needs the simulator");
  const streams = Array.from({ length: count }, (_, index) => stream(index, domains));
  simulator.addDisabled(streams.map((each) => ({ ...each, resume_time: RESUME_TIME })));
  const lastMs = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
  await writeFirstLink(stack, streams, new Date(lastMs - audits * HOUR_MS));
  return Array.from({ length: audits }, (_, index) => new Date(lastMs - (audits - 1 - index) * HOUR_MS));
}

/** Writes an earlier audit, by which offair's orders disable nearly all of the streams; the others are foreign. */
async function writeFirstLink({ clients, bucket }: Stack, streams: readonly Stream[], slot: Date): Promise<void> {
  const archive = createArchive(clients.s3, bucket);
  const at = new Date(slot.getTime() - 5 * MINUTE_MS).toISOString();
  function* lines() {
    for (const [index, each] of streams.entries()) {
      if (index < foreignOf(streams.length)) continue;
      const order = {
        number: 1,
        placedAt: at,
        outcome: "verified" as const,
        reason: "weapons",
        by: "rule weapons",
        cause: `standard#${index}`,
      };
      yield { ...each, resumeTime: RESUME_TIME, ...order } satisfies Expected;
    }
  }
  const packed = await packLines(lines());
  const object = expectedName(slot);
  await archive.store(object, packed.bytes, { contentType: "application/x-ndjson", contentEncoding: "gzip" });
  const noEvents = await packLines([]);
  await archive.store(eventsName(slot), noEvents.bytes, { contentType: "application/x-ndjson" });
  const described = ({ bytes }: { bytes: Buffer }) => ({ sha256: sha256Hex(bytes), bytes: bytes.length });
  const draft: AuditDraft = {
    ...{ kind: "audit", slot: slot.toISOString(), scheduled: true, snapshots: [] },
    ...{ policy: "0".repeat(64), build: "0".repeat(64) },
    events: { object: eventsName(slot), ...described(noEvents), count: 0, from: at, until: at },
    expected: { object, ...described(packed), count: packed.count, until: at },
  };
  const keys = parseAuditKeys(auditKeySecret(AUDIT_KEY));
  const head = { read: async () => undefined, write: async () => {} };
  await appendToChain(draft, { archive, head, keys, now: () => new Date() });
}

export interface AuditRun {
  /** The function's response. */
  readonly answer: unknown;
  readonly tookMs: number;
  /** Number of calls to Live. */
  readonly calls: number;
  /** Peak memory of the function's process, including earlier audits. */
  readonly peakBytes: number;
}

export async function runAudit({ simulator, stack }: World, slot: Date): Promise<AuditRun> {
  assert(simulator, "its calls are counted by the simulator");
  const before = simulator.calls().length;
  const startedMs = performance.now();
  const answer = await stack.runSchedule(slot);
  const tookMs = performance.now() - startedMs;
  const peakBytes = peakResident("offair-local-audit");
  assert(peakBytes > 0, "the memory of the function's process cannot be read");
  return { answer, tookMs, calls: simulator.calls().length - before, peakBytes };
}

/** Peak resident memory of the child processes that run the function, as counted by Linux. */
function peakResident(functionName: string): number {
  const peaks = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        const status = readFileSync(`/proc/${pid}/status`, "utf8");
        const isOurs = new RegExp(`^PPid:\\s+${process.pid}$`, "m").test(status);
        if (!isOurs || !readFileSync(`/proc/${pid}/environ`, "utf8").includes(`=${functionName}\0`)) return 0;
        return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1_024;
      } catch {
        return 0; // the process has ended meanwhile
      }
    });
  return Math.max(...peaks);
}
