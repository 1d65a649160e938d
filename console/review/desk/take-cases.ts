/** Fetches cases: the next one early, and one again to hold it for longer. One request at a time, so that each knows what the others got. */
import type { OperatorRequest } from "../../../lib/operator/contract/client-request.ts";
import { ConsoleError } from "../../http/client.ts";
import type { OperatorAnswer } from "../../http/protocol.ts";
import { type DeskDeps, REASON, type Store } from "./desk-state.ts";
import { reportsOf } from "./outbox.ts";
import * as shelves from "./shelf.ts";
import { isFast } from "./tally.ts";
import { type DryRun, dryRunOf } from "./verdicts.ts";

interface CaseTaker {
  /** Fetches until there is a next case, while the desk is open. */
  fill(): Promise<void>;
  /** Holds the case on the screen for five minutes from now. */
  holdFirst(): Promise<void>;
  release(report: string): void;
  askDryRun(report: string): Promise<void>;
}

export function createTaker(store: Store, { client, now, newId }: DeskDeps, isOpen: () => boolean): CaseTaker {
  let last: Promise<unknown> = Promise.resolve();
  let fills = 0;
  const releasing = new Set<{ readonly report: string; readonly answered: Promise<unknown> }>();

  /** Behind the request before. */
  function inTurn<T>(act: () => Promise<T>): Promise<T> {
    const turn = last.then(act, act);
    last = turn.catch(() => {});
    return turn;
  }

  async function nextCase(except?: string): Promise<shelves.HeldCase | undefined> {
    const skipList = (): string[] => shelves.skipList(store.get().shelf, reportsOf(store.get().outbox), except);
    store.update(() => ({ isFetching: true }));
    try {
      await released(skipList());
      const skip = skipList();
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
    if (!find(key)) return;
    const again = await nextCase(key);
    const isSame = again !== undefined && shelves.keyOf(again) === key;
    const there = find(key);
    const tell = (kind: "held" | "lost") =>
      store.update(({ event }) => ({ event: { kind, count: (event?.count ?? 0) + 1 } }));
    if (isSame && there) {
      store.update(({ shelf }) => ({ shelf: shelves.put(shelf, { ...again, dryRun: there.dryRun }) }));
      tell("held");
    } else if (isSame)
      release(key); // skipped meanwhile
    else {
      // The person may be in the middle of a sentence on it: it stays on the screen.
      if (there) lose(there);
      if (there && isFirst(key)) tell("lost");
      if (again) takeNext(again);
    }
    await fillOnce();
  }

  const find = (key: string) => store.get().shelf.cases.find((each) => shelves.keyOf(each) === key);
  const isFirst = (key: string): boolean => store.get().shelf.cases[0]?.shown.key === key;

  const lose = ({ shown: { key } }: shelves.HeldCase): void =>
    store.update(({ shelf }) => ({
      shelf: isFirst(key)
        ? shelves.change(shelf, key, (held) => ({ ...held, shown: shelves.notHeld(held.shown) }))
        : shelves.takeOut(shelf, key),
    }));

  function takeNext(next: shelves.HeldCase): void {
    const key = shelves.keyOf(next);
    if (!shelves.wantsMore(store.get().shelf, true)) {
      release(key);
      return;
    }
    store.update(({ shelf }) => ({ shelf: shelves.putNext(shelf, next) }));
    askDryRun(key).catch(() => {});
  }

  const setDryRun = (key: string, dryRun: DryRun): void =>
    store.update(({ shelf }) => ({ shelf: shelves.change(shelf, key, (held) => ({ ...held, dryRun })) }));

  async function askDryRun(key: string): Promise<void> {
    const held = find(key);
    if (!held || dryRunOf(held.shown) === undefined) return;
    setDryRun(key, { state: "asking" });
    setDryRun(key, await dryRun(held.shown, client));
  }

  /** If it fails, the hold ends by itself. */
  function release(report: string): void {
    const answer = client.send({ action: "release", report, reason: REASON }, { id: newId(), keepalive: true });
    const one = { report, answered: answer.catch(() => {}).finally(() => releasing.delete(one)) };
    releasing.add(one);
  }

  /** A case is not handed out while its hold is being ended: the hold of then would end. */
  async function released(skip: readonly string[]): Promise<void> {
    const open = [...releasing].filter(({ report }) => !skip.includes(report));
    await Promise.all(open.map(({ answered }) => answered));
  }

  return {
    async fill() {
      fills += 1;
      await inTurn(fillOnce).catch(() => {}); // the state has the failure
      fills -= 1;
      // What the person asked for did not come: a case that comes later comes by itself.
      if (fills === 0) store.update(() => ({ isAsked: false }));
    },
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
