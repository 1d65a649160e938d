/** The state of a plan, a batch or a request, and what a person can do about it. Pure. */
import { isWell } from "../../lib/operator/contract/response.ts";
import type {
  BatchProgress,
  OrderRow,
  PlanResponse,
  ResultOutcome,
} from "../../lib/operator/contract/response-schema.ts";

export type State = OrderRow["state"];

interface Known {
  /** As `plans` lists it, if it does. */
  readonly row: OrderRow | undefined;
  /** The latest progress. Absent: it is a request of up to ten streams, or altered. */
  readonly batch: BatchProgress | undefined;
  /** Of a plan that is not applied. */
  readonly plan: PlanResponse | undefined;
}

/** The progress is newer than the row, which alone knows an undo and an altered plan. */
export function stateOf({ row, batch, plan }: Known): State | undefined {
  if (!batch || row?.state === "altered" || row?.state === "undone") return row?.state;
  if (batch.state !== "planned") return batch.state;
  const needsApproval = plan ? plan.approvalThreshold.needsApproval.length > 0 : row?.state === "waiting-for-approval";
  return needsApproval && batch.approvedBy === undefined ? "waiting-for-approval" : "ready";
}

export type Act = "approve" | "apply" | "cancel" | "undo" | "resume";

interface Acted {
  readonly state: State | undefined;
  readonly action: string | undefined;
  readonly kind: OrderRow["kind"] | undefined;
  readonly isApplied: boolean;
  /** By a second person. */
  readonly isApproved?: boolean;
  readonly resumeTime: string | undefined;
  /** Of a plan of verdicts: cases still wait, because applying it was interrupted. */
  readonly hasOpenCases?: boolean;
}

/** The likeliest first. Only a disable that is not over can be undone. */
export function actsOf(
  { state, action, kind, isApplied, isApproved = false, resumeTime, hasOpenCases = false }: Acted,
  nowMs: number,
): readonly Act[] {
  const isLasting = action === "disable" && !(Date.parse(resumeTime ?? "") <= nowMs);
  const undo: readonly Act[] = isLasting ? ["undo"] : [];
  switch (state) {
    case "waiting-for-approval":
      return ["approve", "cancel"];
    case "ready":
      return isApproved ? ["apply", "cancel"] : ["apply", "cancel", "approve"]; // what one person did before may make it need one
    case "running":
      return ["cancel", ...undo, ...(kind === "plan" ? (["resume"] as const) : [])];
    case "altered":
      return ["cancel"];
    case "cancelling":
    case "done":
      return hasOpenCases ? ["resume", ...undo] : undo;
    case "cancelled":
      return isApplied || kind === "request" ? undo : [];
    default:
      return [];
  }
}

export const isMoving = (state: string | undefined): boolean => state === "running" || state === "cancelling";

/** What did not succeed, except what was not sent because the batch was cancelled. */
export const failuresOf = ({ outcomes }: Pick<BatchProgress, "outcomes">): number =>
  Object.entries(outcomes).reduce((sum, [name, n]) => (isWell(name as ResultOutcome) ? sum : sum + n), 0);

/** What another person did since `before`, so that the later one of two is told. */
export function doneByOthers(
  before: BatchProgress,
  after: BatchProgress,
): readonly ["approved" | "applied" | "cancelled", string][] {
  const told: ["approved" | "applied" | "cancelled", string][] = [];
  for (const what of ["approved", "applied", "cancelled"] as const) {
    const who = after[`${what}By`];
    if (who !== undefined && who !== before[`${what}By`]) told.push([what, who]);
  }
  return told;
}
