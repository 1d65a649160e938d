/**
 * Measures an audit of a long list: `node scripts/audit-size.ts --streams 100000` runs the packaged function twice on the local stack,
 * against a simulated Live that responds at once; the second audit has a snapshot to compare with. Exits 1 if an audit takes more
 * memory than allowed, or longer than 1.2 times what its calls cost at the configured rate limit.
 */
import { parseArgs } from "node:util";
import { packageAlone } from "../build/package-alone.ts";
import { SECOND_MS } from "../lib/core/time.ts";
import { rateLimitOf } from "../lib/huawei/admission/rate-slices.ts";
import { startWorld } from "../local/demo/world.ts";
import { runAudit, writeLongList } from "../local/exercises/long-list.ts";
import { readNumber, run } from "../local/kit/arguments.ts";

const MAX_RESIDENT_MIB = 256;
const MAX_TIMES_IDEAL = 1.2;
/** As deployed: 0.8 of Live's quota of 3,000 calls a minute. */
const RATE_LIMIT = rateLimitOf(3_000, 0.8);
const HELP = "npm run audit:size -- [--streams N]   disabled streams, 0 to 1000000 (default 100000)";

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { streams: { type: "string", default: "100000" } } });
  const count = readNumber("streams", values.streams, 0, 1_000_000);
  let exitCode = 0;
  const { templatePath, remove } = await packageAlone();
  const world = await startWorld({ templatePath, recycleProbability: 0, ports: { gateway: 0 } });
  try {
    for (const slot of await writeLongList(world, count, 2)) {
      const { answer, tookMs, calls, peakBytes } = await runAudit(world, slot);
      const tookS = tookMs / SECOND_MS;
      const idealS = (calls / RATE_LIMIT.budget) * (RATE_LIMIT.sliceMs / SECOND_MS);
      const mib = peakBytes / 2 ** 20;
      console.log(JSON.stringify(answer));
      console.log(
        `${calls} calls in ${tookS.toFixed(1)} s; at the configured rate limit they cost ${idealS.toFixed(1)} s ` +
          `(${(tookS / idealS).toFixed(2)} times); peak resident memory ${mib.toFixed(0)} MiB`,
      );
      if (mib > MAX_RESIDENT_MIB || tookS > idealS * MAX_TIMES_IDEAL) exitCode = 1;
    }
  } finally {
    await world.close();
    remove();
  }
  return exitCode;
}

await run(main, HELP);
