/**
 * What an audit of a long list takes: `node scripts/audit-size.ts --streams 100000` runs the packaged function on the local stack against
 * a simulated Live that answers at once, twice, so that the second has a snapshot to compare with. Exits 1 if one of them takes more
 * memory than allowed, or longer than 1.2 times what its calls cost at the configured pace.
 */
import { readdirSync, readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { paceOf } from "../lib/huawei/pace.ts";
import { HOUR_MS, SECOND_MS } from "../lib/time.ts";
import { startWorld } from "../local/demo-world.ts";
import { packageForDay } from "../local/gameday/bundles.ts";

const MAX_RESIDENT_MIB = 256;
const MAX_TIMES_PACE = 1.2;
/** As deployed: Live's quota of 3,000 calls a minute, and 0.8 of it. */
const PACE = paceOf(3_000, 0.8);
const DOMAIN = "publish.example.huawei.com";

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

const { values } = parseArgs({ options: { streams: { type: "string", default: "100000" } } });
const streams = Number(values.streams);
if (!Number.isSafeInteger(streams) || streams < 0) throw new RangeError("--streams must be a whole number");

const { templatePath, remove } = await packageForDay();
const world = await startWorld({ templatePath, recycleProbability: 0, ports: { gateway: 0 } });
try {
  const { simulator, stack } = world;
  simulator?.addDisabled(
    Array.from({ length: streams }, (_, i) => ({
      domain: DOMAIN,
      app: "live",
      stream: `room-${i}-${(i * 7_919) % 1e6}`,
    })),
  );
  const hour = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
  for (const slot of [new Date(hour - HOUR_MS), new Date(hour)]) {
    const before = simulator?.calls().length ?? 0;
    const startedMs = performance.now();
    const answer = await stack.runSchedule(slot);
    const tookS = (performance.now() - startedMs) / SECOND_MS;
    const calls = (simulator?.calls().length ?? 0) - before;
    const atPaceS = (calls / PACE.budget) * (PACE.sliceMs / SECOND_MS);
    const mib = peakMib("offair-local-audit");
    console.log(JSON.stringify(answer));
    console.log(
      `${calls} calls in ${tookS.toFixed(1)} s; at the configured pace they cost ${atPaceS.toFixed(1)} s ` +
        `(${(tookS / atPaceS).toFixed(2)} times); peak resident memory ${mib.toFixed(0)} MiB`,
    );
    if (mib === 0 || mib > MAX_RESIDENT_MIB || tookS > atPaceS * MAX_TIMES_PACE) process.exitCode = 1;
  }
} finally {
  await world.close();
  remove();
}
