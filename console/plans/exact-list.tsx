/** Exactly the streams or cases of a plan or a batch. */

import { useMemo, useState } from "preact/hooks";
import { hasFailed } from "../../lib/operator/contract/response.ts";
import type { OperatorResponse } from "../../lib/operator/contract/response-schema.ts";
import { COMMON } from "../i18n/common.ts";
import { say, sayWord } from "../i18n/say.ts";
import { OUTCOMES } from "../off/texts.ts";
import { Foreign } from "../ui/name.tsx";
import { type Column, VirtualRows } from "../ui/virtual-rows.tsx";
import { type ExactRow, exactRows, searched } from "./exact-rows.ts";
import { PLAN } from "./texts.ts";

const keyOf = ({ key }: ExactRow): string => key;

export function ExactList({ answer }: { readonly answer: Pick<OperatorResponse, "plan" | "results"> }) {
  const [search, setSearch] = useState("");
  const [isOnlyFailed, setOnlyFailed] = useState(false);
  const rows = useMemo(() => exactRows(answer), [answer]);
  const shown = useMemo(() => searched(rows, { search, isOnlyFailed }), [rows, search, isOnlyFailed]);
  const isOfCases = rows.some(({ report, stream }) => report !== undefined || stream === undefined);
  const hasResults = answer.plan === undefined;
  const columns = [
    ...[NAME, PLACE],
    ...(isOfCases ? [CASE] : []),
    ...(rows.some(({ address }) => address !== undefined) ? [ADDRESS] : []),
    ...(rows.some(({ since }) => since !== undefined) ? [SINCE] : []),
    ...(rows.some(({ staysOff }) => staysOff !== undefined) ? [KEEPS] : []),
    ...(hasResults ? [RESULT] : []),
  ];
  const title = say(isOfCases ? PLAN.exactCases : PLAN.exact, { n: rows.length });
  if (rows.length === 0) return null;
  return (
    <section aria-labelledby="exact">
      <h2 id="exact">{title}</h2>
      <form class="bar" aria-label={say(COMMON.filter)} onSubmit={(event) => event.preventDefault()}>
        <label class="field">
          <span>{say(PLAN.search)}</span>
          <input autocomplete="off" value={search} onInput={(event) => setSearch(event.currentTarget.value)} />
        </label>
        {hasResults ? (
          <label>
            <input
              type="checkbox"
              checked={isOnlyFailed}
              onChange={(event) => setOnlyFailed(event.currentTarget.checked)}
            />{" "}
            {say(PLAN.onlyFailed)}
          </label>
        ) : null}
        <p role="status">{say(COMMON.shown, { n: shown.length, all: rows.length })}</p>
      </form>
      <div class={`n${columns.length}`}>
        <VirtualRows
          label={title}
          kind="exact"
          rows={shown}
          {...{ columns, keyOf }}
          shownAs={`${search} ${isOnlyFailed}`}
        />
      </div>
    </section>
  );
}

const NAME: Column<ExactRow> = {
  title: say(COMMON.name),
  cell: ({ stream }) => <Foreign text={stream?.stream ?? "–"} />,
};
const PLACE: Column<ExactRow> = {
  title: say(COMMON.domain),
  cell: ({ stream }) => (stream ? <Foreign text={`${stream.domain}/${stream.app}`} /> : "–"),
};
const ADDRESS: Column<ExactRow> = {
  title: say(COMMON.address),
  cell: ({ address }) => <Foreign text={address ?? "–"} />,
};
const SINCE: Column<ExactRow> = {
  title: say(COMMON.since),
  cell: ({ since }) => <Foreign text={since ?? "–"} />,
};
const KEEPS: Column<ExactRow> = {
  title: say(PLAN.end),
  cell: ({ staysOff }) => {
    if (!staysOff) return "–";
    const { until, by, from = until } = staysOff;
    const text = `${say(PLAN.keeps, { until, by })}${from === until ? "" : ` ${say(PLAN.insteadOf, { from })}`}`;
    return (
      <span class="warn" title={text}>
        <Foreign text={text} />
      </span>
    );
  },
};
const CASE: Column<ExactRow> = {
  title: say(PLAN.case),
  cell: ({ report, category }) => <Foreign text={[report ?? "–", ...(category ? [category] : [])].join(" · ")} />,
};
const RESULT: Column<ExactRow> = {
  title: say(PLAN.result),
  cell: ({ outcome = "", result }) => (
    <span class={hasFailed({ outcome }) ? "bad" : ""} title={result?.message}>
      {sayWord(OUTCOMES, outcome)}
      {result?.error === undefined ? null : (
        <span lang="en">
          {" "}
          <Foreign text={[result.error, ...(result.message ? [result.message] : [])].join(": ")} />
        </span>
      )}
    </span>
  ),
};
