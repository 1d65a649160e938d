/**
 * The worker as it is, on a ledger, a lane and Live that take one step at a time: workers and operators are processes that a test lets go
 * on, fail, crash and forget. What happens is told to an account (model-account.ts), which knows what must not.
 */
import { OffairError } from "../../lib/errors.ts";
import { type HandleDeps, type Handled, handle } from "../../lib/moderation/handle.ts";
import { operatorDraft } from "../../lib/moderation/handle-order.ts";
import type { Ledger, Mode, OperatorOrder } from "../../lib/moderation/ledger.ts";
import { formatMessage, type Message, parseMessage } from "../../lib/moderation/message.ts";
import type { Order } from "../../lib/moderation/order.ts";
import type { Report } from "../../lib/moderation/report.ts";
import { NOON, policy } from "../support/fixtures.ts";
import { createModelLive, type ModelLive, type Switches } from "../support/model-live.ts";
import { type Fate, type Gate, type Process, startProcess } from "../support/steps.ts";
import { type Account, createAccount } from "./model-account.ts";

/** What a worker has seen and written so far, for the account. */
export interface Sender {
  readonly name: string;
  mode?: Mode;
  frozen?: readonly string[];
  /** Written last, and not ended yet. */
  intent?: Pick<Order, "stream" | "number">;
}

interface Letter {
  readonly body: string;
  /** Taken off its lane: a worker was done with it. It may come once more all the same. */
  taken: boolean;
}

export interface World {
  readonly now: () => Date;
  readonly live: ModelLive;
  readonly account: Account;
  readonly processes: readonly Process<unknown>[];
  letters(): number;
  send(message: Message): void;
  /** Another worker gets this letter. */
  deliver(letter: number): Promise<void>;
  /** An operator's order: written, sent on its way, numbered; each a step. */
  ask(order: OperatorOrder): Promise<void>;
  step(process: number, fate: Fate): Promise<void>;
  /** @param arrives - what it has under way at Live. */
  crash(process: number, arrives: boolean): void;
  wait(ms: number): void;
  setMode(mode: Mode): Promise<void>;
  setFrozen(frozen: boolean): Promise<void>;
  /** Everything is delivered until it is done, and nothing fails any more. */
  settle(): Promise<void>;
}

/** Enough for whatever came before; each round outlasts a lock. */
const ROUNDS = 12;
const ROUND_MS = 25_000;
const STEPS_AT_MOST = 500;

export type Handle = (message: Message, deps: HandleDeps) => Promise<Handled[]>;

/** What is known of neither Live nor the policy. */
export interface Unknowns extends Switches {
  /** Automatic actions that may be begun within an hour. */
  readonly actionsAnHour: number;
}

export async function createWorld(ledger: Ledger, unknowns: Unknowns, handleMessage: Handle = handle): Promise<World> {
  const { actionsAnHour, ...switches } = unknowns;
  const limits = { ...policy.limits, windowMinutes: 60, total: actionsAnHour };
  let clock = NOON.getTime();
  const now = () => new Date(clock);
  const live = createModelLive(now, switches);
  const account = createAccount({ ledger, live, now, actionsAnHour });
  const running: (Process<unknown> & { name: string })[] = [];
  const letters: Letter[] = [];
  let names = 0;

  async function start(name: string, main: (gate: Gate) => Promise<unknown>): Promise<Process<unknown>> {
    const process = { ...(await startProcess(main)), name };
    running.push(process);
    return process;
  }
  async function step(process: Process<unknown>, fate: Fate): Promise<void> {
    await process.step(fate);
    if (process.next() === undefined) running.splice(running.indexOf(process as (typeof running)[number]), 1);
  }
  const send = (message: Message) => void letters.push({ body: formatMessage(message), taken: false });

  async function work(letter: Letter): Promise<Process<unknown>> {
    const sender: Sender = { name: `worker ${++names}` };
    let holders = 0;
    return start(sender.name, async (gate) => {
      const deps: HandleDeps = {
        ledger: steppedLedger(ledger, gate, sender),
        live: live.actionsOf(sender.name, gate, (call) => account.leaves(call, sender)),
        policy: { ...policy, limits },
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
    async deliver(index) {
      const letter = letters[index];
      if (letter) await work(letter);
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
      for (let round = 0; round < ROUNDS; round++) {
        for (const letter of letters) if (!letter.taken) await work(letter);
        for (let steps = 0; running[0]; steps++) {
          if (steps > STEPS_AT_MOST) throw new Error(`${running[0].name} never ends: ${running[0].next()}`);
          const [process] = running;
          await step(process, "do");
          if (process.next() === undefined) await account.look();
        }
        wait(ROUND_MS);
      }
      for (const { body, taken } of letters) if (!taken) account.neverDone(body);
    },
  };
}

/** Each request is a step; a store fails in fewer ways than Live does. */
function steppedLedger(ledger: Ledger, gate: Gate, sender: Sender): Ledger {
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
    recordDecision: stepped("the decision is written", ledger.recordDecision),
    closeReport: stepped("the report is closed", ledger.closeReport),
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
    endOrder: stepped("the order is ended", ledger.endOrder),
    writeOperatorOrders: stepped("operators' orders are written", ledger.writeOperatorOrders),
    readOperatorOrder: stepped("an operator's order is read", ledger.readOperatorOrder),
    listOperatorOrders: stepped("operators' orders are read", ledger.listOperatorOrders),
    readMode: stepped("the mode is read", async () => {
      const record = await ledger.readMode();
      sender.mode = record.mode;
      sender.frozen = Object.keys(record.frozen ?? {});
      return record;
    }),
    writeMode: stepped("the mode is written", ledger.writeMode),
    writeFreeze: stepped("a source is frozen", ledger.writeFreeze),
    recordUntranslated: stepped("what nobody understood is written", ledger.recordUntranslated),
    openReviews: stepped("the reviews are read", ledger.openReviews),
    readReview: stepped("a review is read", ledger.readReview),
    writeVerdict: stepped("the verdict is written", ledger.writeVerdict),
    endReview: stepped("the review is ended", ledger.endReview),
    addSighting: stepped("what the report says is noted", ledger.addSighting),
    sightings: stepped("what others said is read", ledger.sightings),
    changeTaken: async (change) => {
      // A step of its own, though generic: what it answers is the caller's.
      let taken: { answer: Awaited<ReturnType<typeof change>>["answer"] } | undefined;
      await stepped("a place is taken", async () => {
        taken = { answer: await ledger.changeTaken(change) };
      })();
      if (!taken) throw new Error("no place was asked for");
      return taken.answer;
    },
    readLiveStreams: stepped("the live streams are read", ledger.readLiveStreams),
  };
}

const ledgerFails = (fate: Fate): OffairError => new OffairError("ERR_LEDGER", `the ledger's answer: ${fate}`);

export const reportsMessage = (reports: Report[]): Message => ({ kind: "reports", reports });
