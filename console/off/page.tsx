/** The streams that are off the air now: why, on whose authority, until when. They can be enabled and prolonged. */
import { useCallback, useMemo, useState } from "preact/hooks";
import { streamKey } from "../../lib/core/stream-name.ts";
import type { OperatorResponse } from "../../lib/operator/contract/response-schema.ts";
import { useApp } from "../app-context.ts";
import { COMMON } from "../i18n/common.ts";
import { say } from "../i18n/say.ts";
import { rememberPlan } from "../plans/made-plans.ts";
import { goTo } from "../route.ts";
import { AskReason } from "../ui/ask-reason.tsx";
import { ReadState } from "../ui/failure.tsx";
import { SENDING } from "../ui/texts.ts";
import { useNow } from "../ui/time.tsx";
import { type Load, useAnswer } from "../ui/use-answer.ts";
import { type Change, ChangeDialog } from "./change-dialog.tsx";
import { Filters, isFilter, NO_FILTER, type OffFilter } from "./filters.tsx";
import { Group } from "./group.tsx";
import { groupsOf, isBy, kindOf } from "./groups.ts";
import { OFF } from "./texts.ts";
import { Totals } from "./totals.tsx";

const READ_MS = 30_000;
/** Relative times need no more. */
const NOW_MS = 10_000;
const GROUPS = 40;

export function OffPage() {
  const { client, tell } = useApp();
  const [filter, setFilter] = useState<OffFilter>(NO_FILTER);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [change, setChange] = useState<Change>();
  const [undoing, setUndoing] = useState<string>();
  const [shown, setShown] = useState(GROUPS);
  const now = useNow(NOW_MS);

  const { domain, app, name, by } = filter;
  const load = useCallback<Load<OperatorResponse>>(
    ({ isPoll, signal }) => {
      const wanted = { ...(domain && { domain }), ...(app && { app }), ...(name && { name }) };
      return client.ask({ action: "list", reason: "offair console", ...wanted }, { isPoll, signal });
    },
    [client, domain, app, name],
  );
  const read = useAnswer(load, { everyMs: READ_MS });
  const { data } = read;
  const [domains, setDomains] = useState<readonly string[]>([]);
  const known = data ? [...new Set([...domains, ...domainsOf(data)])].sort() : domains;
  if (known.length > domains.length) setDomains(known);

  const rows = useMemo(
    () => (data?.results ?? []).filter((row) => by === "" || isBy(row, by, say(OFF.notByOffair))),
    [data, by],
  );
  const groups = useMemo(() => groupsOf(rows), [rows]);
  const streams = useMemo(
    () => rows.filter((row) => selected.has(streamKey(row.stream)) && kindOf(row) !== "canary"),
    [rows, selected],
  ).map(({ stream }) => stream);

  function select(keys: readonly string[], isSelected: boolean): void {
    const next = new Set(selected);
    for (const key of keys)
      if (isSelected) next.add(key);
      else next.delete(key);
    setSelected(next);
  }
  const n = streams.length;
  const left = groups.length - shown;
  return (
    <>
      <Filters filter={filter} domains={known} onFilter={setFilter} />
      <ReadState read={read} />
      {data ? (
        <>
          <Totals answer={data} shown={rows.length} filter={filter} />
          {groups.length === 0 ? <p>{say(isFilter(filter) ? OFF.nothingFound : OFF.nothing)}</p> : null}
          {n === 0 ? null : (
            <p class="buttons selection">
              <strong role="status">{say(COMMON.selected, { n })}</strong>
              <button type="button" onClick={() => setChange({ action: "enable", streams })}>
                {say(OFF.enableN, { n })}
              </button>
              <button type="button" onClick={() => setChange({ action: "disable", streams })}>
                {say(OFF.prolongN, { n })}
              </button>
              <button type="button" onClick={() => setSelected(new Set())}>
                {say(COMMON.selectNone)}
              </button>
            </p>
          )}
          {groups.slice(0, shown).map((group) => (
            <Group
              key={group.key}
              {...{ group, now, selected, onSelect: select, onChange: setChange, onUndo: setUndoing }}
            />
          ))}
          {left > 0 ? (
            <button type="button" onClick={() => setShown(shown + GROUPS)}>
              {say(OFF.moreGroups, { n: left })}
            </button>
          ) : null}
        </>
      ) : null}
      {change ? (
        <ChangeDialog
          {...change}
          onClose={(isSent) => {
            setChange(undefined);
            if (!isSent) return;
            setSelected(new Set());
            void read.reload();
          }}
        />
      ) : null}
      {undoing === undefined ? null : (
        <AskReason
          title={say(OFF.undoTitle, { order: undoing })}
          action={say(OFF.undoAct)}
          isDangerous
          onClose={() => setUndoing(undefined)}
          onGiven={async ({ reason, id }) => {
            const { plan, truncated } = await client.ask({ action: "undo", orderId: undoing, reason }, { id });
            if (!plan) {
              tell(say(OFF.undoNothing, { order: undoing }));
              return undefined;
            }
            rememberPlan(plan, truncated);
            tell(say(SENDING.planned));
            return () => goTo("plans", plan.orderId);
          }}
        >
          <p>{say(OFF.undoAsks)}</p>
        </AskReason>
      )}
    </>
  );
}

const domainsOf = ({ results, totals = {} }: OperatorResponse): string[] => [
  ...Object.keys(totals),
  ...results.map(({ stream }) => stream.domain),
];
