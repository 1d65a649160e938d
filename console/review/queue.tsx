/** The cases that wait, by the time that is left, and the person who has each. */
import { useCallback, useRef } from "preact/hooks";
import type { ReviewRow } from "../../lib/operator/contract/response-schema.ts";
import { useApp } from "../app-context.ts";
import { say, sayWord } from "../i18n/say.ts";
import { goTo, linkTo } from "../route.ts";
import { ReadState } from "../ui/failure.tsx";
import { useKeys } from "../ui/keys.ts";
import { Foreign, StreamName } from "../ui/name.tsx";
import { Time } from "../ui/time.tsx";
import { type Load, useAnswer } from "../ui/use-answer.ts";
import { CASE } from "./case-texts.ts";
import { Decisions, useUndo } from "./decisions.tsx";
import { REASON } from "./desk/desk-state.ts";
import { TallyView } from "./tally-view.tsx";
import { REVIEW } from "./texts.ts";
import { TimeLeftText } from "./time-left.tsx";
import { useDesk } from "./use-desk.ts";
import { personText, reportedText, waitsText } from "./words.ts";

const EVERY_MS = 15_000;
/** Empty pages that are passed over at once. */
const MAX_EMPTY = 20;

interface Queue {
  readonly rows: readonly ReviewRow[];
  readonly hasMore: boolean;
}

export function QueueView() {
  const desk = useDesk();
  const { client } = useApp();
  const pages = useRef(1);
  const start = (): void => goTo("review", "next");
  const undo = useUndo(desk, start);
  useKeys({ d: start, u: undo });

  const load = useCallback<Load<Queue>>(
    async (how) => {
      const rows: ReviewRow[] = [];
      let after: string | undefined;
      for (let page = 0; page < pages.current + MAX_EMPTY; page += 1) {
        const answer = await client.ask(
          { action: "review", reason: REASON, ...(after !== undefined && { after }) },
          how,
        );
        rows.push(...(answer.reviews ?? []));
        after = answer.next;
        if (after === undefined || (page + 1 >= pages.current && rows.length > 0)) break;
      }
      return { rows, hasMore: after !== undefined };
    },
    [client],
  );
  const read = useAnswer(load, { everyMs: EVERY_MS });
  const { data, readAtMs = 0 } = read;

  return (
    <>
      <p class="bar">
        <button type="button" class="main" onClick={start}>
          <kbd>d</kbd> {say(REVIEW.start)}
        </button>
        <span class="muted">{say(REVIEW.startHelp)}</span>
      </p>
      <Decisions onUndo={undo} />
      <h2>{say(REVIEW.queue)}</h2>
      <ReadState read={read} />
      {data ? (
        <>
          <p role="status">
            {say(data.rows.length === 0 ? REVIEW.queueEmpty : REVIEW.queueCount, { n: data.rows.length })}
            {data.hasMore ? ` ${say(REVIEW.queueMore)}` : ""}
          </p>
          {data.rows.length > 0 ? <Table rows={data.rows} readAtMs={readAtMs} self={desk.state().self} /> : null}
          {data.hasMore ? (
            <button
              type="button"
              disabled={read.isReading}
              onClick={() => {
                pages.current += 1;
                void read.reload();
              }}
            >
              {say(REVIEW.showMore)}
            </button>
          ) : null}
        </>
      ) : null}
      <TallyView />
    </>
  );
}

interface TableProps {
  readonly rows: readonly ReviewRow[];
  readonly readAtMs: number;
  readonly self: string | undefined;
}

function Table({ rows, readAtMs, self }: TableProps) {
  return (
    <table class="queue">
      <thead>
        <tr>
          <th scope="col">{say(REVIEW.left)}</th>
          <th scope="col">{say(REVIEW.case)}</th>
          <th scope="col">{say(REVIEW.reported)}</th>
          <th scope="col">{say(REVIEW.why)}</th>
          <th scope="col">{say(REVIEW.people)}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.key}>
            <td>
              {row.urgent ? <strong class="bad">{say(CASE.urgent)} </strong> : null}
              <TimeLeftText row={row} readAtMs={readAtMs} />
            </td>
            <th scope="row">
              <a href={linkTo("review", "case", row.key)}>
                {row.stream ? <StreamName stream={row.stream} /> : <Foreign text={row.key} />}
              </a>{" "}
              {row.stream ? (
                <small class="muted mono">
                  <Foreign text={row.key} />
                </small>
              ) : null}
            </th>
            <td>
              <Foreign text={reportedText(row)} />
            </td>
            <td>
              <Foreign text={waitsText(row)} />
              {row.issues?.map(({ pointer, message }) => (
                <small key={pointer} lang="en">
                  {" "}
                  <Foreign text={`${pointer || say(CASE.theMessage)}: ${message}`} />
                </small>
              ))}
              {row.verdict ? (
                <p class="warn">
                  <Foreign
                    text={say(CASE.verdictBy, {
                      verdict: sayWord({ approved: CASE.approved, rejected: CASE.rejected }, row.verdict.verdict),
                      who: personText(row.verdict.by),
                    })}
                  />
                  {". "}
                  {say(CASE.unsent)}
                </p>
              ) : null}
            </td>
            <td>
              <People row={row} self={self} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function People({ row, self }: { readonly row: ReviewRow; readonly self: string | undefined }) {
  const { holder, noteCount = 0, secondOpinion } = row;
  return (
    <>
      {holder ? (
        <p>
          <Foreign
            text={holder.by === self ? say(REVIEW.heldByYou) : say(REVIEW.heldBy, { who: personText(holder.by) })}
          />{" "}
          <Time at={holder.until} />
        </p>
      ) : null}
      {secondOpinion ? (
        <p>
          <Foreign text={say(REVIEW.opinionOf, { who: personText(secondOpinion.by) })} />
        </p>
      ) : null}
      {noteCount > 0 ? <p>{say(REVIEW.notes, { n: noteCount })}</p> : null}
    </>
  );
}
