import { packageAlone } from "../../build/package-alone.ts";
import { startWorld } from "../../local/demo/world.ts";
import { playIncident } from "../incident.ts";
const { templatePath, remove } = await packageAlone();
for (const hops of [undefined]) {
  const world = await startWorld({ templatePath, recycleProbability: 0, ports: { gateway: 0 }, ...(hops === 0 && { earlierHops: 0 }) });
  if (process.env.DBG) world.stack.onLog(({ functionName, line, record }) => { if (/WARN|ERROR|returned|Unhandled/.test(line)) console.log(functionName, line.slice(0, 400)); });
  const s = Date.now(); const seen = new Map(); world.stack.onLog(({ record }) => { const m = record?.message; if (m && m.key) seen.set(m.key, (seen.get(m.key) ?? 0) + 1); }); const iv = setInterval(() => console.log(seen.size, world.simulator.calls().length), 10000);
  await Promise.race([playIncident(world, 500, 0).then((r) => console.log("done", r)), new Promise((r) => setTimeout(r, 90000))]);
  console.log(hops, Date.now() - s);
  void world.close();
}
process.exit(0);
