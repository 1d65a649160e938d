/** What the incident function answers, whatever it was asked. */
import { OffairError } from "../errors.ts";
import type { Fault } from "../faults.ts";
import type { Stream } from "../stream.ts";
import type { Explained } from "./incident-explain.ts";
import type { ReviewRow } from "./incident-review.ts";
import type { ModeRecord, Verdict } from "./ledger.ts";
import type { Action, Outcome } from "./order.ts";
import type { OrderSummary } from "./order-summary.ts";

/** `planned`: a dry run. `ordered`: on its way; ask `status` with the order id. */
export type ResultOutcome = Outcome | "planned" | "ordered";

export interface Result {
  readonly stream: Stream;
  /** Of a planned approval, which need not name it. */
  readonly action?: Action;
  readonly outcome?: ResultOutcome;
  readonly orderNumber?: number;
  readonly resumeTime?: string | null;
  readonly requestId?: string;
  readonly error?: string;
  /** On whose word, and why: from the ledger; null where it knows nothing of this stream being off. */
  readonly order?: OrderSummary | null;
  readonly orders?: readonly OrderSummary[];
}

export interface IncidentAnswer {
  readonly ok: boolean;
  readonly results: readonly Result[];
  readonly errors: readonly Fault[];
  readonly orderId?: string;
  readonly dryRun?: boolean;
  readonly mode?: ModeRecord;
  /** What Live says it has, an ingest domain each. */
  readonly totals?: Readonly<Record<string, number>>;
  /** More is off than one answer holds. */
  readonly truncated?: boolean;
  /** What waits for a person, oldest first; or the one that a verdict was asked for. */
  readonly reviews?: readonly ReviewRow[];
  /** More waits: ask again with `after`. */
  readonly next?: string;
  /** The verdict that the report has now, whoever gave it. */
  readonly verdict?: Verdict;
  readonly explanation?: Explained;
}

/** An event may be wrong in more places than an answer can list. */
const MAX_FAULTS = 100;

export const refused = (errors: readonly Fault[]): IncidentAnswer => ({
  ok: false,
  results: [],
  errors: errors.slice(0, MAX_FAULTS),
});

/** What the person asked for is not so, or not known to be so. */
const CAME_TO_NOTHING: ReadonlySet<ResultOutcome> = new Set(["failed", "refused", "unknown", "superseded", "parked"]);

export const allWell = (results: readonly Result[]): boolean =>
  !results.some(({ outcome }) => outcome !== undefined && CAME_TO_NOTHING.has(outcome));

/** The text of what is unforeseen may hold anything, so it is not shown. */
export const codeOf = (failure: unknown): string => (failure instanceof OffairError ? failure.code : "ERR_UNFORESEEN");
