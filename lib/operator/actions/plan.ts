/** A plan of the streams that a person names, or of those that are live now and that a selector finds. It writes nothing but the plan. */
import { describeError, logWarn } from "../../core/log.ts";
import type { Stream } from "../../core/stream.ts";
import { resumeTimeAfter } from "../../core/time.ts";
import type { ListDisabled, ListOnline, OnlineRow } from "../../orders/live-lists.ts";
import { NOTHING_LOOKED_AT, readOffNow } from "../../plans/disabled-now.ts";
import { MAX_PLAN_STREAMS } from "../../plans/plan.ts";
import { type Selected, type Selector, select } from "../../plans/selector.ts";
import { ingestDomains, inScope, type Policy } from "../../policy/policy.ts";
import { DEFAULT_DISABLE_HOURS, type PlanEvent } from "../contract/request.ts";
import { codeOf, type OperatorResponse, refused } from "../contract/response.ts";
import { type PlanDeps, partition, savePlan } from "./save-plan.ts";

export interface MakePlanDeps extends PlanDeps {
  /** Ends with an error where it is not through in time; each a domain's walk. */
  readonly listOnline: ListOnline;
  readonly listDisabled: ListDisabled;
}

export async function makePlan(event: PlanEvent, deps: MakePlanDeps): Promise<OperatorResponse> {
  const { streams, selector, wanted: action, hours = DEFAULT_DISABLE_HOURS, reason, requestedBy } = event;
  const { policy, listDisabled } = deps;
  const issue = selector && outsideScope(selector, policy);
  if (issue) return refused([issue]);
  const domains = selector ? [selector.domain] : domainsInScope(streams ?? [], policy);
  const [found, off] = await Promise.all([
    selector ? findLive(selector, deps) : { candidates: streams ?? [], skipped: [], liveCount: undefined },
    action === "enable" ? NOTHING_LOOKED_AT : readOffNow(domains, { app: selector?.app }, listDisabled),
  ]);
  if ("refused" in found) return found.refused;
  const asked = {
    ...{ action, reason, requestedBy },
    ...(action === "disable" && { resumeTime: resumeTimeAfter(deps.now(), hours) }),
  };
  const sorted = partition(found.candidates, { ...asked, overrideProtected: event.overrideProtected, off }, policy);
  if (sorted.streams.length > MAX_PLAN_STREAMS) return refused([tooMany(sorted.streams.length)]);
  const told = {
    ...{ streams: sorted.streams, skipped: [...sorted.skipped, ...found.skipped], alreadyOffKnown: off.isWhole },
    ...(found.liveCount !== undefined && { liveCount: found.liveCount }),
  };
  return savePlan(asked, told, deps);
}

function outsideScope({ domain, app }: Selector, policy: Policy) {
  const domains = ingestDomains(policy);
  if (!domains.includes(domain)) {
    return { pointer: "/selector/domain", message: `is not an ingest domain in scope: ${domains.join(", ")}` };
  }
  if (app === undefined || inScope({ domain, app }, policy)) return undefined;
  return { pointer: "/selector/app", message: "is not an app in scope of that ingest domain" };
}

/** The ingest domains of what may be acted on at all. */
const domainsInScope = (streams: readonly Stream[], policy: Policy): string[] => [
  ...new Set(streams.filter((stream) => inScope(stream, policy)).map(({ domain }) => domain)),
];

/** A list that is not whole is no plan: nobody would see what is missing from it. */
async function findLive(
  selector: Selector,
  { listOnline }: Pick<MakePlanDeps, "listOnline">,
): Promise<Selected | { readonly refused: OperatorResponse }> {
  const all: OnlineRow[] = [];
  try {
    for await (const { rows } of listOnline(selector.domain, { app: selector.app })) all.push(...rows);
  } catch (failure) {
    logWarn("operator.live-list-unavailable", { domain: selector.domain, ...describeError(failure) });
    const message = `${codeOf(failure)}: the list of what is live could not be read to its end, so nothing is planned; ask again, narrow it by app, or name the streams`;
    return { refused: refused([{ pointer: "/selector", message }]) };
  }
  return select(selector, all);
}

const tooMany = (count: number) => ({
  pointer: "",
  message: `means ${count} streams, and a plan holds ${MAX_PLAN_STREAMS} at most: narrow it`,
});
