/** Who is pushing now: search, filter, select, and plan what is done about it. */
import { useCallback, useEffect, useMemo, useState } from "preact/hooks";
import { useApp } from "../app-context.ts";
import { COMMON } from "../i18n/common.ts";
import { say } from "../i18n/say.ts";
import { ReadState } from "../ui/failure.tsx";
import { durationText, useNow } from "../ui/time.tsx";
import { Unreadable } from "../ui/unreadable.tsx";
import { type Load, useAnswer } from "../ui/use-answer.ts";
import { type Entry, entryOf, isSelectable, matching, sorted, valuesOf } from "./entries.ts";
import { Filters } from "./filters.tsx";
import { PlanDialog } from "./plan-dialog.tsx";
import { type Subject, selectorOf } from "./plan-request.ts";
import { type Chosen, MAX_PLANNED, notListed, toggled, withAll } from "./selection.ts";
import { StreamTable } from "./stream-table.tsx";
import { LIVE } from "./texts.ts";
import { useView } from "./view.ts";

const EVERY_MS = 60_000;
const NO_ENTRIES: readonly Entry[] = [];

export function LivePage() {
  const { client } = useApp();
  const load = useCallback<Load<Awaited<ReturnType<typeof client.ask>>>>(
    (how) => client.ask({ action: "live", reason: "offair console" }, how),
    [client],
  );
  const read = useAnswer(load, { everyMs: EVERY_MS });
  const [{ filter, sortBy, chosen, isOnlyChosen }, changeView] = useView();
  const setChosen = useCallback(
    (next: (before: Chosen) => Chosen) => changeView((before) => ({ chosen: next(before.chosen) })),
    [changeView],
  );
  const [planned, setPlanned] = useState<Subject>();
  const [nowMs, setNowMs] = useState(() => Date.now()); // of what is shown: rows do not leave by themselves between two reads

  const rows = read.data?.live?.rows;
  const entries = useMemo(() => rows?.map(entryOf) ?? NO_ENTRIES, [rows]);
  const byKey = useMemo(() => new Map(entries.map((each) => [each.key, each])), [entries]);
  useEffect(() => {
    setNowMs(Date.now());
    setChosen((before) => new Map([...before].map(([key, old]) => [key, byKey.get(key) ?? old])));
  }, [byKey, setChosen]);
  const shown = useMemo(
    () => sorted(isOnlyChosen ? [...chosen.values()] : matching(entries, filter, nowMs), sortBy),
    [entries, filter, nowMs, sortBy, isOnlyChosen, isOnlyChosen ? chosen : undefined],
  );
  const gone = useMemo(() => notListed(chosen, byKey), [chosen, byKey]);
  const toggle = useCallback(
    (key: string) =>
      setChosen((before) => {
        const entry = byKey.get(key) ?? before.get(key);
        return entry ? toggled(before, entry) : before;
      }),
    [byKey, setChosen],
  );
  const add = useCallback(
    (keys: readonly string[]) =>
      setChosen((before) =>
        withAll(
          before,
          keys.map((key) => byKey.get(key)).filter((each) => each !== undefined),
        ),
      ),
    [byKey, setChosen],
  );
  const selector = selectorOf(filter, nowMs);
  const { live, unreadable, truncated } = read.data ?? {};
  return (
    <>
      <p class="muted">{say(LIVE.delay)}</p>
      <ReadState read={read} />
      {unreadable ? <Unreadable unreadable={unreadable} text={LIVE.unreadable} /> : null}
      {truncated ? <p class="notice warn">{say(LIVE.truncated)}</p> : null}
      {live ? (
        <>
          <Filters
            {...{ filter, sortBy }}
            domains={valuesOf(entries, "domain")}
            apps={valuesOf(entries, "app")}
            onFilter={(next) => changeView(() => ({ filter: next, isOnlyChosen: false }))}
            onSort={(by) => changeView(() => ({ sortBy: by }))}
          />
          <div class="bar selection">
            <p role="status">
              <strong>{say(COMMON.selected, { n: chosen.size })}</strong>
              {" · "}
              {say(COMMON.shown, { n: shown.length, all: live.count })}
            </p>
            <button
              type="button"
              onClick={() => setChosen((before) => withAll(before, shown.filter(isSelectable)))}
              disabled={shown.length === 0}
            >
              {say(COMMON.selectAll)}
            </button>
            <button type="button" onClick={() => setChosen(() => new Map())} disabled={chosen.size === 0}>
              {say(COMMON.selectNone)}
            </button>
            <label>
              <input
                type="checkbox"
                checked={isOnlyChosen}
                onChange={({ currentTarget: { checked } }) => changeView(() => ({ isOnlyChosen: checked }))}
              />{" "}
              {say(LIVE.onlySelected)}
            </label>
            <button
              type="button"
              class="main"
              disabled={chosen.size === 0 || chosen.size > MAX_PLANNED}
              onClick={() => setPlanned({ entries: [...chosen.values()] })}
            >
              {say(LIVE.planSelected, { n: chosen.size })}
            </button>
            <button
              type="button"
              disabled={selector === undefined}
              title={selector ? undefined : say(LIVE.planFilterWhy)}
              aria-describedby={selector ? undefined : "plan-filter-why"}
              onClick={() => selector && setPlanned({ selector })}
            >
              {say(LIVE.planFilter)}
            </button>
          </div>
          {chosen.size > MAX_PLANNED ? <p class="notice warn">{say(LIVE.tooMany, { n: MAX_PLANNED })}</p> : null}
          {gone.length > 0 ? <p class="notice">{say(LIVE.gone, { n: gone.length })}</p> : null}
          <StreamTable
            entries={shown}
            shownAs={JSON.stringify([filter, sortBy, isOnlyChosen])}
            selection={{ has: (key) => chosen.has(key), toggle, add }}
          />
          {shown.length === 0 ? <p>{say(entries.length === 0 ? LIVE.none : LIVE.noneShown)}</p> : null}
          <p class="muted small">
            {say(LIVE.keys, { key: "Shift" })} <ReadAt atMs={read.readAtMs} />
          </p>
          {selector ? null : (
            <p class="muted small" id="plan-filter-why">
              {say(LIVE.planFilterWhy)}
            </p>
          )}
          <button type="button" onClick={() => void read.reload()} disabled={read.isReading}>
            {say(COMMON.reload)}
          </button>
        </>
      ) : null}
      {planned ? <PlanDialog subject={planned} onClose={() => setPlanned(undefined)} /> : null}
    </>
  );
}

function ReadAt({ atMs }: { readonly atMs: number | undefined }) {
  const now = useNow(5_000);
  return atMs === undefined ? null : <span>{say(LIVE.readAt, { time: durationText(now - atMs) })}</span>;
}
