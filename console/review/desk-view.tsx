/** The working loop: one case after another. The next one is there already when a case is decided. */
import { useEffect, useRef, useState } from "preact/hooks";
import { MINUTE_MS } from "../../lib/core/time.ts";
import { useApp } from "../app-context.ts";
import { say } from "../i18n/say.ts";
import { goTo } from "../route.ts";
import { Failure } from "../ui/failure.tsx";
import { useNow } from "../ui/time.tsx";
import { Decisions, useUndo } from "./decisions.tsx";
import type { Command } from "./desk/draft.ts";
import { type HeldCase, holdLeftMs } from "./desk/shelf.ts";
import { Help } from "./help.tsx";
import { Judge } from "./judge.tsx";
import { BreakReminder, TallyView } from "./tally-view.tsx";
import { REVIEW } from "./texts.ts";
import { useCaseKeys } from "./use-case-keys.ts";
import { useDesk } from "./use-desk.ts";
import { clockText } from "./words.ts";

const ACTIVE_MS = MINUTE_MS;
/** From a decision until the next case can be seen. */
const MEASURE = "offair-next-case";

export function DeskView() {
  const desk = useDesk();
  const { tell } = useApp();
  const { shelf, failure, event, reasons, isOwn } = desk.state();
  const [first] = shelf.cases;
  const [isHelpOpen, setIsHelpOpen] = useState(false);
  const decidedAtMs = useRef<number | undefined>(undefined);
  const hasAsked = useRef(false);
  const toldCount = useRef(event?.count ?? 0); // what was before the desk was opened is told already
  const undo = useUndo(desk, () => {});

  useEffect(() => {
    desk.open();
    const back = ({ persisted }: PageTransitionEvent): void => {
      if (persisted) desk.open();
    };
    addEventListener("pageshow", back);
    return () => {
      removeEventListener("pageshow", back);
      desk.close();
    };
  }, [desk]);
  useTicks(desk.tick);
  useEffect(() => {
    if (!event || event.count === toldCount.current) return;
    toldCount.current = event.count;
    if (event.kind === "held" && !hasAsked.current) return;
    hasAsked.current = false;
    tell(say(REVIEW[event.kind]), event.kind === "held" ? "good" : "bad");
  }, [event]);

  function obey(command: Command): void {
    decidedAtMs.current = undefined;
    switch (command) {
      case "skip":
        desk.skip();
        tell(say(REVIEW.skipped));
        return;
      case "hold":
        hasAsked.current = true;
        desk.holdFirst();
        return;
      case "undo":
        undo();
        return;
      case "help":
        setIsHelpOpen(true);
        return;
      case "leave":
        goTo("review");
        return;
      case "retry":
        if (first) desk.askDryRun(first.shown.key);
        return;
    }
  }

  return (
    <>
      {isHelpOpen ? <Help onClose={() => setIsHelpOpen(false)} /> : null}
      {failure ? <Failure failure={failure} /> : null}
      {first ? (
        <Judge
          key={first.shown.key}
          held={first}
          isOwn={isOwn}
          reasons={reasons}
          onCommand={obey}
          onDecide={(decision, atMs) => {
            decidedAtMs.current = atMs;
            desk.decide(first.shown, decision);
          }}
          onNote={async (text, id) => {
            await desk.note(first.shown.key, text, id);
            tell(say(REVIEW.noted));
          }}
          onOpinion={(reason, id) => desk.secondOpinion(first.shown.key, reason, id)}
          onLeft={() => {
            desk.leaveToOthers(first.shown.key);
            tell(say(REVIEW.opinionAsked));
          }}
          onPainted={(end) => {
            const start = decidedAtMs.current;
            decidedAtMs.current = undefined;
            if (start !== undefined) performance.measure(MEASURE, { start, end });
          }}
        >
          <HoldLeft held={first} onHold={() => obey("hold")} />
          <Decisions onUndo={undo} />
          <TallyView />
          <BreakReminder />
          <p class="buttons">
            <button type="button" onClick={() => obey("leave")}>
              {say(REVIEW.stop)}
            </button>
          </p>
        </Judge>
      ) : (
        <div class="no-case">
          <NoCase onUndo={undo} />
          <Decisions onUndo={undo} />
          <TallyView />
        </div>
      )}
    </>
  );
}

function NoCase({ onUndo }: { readonly onUndo: () => void }) {
  const desk = useDesk();
  const { noCase, isFetching, shelf, isOwn } = desk.state();
  const leave = (): void => goTo("review");
  // A reason that is typed too late is not the number of another page.
  useCaseKeys((key, { isRepeated }) => {
    if (isRepeated) return;
    if (key === "d" && !isFetching) desk.lookAgain();
    if (key === "u") onUndo();
    if (key === "Escape" || key === "q") leave();
  }, isOwn);
  if (isFetching) return <p role="status">{say(REVIEW.fetching)}</p>;
  const { held = 0, awaitingOthers = 0 } = noCase ?? {};
  const skipped = Math.min(noCase?.skipped ?? 0, shelf.skipped.length); // decisions that are not answered were left out too
  return (
    <>
      <h2>{say(REVIEW.noCase)}</h2>
      {held > 0 ? <p>{say(REVIEW.noCaseHeld, { n: held })}</p> : null}
      {skipped > 0 ? <p>{say(REVIEW.noCaseSkipped, { n: skipped })}</p> : null}
      {awaitingOthers > 0 ? <p>{say(REVIEW.noCaseOthers, { n: awaitingOthers })}</p> : null}
      <p class="buttons">
        <button type="button" class="main" onClick={desk.lookAgain}>
          <kbd>d</kbd> {say(REVIEW.lookAgain)}
        </button>
        <button type="button" onClick={leave}>
          <kbd>Esc</kbd> {say(REVIEW.backToQueue)}
        </button>
      </p>
    </>
  );
}

function HoldLeft({ held, onHold }: { readonly held: HeldCase; readonly onHold: () => void }) {
  const now = useNow();
  const leftMs = holdLeftMs(held, now) ?? 0;
  return (
    <p class={leftMs <= 0 ? "notice bad hold" : leftMs < MINUTE_MS ? "notice warn hold" : "muted hold"}>
      {leftMs <= 0 ? say(REVIEW.holdOver) : say(REVIEW.holdLeft, { time: clockText(leftMs) })}{" "}
      <button type="button" onClick={onHold}>
        <kbd>h</kbd> {say(REVIEW.holdLonger)}
      </button>
    </p>
  );
}

/** Every second, with whether the person did anything in the last minute. */
function useTicks(tick: (isActive: boolean) => void): void {
  useEffect(() => {
    let activeAtMs = performance.now();
    const active = (): void => {
      activeAtMs = performance.now();
    };
    const events = ["keydown", "pointerdown", "pointermove", "wheel", "scroll"] as const;
    for (const name of events) addEventListener(name, active, { capture: true, passive: true });
    const timer = setInterval(() => tick(performance.now() - activeAtMs < ACTIVE_MS), 1_000);
    return () => {
      clearInterval(timer);
      for (const name of events) removeEventListener(name, active, { capture: true });
    };
  }, [tick]);
}
