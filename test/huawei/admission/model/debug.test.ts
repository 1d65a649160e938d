import { it } from "@jest/globals";
import fc from "fast-check";
import { story, tell } from "./stories.ts";

Object.assign(console, { info() {}, warn() {} });
const write = process.stdout.write.bind(process.stdout);
it("debug", async () => {
  process.stdout.write = (() => true) as typeof process.stdout.write;
  const found: string[] = [];
  const t0 = process.cpuUsage();
  const n = Number(process.env.N ?? 60);
  const counts = { borrowed: 0, calls: 0, refused: 0 };
  for (const each of fc.sample(story, { numRuns: n, seed: Number(process.env.SEED ?? 7) })) {
    const c0 = process.cpuUsage().user;
    const told = await tell(each);
    for (const name of ["borrowed", "calls", "refused"] as const) counts[name] += told.counts[name];
    const ms = (process.cpuUsage().user - c0) / 1000;
    if (ms > 150)
      found.push(`${Math.round(ms)} ms calls ${told.counts.calls} flood ${each.flood} tight ${each.isTight}`);
    if (told.broken.length > 0) found.push(JSON.stringify([told.broken, each]));
  }
  process.stdout.write = write;
  const t = process.cpuUsage(t0);
  console.log([...found, JSON.stringify(counts), `${(t.user + t.system) / 1000 / n} ms a story`].join("\n"));
});
