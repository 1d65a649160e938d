/** The desk of a person: hands out cases, sends decisions, and follows what became of them. It outlives the page that shows it. */
import { MINUTE_MS, SECOND_MS } from "../../../lib/core/time.ts";
import type { ReviewCase } from "../../../lib/operator/contract/response-schema.ts";
import { ConsoleError } from "../../http/client.ts";
import { createStore, type DeskDeps, type DeskState, REASON } from "./desk-state.ts";
import { followOrders } from "./follow-orders.ts";
import type { Entry } from "./outbox.ts";
import { dismissOutcome } from "./outcomes.ts";
import { createSender, type DecisionSender } from "./send-decisions.ts";
import * as shelves from "./shelf.ts";
import { createTaker } from "./take-cases.ts";
import type { Decision } from "./verdicts.ts";

/** The hold of the case on the screen is prolonged from then on, while the person is active. */
const HOLD_AGAIN_MS = 2 * MINUTE_MS;
/** A case that was fetched so long ago is read again when it is shown. */
const STALE_MS = MINUTE_MS;
const BETWEEN_HOLDS_MS = 10 * SECOND_MS;

export interface Desk extends Pick<DecisionSender, "sendAgain" | "dismiss"> {
  readonly state: () => DeskState;
  readonly subscribe: (listener: () => void) => () => void;
  /** Hands out cases from now on. */
  open(): void;
  /** Gives back what this person has. Decisions are sent as before. */
  close(): void;
  lookAgain(): void;
  decide(shown: ReviewCase, decision: Decision): void;
  /** Takes the latest decision back that was not sent. @returns it. */
  undo(): Entry | undefined;
  /** Of the case on the screen. */
  skip(): void;
  release(report: string): void;
  holdFirst(): void;
  askDryRun(report: string): void;
  /** @throws ConsoleError */
  note(report: string, text: string, id: string): Promise<ReviewCase | undefined>;
  /** The case stays where it is until `leaveToOthers`. @throws ConsoleError */
  secondOpinion(report: string, reason: string, id: string): Promise<void>;
  /** Of a case that this person may not decide any more. */
  leaveToOthers(report: string): void;
  /** Called every second. @param isActive - whether the person has done anything for a minute. */
  tick(isActive: boolean): void;
  remindLater(): void;
  dismissOutcome(orderId: string): void;
  /** The page closes: decisions are sent at once, and cases are given back. */
  leave(): void;
}

export function createDesk(deps: DeskDeps): Desk {
  const store = createStore();
  let isOpen = false;
  let heldAgainAt = Number.NEGATIVE_INFINITY;
  const follower = followOrders(store, deps);
  const sender = createSender(store, deps, follower);
  const taker = createTaker(store, deps, () => isOpen);
  const fill = (): void => void taker.fill();

  function look(): void {
    store.update(() => ({ isAsked: true }));
    fill();
  }

  /** What was on the screen is gone: the next case is there already, or is fetched. */
  function goOn(): void {
    const [first] = store.get().shelf.cases;
    if (first && deps.now() - first.readAtMs > STALE_MS) holdFirst();
    fill();
  }

  function holdFirst(): void {
    heldAgainAt = deps.clock();
    void taker.holdFirst();
  }

  function giveBack(): void {
    for (const held of store.get().shelf.cases) taker.release(shelves.keyOf(held));
    store.update(({ shelf }) => ({ shelf: { ...shelf, cases: [] } }));
  }

  /** By an act of the person. */
  const takeOut = (key: string): void =>
    store.update(({ shelf }) => ({ shelf: shelves.takeOut(shelf, key), isAsked: true }));

  /** A change of the case was answered with what it is now. */
  function renew(answered: ReviewCase | undefined): void {
    if (!answered) return;
    const { self } = store.get();
    const isOwn = answered.holder?.by === self;
    const shown = isOwn ? answered : shelves.notHeld(answered);
    const renewed = { shown, readAtMs: deps.now() };
    store.update(({ shelf }) => ({
      shelf: shelves.change(shelf, shown.key, (held) => ({ ...held, ...renewed })),
    }));
  }

  /** @throws ConsoleError with what the deployment says. */
  async function ask(request: Parameters<DeskDeps["client"]["send"]>[0], id: string) {
    const { answer, isTaken } = await deps.client.send(request, { id });
    if (isTaken) return answer;
    throw new ConsoleError("failed", answer.errors.map(({ message }) => message).join("; "));
  }

  return {
    ...{ state: store.get, subscribe: store.subscribe },
    ...{ sendAgain: sender.sendAgain, dismiss: sender.dismiss, holdFirst, release: taker.release },
    open() {
      isOpen = true;
      look();
    },
    lookAgain: look,
    close() {
      isOpen = false;
      giveBack();
    },
    decide(shown, decision) {
      const held = store.get().shelf.cases.find((each) => shelves.keyOf(each) === shown.key);
      takeOut(shown.key);
      sender.decide({ shown, decision, ...(held && { held }) });
      goOn();
    },
    undo() {
      const undone = sender.undo();
      if (!undone) return undefined;
      const { held } = undone;
      if (!held) return undone;
      store.update(({ shelf }) => ({ shelf: shelves.putFirst(shelf, held), isAsked: true }));
      const isKnown = held.dryRun.state === "known" || held.dryRun.state === "refused";
      if (!isKnown) void taker.askDryRun(shelves.keyOf(held)); // the answer came while it was not there
      return undone;
    },
    skip() {
      const [first] = store.get().shelf.cases;
      if (!first) return;
      const key = shelves.keyOf(first);
      store.update(({ shelf, tally }) => ({
        ...{ shelf: shelves.skip(shelf, key), isAsked: true },
        tally: { ...tally, skipped: tally.skipped + 1 },
      }));
      taker.release(key);
      goOn();
    },
    askDryRun: (report) => void taker.askDryRun(report),
    async note(report, text, id) {
      const { case: shown } = await ask({ action: "note", report, text, reason: REASON }, id);
      renew(shown);
      return shown;
    },
    async secondOpinion(report, reason, id) {
      const { case: shown } = await ask({ action: "second-opinion", report, reason }, id);
      store.update(({ tally }) => ({ tally: { ...tally, opinions: tally.opinions + 1 } }));
      renew(shown);
    },
    leaveToOthers(report) {
      takeOut(report);
      goOn();
    },
    tick(isActive) {
      const { shelf, isFetching, failure } = store.get();
      const [first] = shelf.cases;
      if (!isOpen || !isActive || isFetching || deps.clock() - heldAgainAt < BETWEEN_HOLDS_MS) return;
      if (!first && failure) {
        heldAgainAt = deps.clock();
        fill();
      }
      // A hold that is lost is asked for again by the person: each time may bring another case.
      const leftMs = first && shelves.holdLeftMs(first, deps.now());
      if (leftMs !== undefined && leftMs < HOLD_AGAIN_MS) holdFirst();
    },
    remindLater: () => store.update(({ tally }) => ({ tally: { ...tally, remindedAtMs: deps.now() } })),
    dismissOutcome: (orderId) => store.update((state) => ({ outcomes: dismissOutcome(state.outcomes, orderId) })),
    leave() {
      isOpen = false; // a page that is restored opens it again
      sender.sendAll();
      giveBack();
    },
  };
}
