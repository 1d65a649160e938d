/** A store whose requests fail when the caller says so: before they are carried out, or after, so that only their answers are lost. */
import { OffairError } from "../../lib/core/errors.ts";
import type { LoggedEvent } from "../../lib/events/event.ts";
import type { NotifyStore } from "../../lib/notify/stores.ts";

/** `lost`: the request is carried out, and its caller gets an error all the same. */
export type Fault = "none" | "failed" | "lost";

/** @param faultOf - asked at every request. It may also reject, or never settle, as of a process that was killed. */
export function withFaults(
  store: NotifyStore,
  faultOf: (method: keyof NotifyStore, args: readonly unknown[]) => Fault | Promise<Fault>,
): NotifyStore {
  const failure = () => new OffairError("ERR_LEDGER", "the ledger cannot be reached");
  const faulty =
    <Args extends readonly unknown[], Answer>(method: keyof NotifyStore, request: (...args: Args) => Promise<Answer>) =>
    async (...args: Args): Promise<Answer> => {
      const fault = await faultOf(method, args);
      if (fault === "failed") throw failure();
      const answer = await request(...args);
      if (fault === "lost") throw failure();
      return answer;
    };
  return {
    listDue: faulty("listDue", store.listDue),
    readOutbox: faulty("readOutbox", store.readOutbox),
    removeFromOutbox: faulty("removeFromOutbox", store.removeFromOutbox),
    tail: faulty("tail", store.tail),
    after: faulty("after", store.after),
    append: faulty("append", store.append),
    async *readByTime(since, until): AsyncGenerator<LoggedEvent> {
      if ((await faultOf("readByTime", [since, until])) !== "none") throw failure();
      yield* store.readByTime(since, until);
    },
    lockDelivery: faulty("lockDelivery", store.lockDelivery),
    writeDelivery: faulty("writeDelivery", store.writeDelivery),
    unlockDelivery: faulty("unlockDelivery", store.unlockDelivery),
    readDelivery: faulty("readDelivery", store.readDelivery),
    listFailing: faulty("listFailing", store.listFailing),
    readSubscriber: faulty("readSubscriber", store.readSubscriber),
    replaceSubscriber: faulty("replaceSubscriber", store.replaceSubscriber),
    listSubscribers: faulty("listSubscribers", store.listSubscribers),
    addGivenUp: faulty("addGivenUp", store.addGivenUp),
    listGivenUp: faulty("listGivenUp", store.listGivenUp),
    addReplay: faulty("addReplay", store.addReplay),
    readReplay: faulty("readReplay", store.readReplay),
    listReplays: faulty("listReplays", store.listReplays),
    replaceReplay: faulty("replaceReplay", store.replaceReplay),
  };
}
