/** How many streams are disabled, as counted by Live, and what the list lacks. */
import type { OperatorResponse } from "../../lib/operator/contract/response-schema.ts";
import { COMMON } from "../i18n/common.ts";
import { count, say } from "../i18n/say.ts";
import { Foreign } from "../ui/name.tsx";
import { Unreadable } from "../ui/unreadable.tsx";
import type { OffFilter } from "./filters.tsx";
import { isFilter } from "./filters.tsx";
import { OFF } from "./texts.ts";

interface TotalsProps {
  readonly answer: OperatorResponse;
  /** Streams that the filter leaves. */
  readonly shown: number;
  readonly filter: OffFilter;
}

export function Totals({ answer, shown, filter }: TotalsProps) {
  const { results, totals = {}, unreadable, truncated } = answer;
  const canaries = new Set(results.flatMap(({ order, stream }) => (order?.canary ? stream.domain : [])));
  const all = Object.entries(totals);
  return (
    <>
      {all.length === 0 ? (
        <p>{say(OFF.noTotal, { n: results.length })}</p>
      ) : (
        <dl class="facts">
          <dt>{say(OFF.totals)}</dt>
          <dd>
            {all.map(([domain, total]) => (
              <div key={domain}>
                <strong>{count(total)}</strong> <Foreign text={domain} />{" "}
                {canaries.has(domain) ? <span class="muted">({say(OFF.totalCanary)})</span> : null}
              </div>
            ))}
            {filter.app === "" ? null : <div class="muted">{say(OFF.totalFiltered)}</div>}
          </dd>
        </dl>
      )}
      <p class="muted">{say(OFF.notPaused)}</p>
      {isFilter(filter) ? <p role="status">{say(COMMON.shown, { n: shown, all: results.length })}</p> : null}
      {truncated ? <p class="notice warn">{say(OFF.truncated)}</p> : null}
      {unreadable ? <Unreadable unreadable={unreadable} text={OFF.unreadable} /> : null}
    </>
  );
}
