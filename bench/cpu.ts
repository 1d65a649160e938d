/**
 * CPU time of a measurement: in the processes of the functions, and in this process, in which the stand-ins for AWS and Live and the senders of the
 * bench run.
 */
import { readdirSync, readFileSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import { performance } from "node:perf_hooks";
import type { CpuOfOne } from "./bench.ts";

export interface UsedCpu {
  readonly wallMs: number;
  /** Of a process that has ended meanwhile nothing is counted, so that environments must not be recycled. */
  readonly functionsMs: number;
  readonly standInsMs: number;
  /** Time in which the one event loop of the stand-ins was not idle. */
  readonly loopMs: number;
  /** Time in which a core was busy with any process of this machine, summed over the cores. */
  readonly busyMs: number;
}

/** Cores that this process may use. */
const CORES = availableParallelism();

/** Starts to measure. @returns a function that returns what was used since. */
export function measureCpu(): () => UsedCpu {
  const startedMs = performance.now();
  const functions = functionsCpuMs();
  const standIns = process.cpuUsage();
  const loop = performance.eventLoopUtilization();
  const busyMs = machineBusyMs();
  return () => {
    const { user, system } = process.cpuUsage(standIns);
    let functionsMs = 0;
    for (const [pid, ms] of functionsCpuMs()) functionsMs += ms - (functions.get(pid) ?? 0);
    return {
      ...{ wallMs: performance.now() - startedMs, functionsMs, standInsMs: (user + system) / 1_000 },
      ...{ loopMs: performance.eventLoopUtilization(loop).active, busyMs: machineBusyMs() - busyMs },
    };
  };
}

/** The CPU time of one order, page or report in all measurements, and how busy the machine was in them. */
export function cpuOfOne(one: CpuOfOne["one"], count: number, all: readonly UsedCpu[]): CpuOfOne {
  const sum = (key: keyof UsedCpu) => all.reduce((total, used) => total + used[key], 0);
  const wallMs = sum("wallMs");
  return {
    ...{ one, functionsMs: sum("functionsMs") / count, standInsMs: sum("standInsMs") / count },
    cores: (sum("functionsMs") + sum("standInsMs")) / (wallMs * CORES),
    loop: sum("loopMs") / wallMs,
    busy: sum("busyMs") / (wallMs * cpus().length),
  };
}

/** Above it, waiting for a core is a part of the measured time. */
const BUSY = 0.8;

/**
 * Whether the machine limits a row: the functions and the stand-ins use its cores, the stand-ins their only thread, or other processes use the cores. A
 * machine with more or faster cores would then give another ratio.
 */
export const isBoundByMachine = ({ cores, loop, busy }: CpuOfOne): boolean => Math.max(cores, loop, busy) >= BUSY;

export function describeCpu(cpu: CpuOfOne): string {
  const { one, functionsMs, standInsMs, cores, loop, busy } = cpu;
  const [inFunctions, inStandIns, inAll] = [functionsMs, standInsMs, functionsMs + standInsMs].map(msText);
  const shares = `The cores were ${percent(busy)} busy, ${percent(cores)} with these; the one thread of the stand-ins was ${percent(loop)} busy.`;
  const verdict = isBoundByMachine(cpu) ? " This row is bound by the machine." : "";
  return `Each ${one} takes ${inFunctions} of CPU in the functions, ${inStandIns} in the stand-ins and the bench, ${inAll} in all. ${shares}${verdict}`;
}

const msText = (ms: number): string => `${ms.toFixed(ms < 10 ? 1 : 0)} ms`;
const percent = (share: number): string => `${(share * 100).toFixed(0)} %`;

/** Linux counts CPU time in hundredths of a second (`getconf CLK_TCK`). */
const TICK_MS = 10;

/** By process id: the CPU time of this process's children that run a function. @throws without `/proc` of Linux. */
function functionsCpuMs(): Map<string, number> {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return new Map(pids.flatMap((pid) => [cpuOfFunction(pid)].flatMap((ms) => (ms === undefined ? [] : [[pid, ms]]))));
}

function cpuOfFunction(pid: string): number | undefined {
  try {
    // After the name, which may contain spaces: state, ppid, …, utime (14th field of proc_pid_stat(5)), stime.
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
    if (Number(fields[1]) !== process.pid) return undefined;
    if (!readFileSync(`/proc/${pid}/environ`, "utf8").includes("AWS_LAMBDA_FUNCTION_NAME=")) return undefined;
    return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
  } catch {
    return undefined; // the process has ended meanwhile
  }
}

const machineBusyMs = (): number =>
  cpus().reduce((total, { times: { user, nice, sys, irq } }) => total + user + nice + sys + irq, 0);
