/** What became of a person's decisions: those that wait, those that were not taken, and the orders of approvals. */
import { useApp } from "../app-context.ts";
import { say, sayWord } from "../i18n/say.ts";
import { linkTo } from "../route.ts";
import { Foreign, StreamName } from "../ui/name.tsx";
import { useNow } from "../ui/time.tsx";
import { Quote, VerdictText } from "./case-parts.tsx";
import type { Desk } from "./desk/desk.ts";
import type { Returned } from "./desk/desk-state.ts";
import type { Entry } from "./desk/outbox.ts";
import type { Followed } from "./desk/outcomes.ts";
import { DECISIONS, REASONS, REVIEW } from "./texts.ts";
import { useDesk } from "./use-desk.ts";
import { clockText } from "./words.ts";

/** @returns what takes the latest decision back, and says so. */
export function useUndo(desk: Desk, onCaseAgain: () => void): () => void {
  const { tell } = useApp();
  return () => {
    const undone = desk.undo();
    tell(
      undone ? say(REVIEW.undone, { what: decisionText(undone) }) : say(REVIEW.nothingToUndo),
      undone ? "good" : "bad",
    );
    if (undone?.held) onCaseAgain();
  };
}

export function decisionText({ shown: { appealed }, decision: { verdict, reason } }: Entry): string {
  const [approve, reject] = appealed
    ? [DECISIONS.grantAppeal, DECISIONS.rejectAppeal]
    : [DECISIONS.approve, DECISIONS.reject];
  return `${say(verdict === "approve" ? approve : reject)}: ${sayWord(REASONS, reason)}`;
}

export function Decisions({ onUndo }: { readonly onUndo: () => void }) {
  const desk = useDesk();
  const { outbox, returned, outcomes } = desk.state();
  const last = outbox.findLast(({ state }) => state === "waiting");
  return (
    <>
      {returned.length > 0 ? (
        <section class="returned" role="alert">
          <h3>{say(DECISIONS.returned)}</h3>
          {returned.map((each) => (
            <ReturnedText key={each.entry.id} returned={each} desk={desk} />
          ))}
        </section>
      ) : null}
      {outbox.length > 0 ? (
        <section class="outbox">
          <h3>{say(DECISIONS.title)}</h3>
          <ul>
            {outbox.map((entry) => (
              <li key={entry.id}>
                <Foreign text={decisionText(entry)} /> <CaseName entry={entry} />{" "}
                <small class={entry.state === "unanswered" ? "warn" : "muted"}>
                  <Waits entry={entry} />
                </small>
                {entry === last ? (
                  <button type="button" onClick={onUndo}>
                    <kbd>u</kbd> {say(DECISIONS.undo)}
                  </button>
                ) : null}
              </li>
            ))}
          </ul>
        </section>
      ) : null}
      {outcomes.length > 0 ? (
        <section class="outcomes">
          <h3>{say(DECISIONS.orders)}</h3>
          <ul>
            {outcomes.map((each) => (
              <OutcomeText key={each.orderId} followed={each} desk={desk} />
            ))}
          </ul>
        </section>
      ) : null}
    </>
  );
}

function CaseName({ entry: { shown } }: { readonly entry: Entry }) {
  return shown.stream ? <StreamName stream={shown.stream} /> : <Foreign text={shown.key} />;
}

function Waits({ entry }: { readonly entry: Entry }) {
  useNow(250);
  if (entry.state === "sending") return <>{say(DECISIONS.sends)}</>;
  if (entry.state === "waiting")
    return <>{say(DECISIONS.waits, { time: clockText(entry.fromMs - performance.now()) })}</>;
  return (
    <>
      {say(DECISIONS.unsent)}{" "}
      <span lang="en">
        <Foreign text={entry.failure ?? ""} />
      </span>
    </>
  );
}

const WHY = {
  refused: DECISIONS.refused,
  already: DECISIONS.already,
  unsent: DECISIONS.notQueued,
  failed: DECISIONS.failed,
};

function ReturnedText({ returned, desk }: { readonly returned: Returned; readonly desk: Desk }) {
  const { entry, kind, message, verdict, maybeDone } = returned;
  return (
    <div class="notice bad">
      <p>
        <strong>
          <Foreign text={decisionText(entry)} />
        </strong>{" "}
        <CaseName entry={entry} />
      </p>
      <p>{say(WHY[kind])}</p>
      {message === "" ? null : (
        <div lang="en">
          <Quote text={message} />
        </div>
      )}
      {verdict && kind !== "unsent" ? <VerdictText verdict={verdict} /> : null}
      {maybeDone ? <p>{say(DECISIONS.maybeDone)}</p> : null}
      <p class="buttons">
        <a href={linkTo("review", "case", entry.shown.key)}>{say(DECISIONS.showCase)}</a>
        {kind === "unsent" || kind === "failed" ? (
          <button type="button" onClick={() => desk.sendAgain(entry.id)}>
            {say(DECISIONS.sendAgain)}
          </button>
        ) : null}
        <button type="button" onClick={() => desk.dismiss(entry.id)}>
          {say(DECISIONS.dismiss)}
        </button>
      </p>
    </div>
  );
}

const STATES = {
  ...{ open: DECISIONS.open, done: DECISIONS.done, unread: DECISIONS.unread },
  ...{ failed: DECISIONS.orderFailed, late: DECISIONS.late },
};
const NEXT = { failed: DECISIONS.failedNext, late: DECISIONS.lateNext, unread: DECISIONS.unreadNext };

function OutcomeText({ followed, desk }: { readonly followed: Followed; readonly desk: Desk }) {
  const { orderId, state, stream, report, result } = followed;
  const next = state === "open" || state === "done" ? undefined : NEXT[state];
  const why = result?.message ?? result?.error ?? result?.waiting?.message;
  return (
    <li role={next ? "alert" : undefined}>
      {stream ? <StreamName stream={stream} /> : <Foreign text={report} />}{" "}
      <span class={state === "done" ? "good" : next ? "bad" : "muted"}>{say(STATES[state])}</span>{" "}
      {next ? (
        <>
          <small lang="en">
            <Foreign text={why ?? result?.outcome ?? ""} />
          </small>
          <p>{say(next)}</p>
          <p class="buttons">
            <a href={linkTo("plans", orderId)}>{say(DECISIONS.seeOrder, { id: orderId })}</a>
            <a href={linkTo("review", "case", report)}>{say(DECISIONS.showCase)}</a>
            <button type="button" onClick={() => desk.dismissOutcome(orderId)}>
              {say(DECISIONS.dismiss)}
            </button>
          </p>
        </>
      ) : null}
    </li>
  );
}
