/** The CPU time that a bench measures: of the children that run a function, and of the process itself. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { afterAll, expect, it } from "@jest/globals";
import { measureCpu } from "../../bench/cpu.ts";

const CPU_MS = 200;
/** Computes when it is told to, prints all CPU time of its process in microseconds, and stays. */
const COMPUTE = `process.stdin.on("data", () => {
  const before = process.cpuUsage().user;
  while (process.cpuUsage().user - before < ${CPU_MS * 1_000});
  const { user, system } = process.cpuUsage();
  process.stdout.write(String(user + system));
})`;

const children: ChildProcess[] = [];
afterAll(() => {
  for (const child of children) child.kill("SIGKILL");
});

async function startChild(env: Record<string, string>): Promise<() => Promise<number>> {
  const child = spawn(process.execPath, ["-e", COMPUTE], { env, stdio: ["pipe", "pipe", "inherit"] });
  children.push(child);
  await once(child, "spawn");
  return async () => {
    const printed = once(child.stdout, "data");
    child.stdin.write("compute");
    const [text] = await printed;
    return Number(text) / 1_000;
  };
}

it("counts processes of functions, and no other child", async () => {
  const aFunction = await startChild({ AWS_LAMBDA_FUNCTION_NAME: "offair-local-worker" });
  const another = await startChild({});
  const used = measureCpu();
  const [allMs] = await Promise.all([aFunction(), another()]);
  const { functionsMs, wallMs, busyMs } = used();
  const TICKS_MS = 30; // Linux counts in hundredths of a second
  expect(functionsMs).toBeGreaterThanOrEqual(CPU_MS - TICKS_MS);
  expect(functionsMs).toBeLessThanOrEqual(allMs + TICKS_MS);
  expect([wallMs >= CPU_MS, busyMs >= 2 * CPU_MS - 2 * TICKS_MS]).toEqual([true, true]);
});

it("counts this process, in which the stand-ins run, by its CPU and by its event loop", () => {
  const used = measureCpu();
  const before = process.cpuUsage().user;
  while (process.cpuUsage().user - before < CPU_MS * 1_000);
  const { standInsMs, functionsMs } = used();
  expect(standInsMs).toBeGreaterThanOrEqual(CPU_MS);
  expect(functionsMs).toBe(0);
});
