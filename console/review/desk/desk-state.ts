/** What a person's desk has: the cases that are held, the decisions that are not answered yet, and what became of the others. */
import type { OperatorResponse } from "../../../lib/operator/contract/response-schema.ts";
import type { Client, ConsoleError } from "../../http/client.ts";
import type { Entry, Outbox } from "./outbox.ts";
import type { Outcomes } from "./outcomes.ts";
import { EMPTY, type Shelf } from "./shelf.ts";
import { NO_TALLY, type Tally } from "./tally.ts";
import type { Verdict } from "./verdicts.ts";

/** A decision that was not taken as it was made. */
export interface Returned {
  readonly entry: Entry;
  /**
   * `refused`: the deployment did nothing. `already`: the case had the same verdict before. `unsent`: it is approved, but its order may not
   * be queued. `failed`: the request was not accepted.
   */
  readonly kind: "refused" | "already" | "unsent" | "failed";
  readonly message: string;
  /** The verdict that the case has. */
  readonly verdict: OperatorResponse["verdict"];
  readonly maybeDone: boolean;
}

export interface DeskState {
  readonly shelf: Shelf;
  readonly outbox: Outbox;
  readonly returned: readonly Returned[];
  readonly outcomes: Outcomes;
  readonly tally: Tally;
  /** The reason given last, by verdict. */
  readonly reasons: Readonly<Partial<Record<Verdict, string>>>;
  readonly isFetching: boolean;
  /** Why there is no next case. */
  readonly noCase: OperatorResponse["noCase"];
  readonly failure: ConsoleError | undefined;
  /** This person, as the gateway names them. Known from the first case that was handed out. */
  readonly self: string | undefined;
  /** What the desk did by itself to the case on the screen. */
  readonly event: { readonly kind: "held" | "lost"; readonly count: number } | undefined;
  /** The person did something after which another case is shown. */
  readonly isAsked: boolean;
  /** What is on the screen came by an act of the person, and not by itself: see guard.ts. */
  readonly isOwn: boolean;
}

const NEW_DESK: DeskState = {
  shelf: EMPTY,
  outbox: [],
  returned: [],
  outcomes: [],
  tally: NO_TALLY,
  reasons: {},
  isFetching: false,
  noCase: undefined,
  failure: undefined,
  self: undefined,
  event: undefined,
  isAsked: false,
  isOwn: true,
};

export interface Store {
  readonly get: () => DeskState;
  readonly update: (change: (state: DeskState) => Partial<DeskState>) => void;
  readonly subscribe: (listener: () => void) => () => void;
}

export function createStore(): Store {
  let state = NEW_DESK;
  const listeners = new Set<() => void>();
  return {
    get: () => state,
    update(change) {
      state = afterChange(state, { ...state, ...change(state) });
      for (const listener of listeners) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** An act of the person brings one case, at once or as soon as it is fetched. */
function afterChange(before: DeskState, after: DeskState): DeskState {
  const [first] = after.shelf.cases;
  if (first?.shown.key === before.shelf.cases[0]?.shown.key) return after;
  return { ...after, isOwn: after.isAsked, isAsked: after.isAsked && first === undefined };
}

export interface DeskDeps {
  readonly client: Pick<Client, "send">;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Milliseconds that only grow, whatever happens to the computer's time. */
  readonly clock: () => number;
  readonly newId: () => string;
  /** @returns what cancels it. */
  readonly later: (ms: number, act: () => void) => () => void;
}

/** The reason of requests for which nobody types one. */
export const REASON = "offair console";
