/**
 * What an audit of a long list takes: `node scripts/audit-size.ts --streams 100000` runs the packaged function on the local stack against
 * a simulated Live that answers at once, twice, so that the second has a snapshot to compare with. Exits 1 if one of them takes more
 * memory than allowed, or longer than 1.2 times what its calls cost at the configured pace.
 */
import { readdirSync, readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { type AuditDraft, appendToChain } from "../lib/audit/chain.ts";
import { parseAuditKeys } from "../lib/audit/keys.ts";
import type { Expected } from "../lib/audit/ledger-event.ts";
import { packLines } from "../lib/audit/ndjson.ts";
import { eventsName, expectedName } from "../lib/audit/slots.ts";
import { createArchive } from "../lib/aws/archive.ts";
import { paceOf } from "../lib/huawei/pace.ts";
import { sha256Hex } from "../lib/sha256.ts";
import type { Stream } from "../lib/stream.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from "../lib/time.ts";
import { readNumber, run } from "../local/arguments.ts";
import { auditKeySecret } from "../local/audit-key.ts";
import { AUDIT_KEY, startWorld } from "../local/demo-world.ts";
import { packageAlone } from "../local/package-alone.ts";
import type { Stack } from "../local/stack.ts";

const MAX_RESIDENT_MIB = 256;
const MAX_TIMES_PACE = 1.2;
/** As deployed: Live's quota of 3,000 calls a minute, and 0.8 of it. */
const PACE = paceOf(3_000, 0.8);
const DOMAIN = "publish.example.huawei.com";
const RESUME_TIME = `${new Date(Date.now() + 30 * DAY_MS).toISOString().slice(0, 19)}Z`;
/** Streams that no order of ours holds off: the ledger is asked about each. */
const FOREIGN = 500;

/** Peak resident memory of each process of this one that runs the function, as Linux counts it. */
function peakMib(functionName: string): number {
  const peaks = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        const status = readFileSync(`/proc/${pid}/status`, "utf8");
        const isOurs = new RegExp(`^PPid:\\s+${process.pid}$`, "m").test(status);
        if (!isOurs || !readFileSync(`/proc/${pid}/environ`, "utf8").includes(`=${functionName}\0`)) return 0;
        return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) / 1_024;
      } catch {
        return 0; // it has ended meanwhile
      }
    });
  return Math.max(...peaks);
}

const stream = (index: number): Stream => {
  return { domain: DOMAIN, app: "live", stream: `room-${index}-${(index * 7_919) % 1e6}` };
};

/** An audit of two hours ago, by which our orders hold all but so many of the streams off: the others are foreign. */
async function writeFirstLink({ clients, bucket }: Stack, count: number, slot: Date): Promise<void> {
  const archive = createArchive(clients.s3, bucket);
  const at = new Date(slot.getTime() - 5 * MINUTE_MS).toISOString();
  function* lines() {
    for (let index = FOREIGN; index < count; index++) {
      const order = {
        number: 1,
        placedAt: at,
        outcome: "verified" as const,
        reason: "weapons",
        by: "rule weapons",
        cause: `standard#${index}`,
      };
      yield { ...stream(index), resumeTime: RESUME_TIME, ...order } satisfies Expected;
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

const HELP = "npm run audit:size -- [--streams N]   disabled streams, 0 to 1000000 (default 100000)";

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { streams: { type: "string", default: "100000" } } });
  const count = readNumber("streams", values.streams, 0, 1_000_000);
  let exitCode = 0;
  const { templatePath, remove } = await packageAlone();
  const world = await startWorld({ templatePath, recycleProbability: 0, ports: { gateway: 0 } });
  try {
    const { simulator, stack } = world;
    if (!simulator) throw new Error("this needs the simulator");
    simulator.addDisabled(
      Array.from({ length: count }, (_, index) => ({ ...stream(index), resume_time: RESUME_TIME })),
    );
    const hour = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
    await writeFirstLink(stack, count, new Date(hour - 2 * HOUR_MS));
    for (const slot of [new Date(hour - HOUR_MS), new Date(hour)]) {
      const before = simulator.calls().length;
      const startedMs = performance.now();
      const answer = await stack.runSchedule(slot);
      const tookS = (performance.now() - startedMs) / SECOND_MS;
      const calls = simulator.calls().length - before;
      const atPaceS = (calls / PACE.budget) * (PACE.sliceMs / SECOND_MS);
      const mib = peakMib("offair-local-audit");
      console.log(JSON.stringify(answer));
      console.log(
        `${calls} calls in ${tookS.toFixed(1)} s; at the configured pace they cost ${atPaceS.toFixed(1)} s ` +
          `(${(tookS / atPaceS).toFixed(2)} times); peak resident memory ${mib.toFixed(0)} MiB`,
      );
      if (mib === 0 || mib > MAX_RESIDENT_MIB || tookS > atPaceS * MAX_TIMES_PACE) exitCode = 1;
    }
  } finally {
    await world.close();
    remove();
  }
  return exitCode;
}

await run(main, HELP);
