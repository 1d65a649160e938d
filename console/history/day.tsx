/** A day: what is missing first, then which streams were off, when and why, and the reviews. */
import { useCallback, useMemo, useState } from "preact/hooks";
import { personOf } from "../../lib/core/person-name.ts";
import { useApp } from "../app-context.ts";
import type { HistoryAnswer, HistoryAsked, HistoryPeriod } from "../http/protocol.ts";
import { COMMON } from "../i18n/common.ts";
import { say } from "../i18n/say.ts";
import { ReadState } from "../ui/failure.tsx";
import { Foreign, StreamName } from "../ui/name.tsx";
import { Progress } from "../ui/progress.tsx";
import { Time } from "../ui/time.tsx";
import { type Load, useAnswer } from "../ui/use-answer.ts";
import { VirtualRows } from "../ui/virtual-rows.tsx";
import { Gaps } from "./gaps.tsx";
import { From, Period } from "./period.tsx";
import { countPeriods, isMatch, periodKey } from "./periods.ts";
import { Reviews } from "./reviews.tsx";
import { HISTORY } from "./texts.ts";

export function Day({ day, domain, stream }: HistoryAsked) {
  const { client } = useApp();
  const load = useCallback<Load<HistoryAnswer>>(
    ({ signal }) => {
      const asked = { day, ...(domain && { domain }), ...(stream && { stream }) };
      return client.post<HistoryAnswer>("/api/history", asked, { signal });
    },
    [client, day, domain, stream],
  );
  const read = useAnswer(load);
  const { data } = read;
  return (
    <>
      {read.isReading ? <Progress text={HISTORY.reading} /> : null}
      {read.failure ? <ReadState read={read} /> : null}
      {data ? (
        <>
          <Gaps gaps={data.gaps} />
          <Periods day={day} answer={data} />
          <Reviews reviews={data.reviews} />
        </>
      ) : null}
    </>
  );
}

function Periods({ day, answer }: { readonly day: string; readonly answer: HistoryAnswer }) {
  const { periods, gaps, knownUntil } = answer;
  const [part, setPart] = useState("");
  const [open, setOpen] = useState<HistoryPeriod>();
  const shown = useMemo(() => periods.filter((each) => part === "" || isMatch(each, part)), [periods, part]);
  const { streams, notByOffair, notAttributed } = countPeriods(periods);
  return (
    <section aria-labelledby="periods">
      <h2 id="periods">{say(HISTORY.periods, { day })}</h2>
      <p role="status">
        {periods.length === 0 ? say(HISTORY.none) : say(HISTORY.count, { n: streams })}{" "}
        {notByOffair === 0 ? null : <strong class="warn">{say(HISTORY.notByOffair, { n: notByOffair })} </strong>}
        {notAttributed === 0 ? null : <strong class="warn">{say(HISTORY.notAttributed, { n: notAttributed })} </strong>}
      </p>
      <p class="small">
        {knownUntil === null ? (
          say(HISTORY.noLedger)
        ) : (
          <>
            {say(HISTORY.knownUntil)} <Time at={knownUntil} />.
          </>
        )}{" "}
        {gaps.length === 0 ? say(HISTORY.noGaps) : null} {say(HISTORY.notSigned)}
      </p>
      {periods.length === 0 ? null : (
        <>
          <p class="bar">
            <label class="field">
              <span>{say(HISTORY.filter)}</span>
              <input autocomplete="off" value={part} onInput={(event) => setPart(event.currentTarget.value)} />
            </label>
            {part === "" ? null : (
              <span role="status">{say(COMMON.shown, { n: shown.length, all: periods.length })}</span>
            )}
          </p>
          <VirtualRows
            kind="periods"
            label={say(HISTORY.periods, { day })}
            columns={columnsOf(setOpen)}
            rows={shown}
            keyOf={periodKey}
            onOpen={setOpen}
          />
        </>
      )}
      {open ? <Period period={open} onClose={() => setOpen(undefined)} /> : null}
    </section>
  );
}

const columnsOf = (open: (period: HistoryPeriod) => void) => [
  { title: say(COMMON.stream), cell: (period: HistoryPeriod) => <StreamName stream={period} /> },
  { title: say(HISTORY.from), cell: (period: HistoryPeriod) => <From period={period} /> },
  {
    title: say(HISTORY.until),
    cell: ({ until }: HistoryPeriod) => (until === null ? say(HISTORY.noEnd) : <Time at={until} />),
  },
  {
    title: say(HISTORY.decided),
    cell: ({ decidedBy, unattributed, remarks }: HistoryPeriod) => (
      <span class={decidedBy === null || remarks.length > 0 ? "warn" : ""}>
        {decidedBy !== null ? (
          <Foreign text={personOf(decidedBy)} />
        ) : unattributed === null ? (
          say(HISTORY.notOffair)
        ) : (
          <Foreign text={unattributed} />
        )}
        {remarks.length > 0 ? " ⚠" : ""}
      </span>
    ),
  },
  { title: say(HISTORY.why), cell: ({ reason }: HistoryPeriod) => <Foreign text={reason ?? ""} /> },
  {
    title: say(HISTORY.details),
    cell: (period: HistoryPeriod) => (
      <button type="button" class="link" tabIndex={-1} onClick={() => open(period)}>
        {say(HISTORY.details)}
      </button>
    ),
  },
];
