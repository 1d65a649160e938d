/**
 * The worker as it is, on a ledger, a queue and Live that take one step at a time: workers and operators are processes that a test lets go
 * on, fail, crash and forget. What happens is told to an account (model-account.ts), which knows what must not.
 */
import { OffairError } from "../../lib/core/errors.ts";
import type { Ledger } from "../../lib/ledger/ledger.ts";
import { type OperatorOrder, operatorDraft } from "../../lib/orders/operator-order.ts";
import type { Order } from "../../lib/orders/order.ts";
import { createAppliedPlans } from "../../lib/plans/applied-plan.ts";
import type { Applied } from "../../lib/plans/plan.ts";
import type { Policy } from "../../lib/policy/policy.ts";
import { formatMessage } from "../../lib/queue/format-message.ts";
import { type Message, parseMessage } from "../../lib/queue/message.ts";
import type { Priority } from "../../lib/queue/priority.ts";
import { type Report, reportKey } from "../../lib/reports/report.ts";
import type { Mode } from "../../lib/safeguards/mode.ts";
import { handle } from "../../lib/worker/handle-message.ts";
import type { HandleDeps, Handled } from "../../lib/worker/handler.ts";
import { NOON, policy } from "../support/fixtures.ts";
import { createModelLive, type ModelLive, type Switches } from "../support/model-live.ts";
import { appliedNow, BOB, type TestPlan } from "../support/plans.ts";
import { type Admission, type Fate, type Process, startProcess } from "../support/steps.ts";
import { type Account, createAccount } from "./account.ts";

/** What a worker has seen and written so far, for the account. */
export interface Sender {
  readonly name: string;
  mode?: Mode;
  frozen?: readonly string[];
  /** Order ids of which it has read that they are cancelled. */
  readonly cancelled: Set<string>;
  /** Written last, and not ended yet. */
  intent?: Pick<Order, "stream" | "number">;
}

interface Letter {
  readonly body: string;
  /** Taken off its queue: a worker was done with it. It may come once more all the same. */
  taken: boolean;
  /** By nobody of ours: whether it ever ends says nothing. */
  readonly isForged: boolean;
}

export interface World {
  readonly now: () => Date;
  readonly live: ModelLive;
  readonly account: Account;
  readonly processes: readonly Process<unknown>[];
  letters(): number;
  send(message: Message, isForged?: boolean): void;
  /** A callback or a check on which nothing was decided, because of a newer order. It means something if that order came to nothing since. */
  isUndecided(letter: number): Promise<boolean>;
  /** Another worker gets this letter. */
  deliver(letter: number): Promise<void>;
  /** Live calls back about a push, and a worker gets the message. */
  callBack(callback: number): Promise<void>;
  /** An operator's order: written, sent on its way, numbered; each a step. */
  ask(order: OperatorOrder): Promise<void>;
  /** Somebody at the incident function; each request is a step. */
  operate(act: (hands: Hands) => Promise<unknown>): Promise<void>;
  /** The same, at once. */
  hands(): Hands;
  /** A plan is written and applied: on its way before it is. */
  apply(plan: TestPlan): Promise<void>;
  cancel(orderId: string): Promise<void>;
  step(process: number, fate: Fate): Promise<void>;
  /** @param arrives - what it has under way at Live. */
  crash(process: number, arrives: boolean): void;
  wait(ms: number): void;
  setMode(mode: Mode): Promise<void>;
  setFrozen(frozen: boolean): Promise<void>;
  /** Everything is delivered until it is done, and nothing fails any more. */
  settle(): Promise<void>;
}

export interface Hands {
  readonly ledger: Ledger;
  readonly enqueue: (queue: Priority, message: Message) => Promise<void>;
}

/** Enough for whatever came before; each round outlasts a lock. */
const ROUNDS = 12;

/** What waits for a plan to be applied waits for as long as that may come about. */
const ROUNDS_AT_MOST = 40;
const ROUND_MS = 25_000;
const STEPS_AT_MOST = 500;

/** The incident function's time-out. */
const INCIDENT_MS = 29_000;

export type Handle = (message: Message, deps: HandleDeps) => Promise<Handled[]>;

/** What is known of neither Live nor the policy. */
export interface Unknowns extends Switches {
  /** Automatic actions that may be begun within an hour. */
  readonly actionsAnHour: number;
}

export async function createWorld(ledger: Ledger, unknowns: Unknowns, handleMessage: Handle = handle): Promise<World> {
  const { actionsAnHour, ...switches } = unknowns;
  const limits = { ...policy.limits, windowMinutes: 60, total: actionsAnHour };
  const sources: Policy["sources"] = { ...policy.sources, push: { adapter: "huawei-push", grade: "D" } };
  let clock = NOON.getTime();
  const now = () => new Date(clock);
  const live = createModelLive(now, switches);
  const account = createAccount({ ledger, live, now, actionsAnHour });
  const running: (Process<unknown> & { name: string })[] = [];
  const letters: Letter[] = [];
  let names = 0;

  async function start(name: string, main: (gate: Admission) => Promise<unknown>): Promise<Process<unknown>> {
    const process = { ...(await startProcess(main)), name };
    running.push(process);
    return process;
  }
  async function step(process: Process<unknown>, fate: Fate): Promise<void> {
    await process.step(fate);
    if (process.next() === undefined) running.splice(running.indexOf(process as (typeof running)[number]), 1);
  }
  const send = (message: Message, isForged = false) =>
    void letters.push({ body: formatMessage(message), taken: false, isForged });

  async function work(letter: Letter): Promise<Process<unknown>> {
    const sender: Sender = { name: `worker ${++names}`, cancelled: new Set() };
    let holders = 0;
    return start(sender.name, async (gate) => {
      const stepped = steppedLedger(ledger, gate, sender);
      const deps: HandleDeps = {
        ledger: stepped,
        appliedPlans: createAppliedPlans(stepped),
        enqueue: async (_, messages) => {
          for (const message of messages) await gate("a message is sent", async () => send(message));
        },
        wakeClock: () => gate("the clock is woken", async () => {}),
        live: live.actionsOf(sender.name, gate, (call) => account.leaves(call, sender)),
        policy: { ...policy, limits, sources },
        policyHash: "hash-of-the-policy",
        now,
        sleep: async () => {},
        holder: () => `${sender.name}, ${++holders}`,
      };
      try {
        await handleMessage(parseMessage(letter.body), deps);
        letter.taken = true;
      } catch (failure) {
        if (!(failure instanceof OffairError)) account.unforeseen(failure);
      }
    });
  }

  /** A plan that is applied is told to the account. */
  function handsFrom(startedMs: number): Hands {
    async function applyPlan(orderId: string, applied: Applied): Promise<boolean> {
      if (clock - startedMs > INCIDENT_MS) throw new OffairError("ERR_LEDGER", "nobody is there any more");
      const isApplied = await ledger.applyPlan(orderId, applied);
      if (isApplied) account.applied(orderId, applied.appliedAt);
      return isApplied;
    }
    return { ledger: { ...ledger, applyPlan }, enqueue: async (_, message) => send(message) };
  }
  async function operate(act: (hands: Hands) => Promise<unknown>): Promise<void> {
    const name = `operator ${++names}`;
    const hands = handsFrom(clock);
    await start(name, async (gate) => {
      const stepped = steppedLedger(hands.ledger, gate, { name, cancelled: new Set() });
      await act({ ledger: stepped, enqueue: (...sent) => gate("a message is sent", () => hands.enqueue(...sent)) });
    });
  }

  async function setMode(mode: Mode): Promise<void> {
    await ledger.writeMode({ mode, changedBy: "ana", reason: "model", changedAt: now().toISOString() });
  }
  function wait(ms: number): void {
    live.arrive(new Date(clock + ms));
    clock += ms;
  }

  const setFrozen = (frozen: boolean) =>
    ledger.writeFreeze("standard", frozen, { changedBy: "ana", reason: "model", changedAt: now().toISOString() });

  await setMode("enforce");
  return {
    ...{ now, live, account, processes: running, send, wait, setMode, setFrozen },
    letters: () => letters.length,
    async isUndecided(index) {
      const message = parseMessage(letters[index]?.body ?? "");
      if (message.kind === "publish") return (await ledger.readReport(reportKey(message.publish))) === undefined;
      if (message.kind !== "pause-check") return false;
      const pause = (await ledger.recentOrders(message.stream)).find(({ number }) => number === message.number);
      return pause?.statisticsReadAt === undefined;
    },
    async deliver(index) {
      const letter = letters[index];
      if (letter) await work(letter);
    },
    async callBack(index) {
      const callback = live.pushes.callbacks[index];
      if (!callback) return;
      const { id, kind, push } = callback;
      const { stream, startedAt } = push;
      // The signature covers neither the source's entry nor the time, and the same message has the same id.
      const publish = {
        source: "push",
        id,
        stream,
        startedAt,
        receivedAt: now().toISOString(),
        bodySha256: "0".repeat(64),
      };
      account.calledBack(callback, publish);
      send({ kind, publish });
      await work(letters.at(-1) as Letter);
    },
    async ask(order) {
      await start(`operator ${++names}`, async (gate) => {
        await gate("the order is written", () => ledger.writeOperatorOrders([order]));
        await gate("its message is sent", async () => {
          send({ kind: "order", orderId: order.orderId, index: 0 });
          account.sent(order);
        });
        await gate("it is numbered", () => ledger.placeOrder(operatorDraft(order)));
      });
    },
    operate,
    hands: () => handsFrom(clock),
    async apply(plan) {
      const { orderId } = plan;
      await operate(async (hands) => {
        await hands.ledger.writePlan(orderId, plan);
        const applied = appliedNow(plan, now());
        await hands.enqueue("bulk", { kind: "batch", orderId, from: 0 });
        await hands.ledger.applyPlan(orderId, applied);
      });
    },
    async cancel(orderId) {
      await ledger.cancelPlan(orderId, { cancelledBy: BOB, cancelledAt: now().toISOString(), reason: "model" });
    },
    async step(index, fate) {
      const process = running[index];
      if (process) await step(process, fate);
    },
    crash(index, arrives) {
      const [process] = running.splice(index, 1);
      process?.kill();
      for (const call of live.calls) {
        if (!arrives && call.sender === process?.name && call.state === "under way") call.state = "had none";
      }
    },
    async settle() {
      await setMode("enforce");
      await setFrozen(false);
      const isDone = () => letters.every(({ taken, isForged }) => taken || isForged);
      for (let round = 0; round < (isDone() ? ROUNDS : ROUNDS_AT_MOST); round++) {
        for (const letter of letters) if (!letter.taken) await work(letter);
        for (let steps = 0; running[0]; steps++) {
          if (steps > STEPS_AT_MOST) throw new Error(`${running[0].name} never ends: ${running[0].next()}`);
          const [process] = running;
          await step(process, "do");
          if (process.next() === undefined) await account.look();
        }
        wait(ROUND_MS);
      }
      for (const { body, taken, isForged } of letters) if (!taken && !isForged) account.neverDone(body);
    },
  };
}

/** Each request is a step; a store fails in fewer ways than Live does. */
function steppedLedger(ledger: Ledger, gate: Admission, sender: Sender): Ledger {
  const stepped = <Given extends unknown[], T>(name: string, request: (...given: Given) => Promise<T>) => {
    return (...given: Given): Promise<T> =>
      gate(name, async (fate) => {
        if (fate === "vanished" || fate === "unavailable" || fate === "throttled") throw ledgerFails(fate);
        const answer = await request(...given);
        if (fate === "lost") throw ledgerFails(fate);
        return answer;
      });
  };
  return {
    readReport: stepped("the report is read", ledger.readReport),
    noteCanary: stepped("the canary is noted", ledger.noteCanary),
    recordDecision: stepped("the decision is written", ledger.recordDecision),
    closeReport: stepped("the report is closed", ledger.closeReport),
    takeAppeal: stepped("the appeal takes its order", ledger.takeAppeal),
    addOverturn: stepped("the overturn is written", ledger.addOverturn),
    linkReporter: ledger.linkReporter, // if it fails, only the reporter's record lacks a report
    changeOutcome: stepped("the report's outcome is changed", ledger.changeOutcome),
    recentOrders: stepped("the orders are read", ledger.recentOrders),
    placeOrder: stepped("the order is placed", ledger.placeOrder),
    lockStream: stepped("the stream is locked", ledger.lockStream),
    unlockStream: stepped("the stream is unlocked", ledger.unlockStream),
    beginAttempt: stepped("the intent is written", async (order, at) => {
      const begun = await ledger.beginAttempt(order, at);
      sender.intent = { stream: order.stream, number: order.number };
      return begun;
    }),
    endAttempt: stepped("the attempt is ended", async (order, attempt, end) => {
      const written = await ledger.endAttempt(order, attempt, end);
      delete sender.intent;
      return written;
    }),
    setWaiting: stepped("what the order waits for is written", ledger.setWaiting),
    endOrder: stepped("the order is ended", ledger.endOrder),
    updatePause: stepped("the pause is updated", ledger.updatePause),
    beginStatistics: stepped("the statistics are begun", ledger.beginStatistics),
    cancelStatistics: stepped("the statistics are not read", ledger.cancelStatistics),
    writeOperatorOrders: stepped("operators' orders are written", ledger.writeOperatorOrders),
    readOperatorOrder: stepped("an operator's order is read", ledger.readOperatorOrder),
    listOperatorOrders: stepped("operators' orders are read", ledger.listOperatorOrders),
    indexOrder: stepped("the order is indexed", ledger.indexOrder),
    orderPages: ledger.orderPages,
    ordersByPrefix: ledger.ordersByPrefix,
    writePlan: stepped("the plan is written", ledger.writePlan),
    readPlanHead: stepped("the plan is read", ledger.readPlanHead),
    readPlanPart: stepped("the plan's streams are read", ledger.readPlanPart),
    readPlanState: stepped("what became of the plan is read", async (orderId) => {
      const state = await ledger.readPlanState(orderId);
      if (state.cancelled) sender.cancelled.add(orderId);
      return state;
    }),
    approvePlan: stepped("the plan is approved", ledger.approvePlan),
    applyPlan: stepped("the plan is applied", ledger.applyPlan),
    cancelPlan: stepped("the plan is cancelled", ledger.cancelPlan),
    addOrderOverturn: stepped("the overturn of an order is written", ledger.addOrderOverturn),
    addUndo: stepped("the undo is noted", ledger.addUndo),
    writeBatchResult: stepped("the result is written", ledger.writeBatchResult),
    changeBatchOutcome: stepped("the result is changed", ledger.changeBatchOutcome),
    listBatchResults: stepped("the results are read", ledger.listBatchResults),
    readMode: stepped("the mode is read", async () => {
      const record = await ledger.readMode();
      sender.mode = record.mode;
      sender.frozen = Object.keys(record.frozen ?? {});
      return record;
    }),
    writeMode: stepped("the mode is written", ledger.writeMode),
    writeSample: stepped("the sample is set", ledger.writeSample),
    writeFreeze: stepped("a source is frozen", ledger.writeFreeze),
    recordUntranslated: stepped("what nobody understood is written", ledger.recordUntranslated),
    openReviews: stepped("the reviews are read", ledger.openReviews),
    readCase: stepped("a case is read", ledger.readCase),
    noteAlarms: stepped("alarms are noted", ledger.noteAlarms),
    readReview: stepped("a review is read", ledger.readReview),
    writeVerdict: stepped("the verdict is written", ledger.writeVerdict),
    endReview: stepped("the review is ended", ledger.endReview),
    changeCase: stepped("a case is changed", ledger.changeCase),
    addRecentReport: stepped("what the report says is noted", ledger.addRecentReport),
    recentReports: stepped("what others said is read", ledger.recentReports),
    changeTaken: async (change) => {
      // A step of its own, though generic: what it answers is the caller's.
      let taken: { answer: Awaited<ReturnType<typeof change>>["answer"] } | undefined;
      await stepped("a place is taken", async () => {
        taken = { answer: await ledger.changeTaken(change) };
      })();
      if (!taken) throw new Error("no place was asked for");
      return taken.answer;
    },
    changeSoloUse: ledger.changeSoloUse, // the incident function's, which is no sender
    readLiveStreams: stepped("the live streams are read", ledger.readLiveStreams),
  };
}

const ledgerFails = (fate: Fate): OffairError => new OffairError("ERR_LEDGER", `the ledger's answer: ${fate}`);

export const reportsMessage = (reports: Report[]): Message => ({ kind: "reports", reports });
