/**
 * Records what the functions of a local stack use that AWS bills: every request to a service, by the invocation that sent it, the CPU time of each
 * invocation, the log lines and the metrics in them. What Lambda waits for is not measured but assumed (scripts/cost/assumptions.ts), because the
 * stand-ins answer on the loopback address.
 */
import type { IncomingMessage } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { LogLine } from "../../local/lambda/settings.ts";
import { metricsIn } from "../../local/stack/alarm-metrics.ts";
import {
  ACCESS_LOG_BYTES,
  billedMs,
  gbSeconds,
  LOG_LINE_BYTES,
  PLATFORM_LOG_BYTES,
  type Service,
  WAIT_MS,
} from "../../scripts/cost/assumptions.ts";
import { add, type Counts } from "../../scripts/cost/prices.ts";
import type { Index } from "../../scripts/cost/request-units.ts";
import { createLedgerUnits } from "./ledger-units.ts";
import { cpuMsOf, functionOf, ownerOf } from "./processes.ts";
import { countsOf, isOfPoller, nameOf, operationOf, type Ports, serviceOf } from "./requests.ts";
import { type Exchange, tap } from "./tap.ts";

/** Each function has this, as serverless.yml says. */
const MEMORY_MB = 512;
const QUIET_MS = 2_500;
const RUNTIME = "/2018-06-01/runtime/";

interface Wait {
  readonly service: Service;
  readonly startMs: number;
  readonly endMs: number;
}
interface Invocation {
  readonly cpuAtStart: number;
  readonly waits: Wait[];
}

export interface Operation {
  readonly requests: number;
  readonly units: number;
  /** Of the largest item that was written. */
  readonly itemBytes: number;
}

/** What was used, by what used it: a function, `gateway`, or `polling` for what Lambda's pollers did with messages. */
export interface Used {
  readonly by: Readonly<Record<string, Counts>>;
  /** Requests by function, service and operation, with the request units of the ledger. */
  readonly operations: Readonly<Record<string, Operation>>;
  /** Names of the custom metrics in the log lines. */
  readonly metrics: readonly string[];
  readonly cpuMs: Readonly<Record<string, number>>;
  readonly billedMs: Readonly<Record<string, number>>;
  readonly invocations: Readonly<Record<string, number>>;
}

export const totalOf = ({ by }: Pick<Used, "by">): Counts => add(...Object.values(by));

export interface Recorder {
  onLog(line: LogLine): void;
  /** What is used until the work is done and nothing has happened for a while. */
  during(work: () => Promise<unknown>): Promise<Used>;
  close(): void;
}

export interface RecorderOptions {
  readonly indexes: readonly Index[];
  readonly ports: Ports;
}

export function createRecorder({ indexes, ports }: RecorderOptions): Recorder {
  const ledger = createLedgerUnits(indexes);
  const owners = new WeakMap<object, number>();
  const running = new Map<number, Invocation>();
  let used = nothing();
  let lastMs = performance.now();

  function pidOf({ socket }: IncomingMessage): number | undefined {
    const pid = owners.get(socket) ?? ownerOf(socket.remotePort ?? 0, socket.localPort ?? 0);
    if (pid !== undefined) owners.set(socket, pid);
    return pid;
  }

  function count(by: string, counts: Counts): void {
    used.by[by] = add(used.by[by] ?? {}, counts);
  }

  function countOperation(name: string, units = 0, itemBytes = 0): void {
    const before = used.operations[name] ?? { requests: 0, units: 0, itemBytes: 0 };
    used.operations[name] = {
      ...{ requests: before.requests + 1, units: before.units + units },
      itemBytes: Math.max(before.itemBytes, itemBytes),
    };
  }

  /** Lambda's Runtime API: an invocation begins with the answer to `next`, and ends with the response. */
  function runtime(pid: number, path: string): void {
    if (path.endsWith("invocation/next")) {
      running.set(pid, { cpuAtStart: cpuMsOf(pid), waits: [] });
      return;
    }
    const [name, ended] = [functionOf(pid), running.get(pid)];
    running.delete(pid);
    if (!ended || name === undefined) return;
    const cpuMs = cpuMsOf(pid) - ended.cpuAtStart;
    const ms = billedMs(waitOf(ended.waits), cpuMs, MEMORY_MB);
    used.cpuMs[name] = (used.cpuMs[name] ?? 0) + cpuMs;
    used.billedMs[name] = (used.billedMs[name] ?? 0) + ms;
    used.invocations[name] = (used.invocations[name] ?? 0) + 1;
    const logBytes = PLATFORM_LOG_BYTES;
    count(name, { lambdaRequests: 1, lambdaGbSeconds: gbSeconds(ms, MEMORY_MB), logBytes });
  }

  function ended(exchange: Exchange): Promise<void> | undefined {
    const { request, serverPort, startMs } = exchange;
    const path = request.url ?? "";
    if (serverPort === ports.gateway) {
      lastMs = performance.now();
      count("gateway", { gatewayRequests: 1, logBytes: ACCESS_LOG_BYTES + LOG_LINE_BYTES });
      return undefined;
    }
    const pid = pidOf(request);
    const by = pid === undefined ? undefined : functionOf(pid);
    if (pid !== undefined && path.startsWith(RUNTIME)) {
      lastMs = performance.now();
      return void runtime(pid, path);
    }
    const service = serviceOf(exchange, ports);
    if (service === undefined) return undefined;
    if (by !== undefined) {
      lastMs = performance.now();
      if (pid !== undefined) running.get(pid)?.waits.push({ service, startMs, endMs: performance.now() });
    }
    if (service === "dynamodb") return countLedger(exchange, by);
    const counted = countsOf(service, exchange);
    if (by !== undefined) {
      count(by, counted);
      countOperation(`${by} ${service} ${operationOf(exchange)}`);
    } else if (service === "sqs" && isOfPoller(exchange)) {
      lastMs = performance.now();
      count("polling", counted);
    }
    return undefined;
  }

  async function countLedger(exchange: Exchange, by: string | undefined): Promise<void> {
    const operation = operationOf(exchange);
    const { serverPort, status, requestBody: body, responseBody: answer } = exchange;
    if (by === undefined && !["PutItem", "UpdateItem", "DeleteItem"].includes(operation)) return;
    const { grewBytes, itemBytes, ...units } = await ledger.count({ operation, serverPort, status, body, answer });
    if (by === undefined) return;
    count(by, {
      ...{ readUnits: units.readUnits, writeUnits: units.writeUnits },
      ...{ ledgerByteMonths: grewBytes, backupByteMonths: grewBytes },
    });
    countOperation(`${by} dynamodb ${operation} ${nameOf(body)}`, units.readUnits + units.writeUnits, itemBytes);
  }

  const stop = tap((request) => {
    pidOf(request);
  }, ended);

  return {
    onLog({ functionName, line, record }) {
      const logBytes = Buffer.byteLength(line) + LOG_LINE_BYTES;
      count(functionName.split("-").at(-1) ?? functionName, { logBytes });
      for (const [metric] of metricsIn({ functionName, record })) used.metrics.add(metric);
    },
    async during(work) {
      await quiet();
      used = nothing();
      await work();
      await quiet();
      return { ...used, metrics: [...used.metrics].sort() };
    },
    close: stop,
  };

  async function quiet(): Promise<void> {
    while (running.size > 0 || performance.now() - lastMs < QUIET_MS) {
      for (const pid of running.keys()) if (functionOf(pid) === undefined) running.delete(pid);
      await sleep(QUIET_MS / 20);
    }
  }
}

const nothing = () => ({
  by: {} as Record<string, Counts>,
  operations: {} as Record<string, Operation>,
  metrics: new Set<string>(),
  ...{ cpuMs: {} as Record<string, number>, billedMs: {} as Record<string, number> },
  invocations: {} as Record<string, number>,
});

/** Requests that overlap are one wait, as long as the slowest of them. */
export function waitOf(waits: readonly Wait[]): number {
  let [sum, slowest, untilMs] = [0, 0, 0];
  for (const { service, startMs, endMs } of waits.toSorted((one, other) => one.startMs - other.startMs)) {
    if (startMs >= untilMs) {
      sum += slowest;
      slowest = 0;
    }
    slowest = Math.max(slowest, WAIT_MS[service]);
    untilMs = Math.max(untilMs, endMs);
  }
  return sum + slowest;
}
