/** How the streams of a plan differ from those that are live now. Pure. */
import { streamKey } from "../../lib/core/stream-name.ts";
import type { OperatorRequest } from "../../lib/operator/contract/client-request.ts";
import type { LiveRow, PlanResponse } from "../../lib/operator/contract/response-schema.ts";

type PlannedRow = PlanResponse["streams"][number];

export interface Difference {
  /** Planned, and not listed as live. */
  readonly notLive: readonly PlannedRow[];
  /** Listed as live, found by the plan's selector, and not planned: a new plan would have them. */
  readonly notPlanned: readonly LiveRow[];
  /** The same, but any plan leaves them out. */
  readonly leftOut: readonly LiveRow[];
}

type Compared = Pick<PlanResponse, "streams" | "selector">;
type LiveRequest = Extract<OperatorRequest, { action: "live" }>;
const reason = "offair console";

/** What the plan's selector finds; without one, the domain of its streams, or every domain. */
export function liveRequest({ streams, selector }: Compared): LiveRequest {
  if (selector) {
    const { domain, app, name, clientAddress, startedSince } = selector;
    const criteria = Object.entries({ app, name, clientAddress, startedSince }).filter(
      ([, value]) => value !== undefined,
    );
    return { action: "live", reason, selector: { domain, ...Object.fromEntries(criteria) } };
  }
  const [domain, ...others] = new Set(streams.map((each) => each.domain));
  return { action: "live", reason, ...(domain !== undefined && others.length === 0 && { selector: { domain } }) };
}

export function differenceOf({ streams, selector }: Compared, live: readonly LiveRow[]): Difference {
  const planned = new Set(streams.map(streamKey));
  const listed = new Set(live.map(streamKey));
  const others = selector ? live.filter((each) => !planned.has(streamKey(each))) : [];
  return {
    notLive: streams.filter((each) => !listed.has(streamKey(each))),
    notPlanned: others.filter(({ leftOut }) => leftOut === undefined),
    leftOut: others.filter(({ leftOut }) => leftOut !== undefined),
  };
}
