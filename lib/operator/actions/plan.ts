/** `plan`: makes a plan of named streams, or of the live streams that match a selector. It changes no stream. */
import { definedOnly } from "../../core/defined-only.ts";
import type { Stream } from "../../core/stream.ts";
import { resumeTimeAfter } from "../../core/time.ts";
import { addUnreadable, type UnreadableRows } from "../../orders/live-lists.ts";
import { NOTHING_LOOKED_AT, readOffNow } from "../../plans/disabled-now.ts";
import { MAX_PLAN_STREAMS } from "../../plans/plan.ts";
import { type Selected, type Selector, select } from "../../plans/selector.ts";
import { inScope, type Policy } from "../../policy/policy.ts";
import { DEFAULT_DISABLE_HOURS } from "../contract/limits.ts";
import type { EventOf } from "../contract/request.ts";
import { refused, refusedAt } from "../contract/response.ts";
import type { OperatorResponse } from "../contract/response-schema.ts";
import { withLedger } from "./current-ends.ts";
import type { Uses } from "./deps.ts";
import { outsideScope, readOnline } from "./list-live.ts";
import { type PlanDeps, partition, savePlan } from "./save-plan.ts";
import { showMadePlan } from "./show-plan.ts";

export async function makePlan(
  event: EventOf<"plan">,
  deps: PlanDeps & Uses<"listOnline" | "listDisabled">,
): Promise<OperatorResponse> {
  const { streams, selector, wanted: action, hours = DEFAULT_DISABLE_HOURS, reason, requestedBy } = event;
  const { policy, listDisabled } = deps;
  const made = await showMadePlan(deps);
  if (made) return made;
  const issue = selector && outsideScope(selector, policy);
  if (issue) return refused([issue]);
  const domains = selector ? [selector.domain] : domainsInScope(streams ?? [], policy);
  const [found, listed] = await Promise.all([
    selector ? findLive(selector, deps) : { candidates: streams ?? [], skipped: [] },
    action === "enable" ? NOTHING_LOOKED_AT : readOffNow(domains, { app: selector?.app }, listDisabled),
  ]);
  if ("refused" in found) return found.refused;
  const off = action === "disable" ? await withLedger(listed, found.candidates, deps) : listed;
  const request = {
    action,
    reason,
    requestedBy,
    ...(selector && { selector }),
    ...(action === "disable" && { resumeTime: resumeTimeAfter(deps.attempt.at, hours) }),
  };
  const undocumentedNames = selector !== undefined || event.undocumentedNames; // a live stream has its name
  const wanted = { ...request, overrideProtected: event.overrideProtected, undocumentedNames, off };
  const sorted = partition(found.candidates, wanted, policy);
  if (sorted.streams.length > MAX_PLAN_STREAMS) return refusedAt("", tooMany(sorted.streams.length));
  const { candidates, skipped, ...compared } = found;
  const details = { ...compared, ...sorted, skipped: [...sorted.skipped, ...skipped], alreadyOffKnown: off.isWhole };
  return savePlan(request, details, deps);
}

/** The ingest domains of the streams in scope. */
const domainsInScope = (streams: readonly Stream[], policy: Policy): string[] => [
  ...new Set(streams.filter((stream) => inScope(stream, policy)).map(({ domain }) => domain)),
];

/** Refuses an incomplete list: the plan would not show which streams are missing. Rows that cannot be read are named beside the plan. */
async function findLive(
  selector: Selector,
  { listOnline }: Uses<"listOnline">,
): Promise<(Selected & { readonly unreadable?: UnreadableRows }) | { readonly refused: OperatorResponse }> {
  const online = await readOnline(selector, listOnline);
  if ("failure" in online) {
    const message = `${online.failure}, so no plan was made: try again, narrow it by app, or name the streams`;
    return { refused: refusedAt("/selector", message) };
  }
  const unreadable = addUnreadable(undefined, selector.domain, online.unreadable);
  return definedOnly({ ...select(selector, online.rows), unreadable });
}

const tooMany = (count: number): string =>
  `selects ${count} streams, and a plan has at most ${MAX_PLAN_STREAMS}: narrow the selection`;
