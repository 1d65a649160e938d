/** Fetches cases: the next one early, and one again to hold it for longer. One request at a time, so that each knows what the others got. */
import type { OperatorRequest } from "../../../lib/operator/contract/client-request.ts";
import { ConsoleError } from "../../http/client.ts";
import type { OperatorAnswer } from "../../http/protocol.ts";
import { type DeskDeps, REASON, type Store } from "./desk-state.ts";
import { reportsOf } from "./outbox.ts";
import * as shelves from "./shelf.ts";
import { isFast } from "./tally.ts";
import { type DryRun, dryRunOf } from "./verdicts.ts";

export interface CaseTaker {
  /** Fetches until there is a next case, while the desk is open. */
  fill(): Promise<void>;
  /** Holds the case on the screen for five minutes from now. */
  holdFirst(): Promise<void>;
  release(report: string): void;
  askDryRun(report: string): Promise<void>;
}

export function createTaker(store: Store, { client, now, newId }: DeskDeps, isOpen: () => boolean): CaseTaker {
  let last: Promise<unknown> = Promise.resolve();

  /** Behind the request before. */
  function inTurn<T>(act: () => Promise<T>): Promise<T> {
    const turn = last.then(act, act);
    last = turn.catch(() => {});
    return turn;
  }

  async function nextCase(except?: string): Promise<shelves.HeldCase | undefined> {
    const { shelf, outbox } = store.get();
    store.update(() => ({ isFetching: true }));
    try {
      const skip = shelves.skipList(shelf, reportsOf(outbox), except);
      const reply = await client.send({ action: "next-case", reason: REASON, skip }, { id: newId() });
      store.update(() => ({ failure: undefined }));
      return takeIn(reply);
    } catch (error) {
      const failure = error instanceof ConsoleError ? error : new ConsoleError("failed", String(error));
      store.update(() => ({ failure }));
      throw failure;
    } finally {
      store.update(() => ({ isFetching: false }));
    }
  }

  /** @throws ConsoleError if the deployment refused the request. */
  function takeIn({ answer, isTaken, aheadMs = 0 }: OperatorAnswer): shelves.HeldCase | undefined {
    if (!isTaken) throw new ConsoleError("failed", answer.errors.map(({ message }) => message).join("; "));
    const { case: shown, noCase } = answer;
    store.update(() => ({ noCase: shown ? undefined : noCase }));
    if (!shown) return undefined;
    if (shown.holder) store.update(() => ({ self: shown.holder?.by }));
    if (!isOpen()) {
      release(shown.key);
      return undefined;
    }
    if (reportsOf(store.get().outbox).includes(shown.key)) return undefined; // decided meanwhile
    return { shown, readAtMs: now(), aheadMs, dryRun: { state: "none" } };
  }

  async function fillOnce(): Promise<void> {
    while (isOpen() && shelves.wantsMore(store.get().shelf, isFast(store.get().tally))) {
      const next = await nextCase();
      if (!next) return;
      store.update(({ shelf }) => ({ shelf: shelves.put(shelf, next) }));
      askDryRun(next.shown.key).catch(() => {});
    }
  }

  async function hold(key: string): Promise<void> {
    if (!store.get().shelf.cases.some((each) => shelves.keyOf(each) === key)) return;
    const again = await nextCase(key);
    const isSame = again !== undefined && shelves.keyOf(again) === key;
    store.update(({ shelf, event }) => {
      const there = shelf.cases.find((each) => shelves.keyOf(each) === key);
      // Decided meanwhile: nothing is to be told.
      if (!there) return again && !isSame ? { shelf: shelves.put(shelf, again) } : {};
      const told = (kind: "held" | "lost" | "gone") => ({ event: { kind, count: (event?.count ?? 0) + 1 } });
      if (isSame) return { ...told("held"), shelf: shelves.put(shelf, { ...again, dryRun: there.dryRun }) };
      const rest = shelves.takeOut(shelf, key);
      return again ? { ...told("lost"), shelf: shelves.putFirst(rest, again) } : { ...told("gone"), shelf: rest };
    });
    if (again && !isSame) askDryRun(again.shown.key).catch(() => {});
    await fillOnce();
  }

  const setDryRun = (key: string, dryRun: DryRun): void =>
    store.update(({ shelf }) => ({ shelf: shelves.change(shelf, key, (held) => ({ ...held, dryRun })) }));

  async function askDryRun(key: string): Promise<void> {
    const held = store.get().shelf.cases.find((each) => shelves.keyOf(each) === key);
    if (!held || dryRunOf(held.shown) === undefined) return;
    setDryRun(key, { state: "asking" });
    setDryRun(key, await dryRun(held.shown, client));
  }

  /** If it fails, the hold ends by itself. */
  function release(report: string): void {
    client.send({ action: "release", report, reason: REASON }, { id: newId(), keepalive: true }).catch(() => {});
  }

  return {
    fill: () => inTurn(fillOnce).catch(() => {}), // the state has the failure
    async holdFirst() {
      const [first] = store.get().shelf.cases;
      if (first) await inTurn(() => hold(shelves.keyOf(first))).catch(() => {});
    },
    release,
    askDryRun,
  };
}

/** What an approval would do. Never throws: a failure is an answer too. */
export async function dryRun(
  shown: shelves.HeldCase["shown"],
  client: Pick<DeskDeps["client"], "send">,
): Promise<DryRun> {
  const wanted = dryRunOf(shown);
  if (!wanted) return { state: "none" };
  const request = { action: "review", report: shown.key, verdict: "approve", reason: REASON, dryRun: true } as const;
  try {
    const { answer, isTaken } = await client.send({ ...request, ...wanted } as OperatorRequest);
    const [planned] = answer.results;
    if (isTaken && planned) return { state: "known", planned, isListKnown: answer.alreadyOffKnown !== false };
    return { state: "refused", message: answer.errors.map(({ message }) => message).join("; ") };
  } catch (error) {
    return { state: "failed", message: error instanceof Error ? error.message : String(error) };
  }
}
