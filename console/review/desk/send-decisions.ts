/** Sends the decisions when their time is over, and takes in the answers. */
import { definedOnly } from "../../../lib/core/defined-only.ts";
import type { OperatorRequest } from "../../../lib/operator/contract/client-request.ts";
import { ConsoleError } from "../../http/client.ts";
import type { OperatorAnswer } from "../../http/protocol.ts";
import type { DeskDeps, Returned, Store } from "./desk-state.ts";
import * as outbox from "./outbox.ts";
import { follow } from "./outcomes.ts";
import { countIn, countOut } from "./tally.ts";

export interface DecisionSender {
  decide(made: Omit<Parameters<typeof outbox.decide>[1], "id">): void;
  /** @returns the decision that was taken back. */
  undo(): outbox.Entry | undefined;
  /** Of a decision that was returned. */
  sendAgain(id: string): void;
  dismiss(id: string): void;
  /** The page closes. */
  sendAll(): void;
}

export function createSender(store: Store, deps: DeskDeps, onFollowed: () => void): DecisionSender {
  const { client, clock, now, newId, later } = deps;
  let cancel = (): void => {};

  function pump(): void {
    cancel();
    for (const entry of outbox.dueNow(store.get().outbox, clock())) send(entry).catch(() => {});
    const dueMs = outbox.nextDueMs(store.get().outbox);
    cancel = dueMs === undefined ? () => {} : later(Math.max(50, dueMs - clock()), pump);
  }

  async function send(entry: outbox.Entry): Promise<void> {
    const { id } = entry;
    store.update((state) => ({ outbox: outbox.sending(state.outbox, id) }));
    try {
      // Sent all the same if the page closes.
      const isPoll = entry.attempts > 0; // nobody presses a key for another attempt
      take(entry, await client.send(requestOf(entry), { id, isPoll, keepalive: true }));
    } catch (error) {
      const failure = error instanceof ConsoleError ? error : new ConsoleError("unreachable", String(error));
      if (failure.kind === "invalid" || failure.kind === "failed")
        giveBack(entry, { kind: "failed", message: failure.message, verdict: undefined, maybeDone: failure.maybeDone });
      else store.update((state) => ({ outbox: outbox.unanswered(state.outbox, id, failure.message, clock()) }));
    }
    pump();
  }

  function take(entry: outbox.Entry, { answer, isTaken }: OperatorAnswer): void {
    const { verdict, errors, orderId } = answer;
    const message = errors.map((each) => each.message).join("; ");
    if (!isTaken || errors.length > 0) {
      const kind = orderId === undefined ? "refused" : "unsent";
      giveBack(entry, { kind, message, verdict, maybeDone: false });
      return;
    }
    // The same verdict of this person, given before in another tab or by the command: the deployment answers as if it were this one.
    if (verdict && verdict.reason !== entry.decision.reason) {
      giveBack(entry, { kind: "already", message: "", verdict, maybeDone: false });
      return;
    }
    store.update((state) => ({
      outbox: outbox.answered(state.outbox, entry.id),
      outcomes: follow(state.outcomes, entry.shown, answer, clock()),
    }));
    onFollowed();
  }

  const giveBack = (entry: outbox.Entry, why: Omit<Returned, "entry">): void =>
    store.update((state) => ({
      outbox: outbox.answered(state.outbox, entry.id),
      returned: [...state.returned.filter((each) => each.entry.id !== entry.id), { entry, ...why }],
      tally: countOut(state.tally, entry.id),
    }));

  const enqueue = (made: Parameters<typeof outbox.decide>[1], fromMs: number): void =>
    store.update((state) => ({
      outbox: outbox.decide(state.outbox, made, fromMs),
      tally: countIn(state.tally, { id: made.id, verdict: made.decision.verdict, atMs: now() }),
    }));

  const forget = (id: string): void =>
    store.update((state) => ({ returned: state.returned.filter(({ entry }) => entry.id !== id) }));

  return {
    decide(made) {
      enqueue({ ...made, id: newId() }, clock());
      store.update(({ reasons }) => ({ reasons: { ...reasons, [made.decision.verdict]: made.decision.reason } }));
      pump();
    },
    undo() {
      const last = outbox.undoable(store.get().outbox);
      if (!last) return undefined;
      store.update((state) => ({
        outbox: outbox.undo(state.outbox, last.id).outbox,
        tally: countOut(state.tally, last.id),
      }));
      pump();
      return last;
    },
    sendAgain(id) {
      const back = store.get().returned.find(({ entry }) => entry.id === id);
      if (!back) return;
      forget(id);
      // An answer is kept for its id, so that another attempt needs another id.
      enqueue({ ...back.entry, id: back.kind === "failed" ? id : newId() }, clock() - outbox.UNDO_MS);
      pump();
    },
    dismiss: forget,
    sendAll() {
      for (const entry of store.get().outbox) if (entry.state !== "sending") send(entry).catch(() => {});
    },
  };
}

function requestOf({
  shown: { key: report },
  decision: { verdict, reason, as, hours, shorten, because },
}: outbox.Entry) {
  const wait = verdict === "approve" ? false : undefined; // the outcome is followed
  const request = {
    action: "review",
    report,
    verdict,
    reason,
    as,
    hours,
    shorten,
    because,
    dryRun: false,
    wait,
  } as const;
  return definedOnly(request) as OperatorRequest;
}
