/** The incident function with the worker behind it, on a ledger in memory: while an answer is waited for, the worker works. */
import { randomUUID } from "node:crypto";
import { OffairError } from "../../lib/errors.ts";
import { type HandleDeps, handle } from "../../lib/moderation/handle.ts";
import { handleIncident, type IncidentAnswer, type IncidentDeps } from "../../lib/moderation/incident.ts";
import { formatMessage, type Message, parseMessage } from "../../lib/moderation/message.ts";
import type { Policy } from "../../lib/moderation/policy.ts";
import { type Report, reportKey } from "../../lib/moderation/report.ts";
import { NOON, policy as valid } from "../support/fixtures.ts";
import { type LiveDouble, liveDouble } from "../support/live.ts";
import { createMemoryLedger, type MemoryLedger } from "../support/memory-ledger.ts";

export interface IncidentWorld {
  readonly ledger: MemoryLedger;
  readonly live: LiveDouble;
  /** What no worker took yet. */
  readonly queue: string[];
  readonly deps: IncidentDeps;
  wait(ms: number): void;
  ask(event: object, change?: Partial<IncidentDeps>): Promise<IncidentAnswer>;
  /** As it comes off a lane. @returns its key. */
  report(report: Report): Promise<string>;
  deliver(message: Message): Promise<void>;
  workOff(): Promise<void>;
}

/** In mode `enforce`. */
export async function createIncidentWorld(change: Partial<Policy> = {}): Promise<IncidentWorld> {
  let clock = NOON.getTime();
  const policy = { ...valid, ...change };
  const ledger = createMemoryLedger();
  const live = liveDouble();
  const queue: string[] = [];
  const now = () => new Date(clock);
  const both = { ledger, policy, policyHash: "hash-of-the-policy", now };
  const worker: HandleDeps = { ...both, live, sleep: async () => {}, holder: randomUUID };
  const workOff = async () => {
    for (const body of queue.splice(0)) await handle(parseMessage(body), worker);
  };
  const deps: IncidentDeps = {
    ...both,
    listDisabled: async function* () {},
    enqueue: async (_, message) => void queue.push(formatMessage(message)),
    sleep: async (ms) => {
      clock += ms;
      await workOff();
    },
    newOrderId: () => `op-${randomUUID()}`,
    waitMs: 2_000,
  };
  await ledger.writeMode({ mode: "enforce", reason: "test", changedBy: "ana", changedAt: NOON.toISOString() });
  const deliver = async (message: Message) => void (await handle(message, worker));
  return {
    ...{ ledger, live, queue, deps, workOff, deliver },
    wait: (ms) => {
      clock += ms;
    },
    ask: (event, other = {}) =>
      handleIncident({ reason: "INC-881", requestedBy: "ana", ...event }, { ...deps, ...other }),
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
