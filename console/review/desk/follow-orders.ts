/** Asks for the outcomes of approvals, one order at a time. */
import { type DeskDeps, REASON, type Store } from "./desk-state.ts";
import { learn, nextOutcome } from "./outcomes.ts";

/** @returns what is called when there is another order. */
export function followOrders(store: Store, { client, clock, later }: DeskDeps): () => void {
  let cancel = (): void => {};
  let isAsking = false;

  function pump(): void {
    cancel();
    cancel = () => {};
    if (isAsking) return;
    const next = nextOutcome(store.get().outcomes);
    if (!next) return;
    if (next.nextMs > clock()) {
      cancel = later(Math.max(50, next.nextMs - clock()), pump);
      return;
    }
    isAsking = true;
    ask(next.orderId)
      .finally(() => {
        isAsking = false;
        pump();
      })
      .catch(() => {});
  }

  async function ask(orderId: string): Promise<void> {
    const reply = await client
      .send({ action: "status", orderId, reason: REASON }, { isPoll: true })
      .catch(() => undefined);
    const results = reply?.isTaken ? reply.answer.results : undefined;
    store.update(({ outcomes }) => ({ outcomes: learn(outcomes, orderId, results, clock()) }));
  }

  return pump;
}
