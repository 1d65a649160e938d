/** The incident function with the worker behind it, on a ledger in memory: while an answer is waited for, the worker works. */
import { randomUUID } from "node:crypto";
import { OffairError } from "../../lib/core/errors.ts";
import {
  handleOperatorRequest,
  type OperatorRequestDeps,
  type OperatorResponse,
} from "../../lib/operator/handle-request.ts";
import type { OnlineRow } from "../../lib/orders/live-lists.ts";
import { createAppliedPlans } from "../../lib/plans/applied-plan.ts";
import type { Policy } from "../../lib/policy/policy.ts";
import { formatMessage } from "../../lib/queue/format-message.ts";
import { type Message, parseMessage } from "../../lib/queue/message.ts";
import { type Report, reportKey } from "../../lib/reports/report.ts";
import { handle } from "../../lib/worker/handle-message.ts";
import type { HandleDeps } from "../../lib/worker/handler.ts";
import { NOON, policy as valid } from "../support/fixtures.ts";
import { type LiveDouble, liveDouble } from "../support/live.ts";
import { createMemoryLedger, type MemoryLedger } from "../support/memory-ledger.ts";
import { notAsked } from "../support/not-asked.ts";

/** SHA-256 of the policy, whichever it is. */
export const POLICY_HASH = "5e".repeat(32);

export interface IncidentWorld {
  readonly ledger: MemoryLedger;
  readonly live: LiveDouble;
  /** What no worker took yet. */
  readonly queue: string[];
  readonly deps: OperatorRequestDeps;
  /** What Live lists as pushed. */
  readonly online: OnlineRow[];
  /** Of its metrics, what was counted so far. */
  readonly counted: Record<string, number>[];
  wait(ms: number): void;
  /** By a direct invocation, of somebody who says that she is ana. */
  ask(event: object, change?: Partial<OperatorRequestDeps>): Promise<OperatorResponse>;
  /** Through the gateway. */
  askAs(
    arn: string,
    event: object,
    change?: Partial<OperatorRequestDeps> & { mayBreakGlass?: true },
  ): Promise<OperatorResponse>;
  /** As it comes off a queue. @returns its key. */
  report(report: Report): Promise<string>;
  deliver(message: Message): Promise<void>;
  workOff(): Promise<void>;
  /** Until nothing is left, also of what comes of it. */
  workAll(): Promise<void>;
}

const MAX_ROUNDS = 100;

/** In mode `enforce`. */
export async function createIncidentWorld(change: Partial<Policy> = {}): Promise<IncidentWorld> {
  let clock = NOON.getTime();
  const policy = { ...valid, ...change };
  const ledger = createMemoryLedger();
  const live = liveDouble();
  const queue: string[] = [];
  const now = () => new Date(clock);
  const both = { ledger, policy, policyHash: POLICY_HASH, now };
  const worker: HandleDeps = {
    ...{ ...both, live, sleep: async () => {}, wakeClock: async () => {}, holder: randomUUID },
    appliedPlans: createAppliedPlans(ledger),
    enqueue: async (_, messages, delaySeconds = 0) => {
      if (delaySeconds === 0) queue.push(...messages.map(formatMessage)); // a later check of a pause is not part of these stories
    },
  };
  const workOff = async () => {
    for (const body of queue.splice(0)) await handle(parseMessage(body), worker);
  };
  const workAll = async () => {
    for (let round = 0; queue.length > 0; round++) {
      if (round === MAX_ROUNDS) throw new Error("the queue is never empty");
      await workOff();
    }
  };
  const online: OnlineRow[] = [];
  const counted: Record<string, number>[] = [];
  const deps: OperatorRequestDeps = {
    ...both,
    listDisabled: async function* (of) {
      const rows = [...live.disabled].flatMap(([key, resumeTime]) => {
        const [domain, app, stream] = JSON.parse(key);
        return domain === of ? [{ domain, app, stream, resumeTime }] : [];
      });
      yield { total: rows.length, rows };
    },
    listOnline: async function* (domain) {
      const rows = online.filter((row) => row.domain === domain);
      for (let start = 0; start < rows.length; start += 100) {
        yield { total: rows.length, rows: rows.slice(start, start + 100) };
      }
    },
    writesAMinute: { pause: 240, disable: 2_400, enable: 1_200 },
    emitMetrics: (values) => void counted.push(values),
    enqueue: async (_, message) => void queue.push(formatMessage(message)),
    sleep: async (ms) => {
      clock += ms;
      await workOff();
    },
    requests: ledger,
    listModeChanges: ledger.listModeChanges,
    readCases: ledger.readCases,
    reporters: ledger.reporters,
    newId: randomUUID,
    ...notAsked,
    waitMs: 2_000,
  };
  await ledger.writeMode({ mode: "enforce", reason: "test", changedBy: "ana", changedAt: NOON.toISOString() });
  const deliver = async (message: Message) => void (await handle(message, worker));
  return {
    ...{ ledger, live, queue, deps, online, counted, workOff, workAll, deliver },
    wait: (ms) => {
      clock += ms;
    },
    ask: (event, other = {}) =>
      handleOperatorRequest(
        { id: randomUUID(), reason: "INC-881", requestedBy: "ana", ...event },
        { ...deps, ...other },
        { kind: "direct" },
      ),
    askAs: (arn, event, { mayBreakGlass = false, ...other } = {}) =>
      handleOperatorRequest(
        { id: randomUUID(), reason: "INC-881", ...event },
        { ...deps, ...other },
        { kind: "gateway", arn, mayBreakGlass },
      ),
    report: async (report) => {
      await deliver({ kind: "reports", reports: [report] });
      return reportKey(report);
    },
  };
}

export const away = async (): Promise<never> => {
  throw new OffairError("ERR_QUEUE", "the queue is away");
};

/** It is done, and the answer lost. */
export const lost =
  <A extends unknown[]>(act: (...call: A) => Promise<unknown>) =>
  async (...call: A): Promise<never> => {
    await act(...call);
    throw new OffairError("ERR_LEDGER", "the answer is lost");
  };
