/** Asks for the outcomes of approvals, one order at a time. */
import { type DeskDeps, REASON, type Store } from "./desk-state.ts";
import { dueOutcome, learn, nextOutcomeMs } from "./outcomes.ts";

/** @returns what is called when there is another order. */
export function followOrders(store: Store, { client, clock, later }: DeskDeps): () => void {
  let cancel = (): void => {};
  let isAsking = false;

  function pump(): void {
    cancel();
    cancel = () => {};
    if (isAsking) return;
    const due = dueOutcome(store.get().outcomes, clock());
    if (due) {
      isAsking = true;
      ask(due.orderId)
        .finally(() => {
          isAsking = false;
          pump();
        })
        .catch(() => {});
      return;
    }
    const nextMs = nextOutcomeMs(store.get().outcomes);
    if (nextMs !== undefined) cancel = later(Math.max(50, nextMs - clock()), pump);
  }

  async function ask(orderId: string): Promise<void> {
    const reply = await client
      .send({ action: "status", orderId, reason: REASON }, { isPoll: true })
      .catch(() => undefined);
    const result = reply?.isTaken ? reply.answer.results[0] : undefined;
    store.update(({ outcomes }) => ({ outcomes: learn(outcomes, orderId, result, clock()) }));
  }

  return pump;
}
