/** One case that was not handed out: shown, and decided, noted or taken back where that is allowed. */
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import type { ReviewCase } from "../../lib/operator/contract/response-schema.ts";
import { useApp } from "../app-context.ts";
import { ConsoleError } from "../http/client.ts";
import { say } from "../i18n/say.ts";
import { goTo, linkTo } from "../route.ts";
import { ReadState } from "../ui/failure.tsx";
import { Foreign } from "../ui/name.tsx";
import { Time } from "../ui/time.tsx";
import { type Load, useAnswer } from "../ui/use-answer.ts";
import { AfterVerdict, Stays, type WhatStays } from "./after-verdict.tsx";
import { CASE } from "./case-texts.ts";
import { CaseView } from "./case-view.tsx";
import { Decisions, useUndo } from "./decisions.tsx";
import { REASON } from "./desk/desk-state.ts";
import type { Command } from "./desk/draft.ts";
import { dryRun } from "./desk/take-cases.ts";
import type { DryRun } from "./desk/verdicts.ts";
import { Help } from "./help.tsx";
import { Judge } from "./judge.tsx";
import { REVIEW } from "./texts.ts";
import { useDesk } from "./use-desk.ts";
import { personText } from "./words.ts";

export function CasePage({ report }: { readonly report: string }) {
  const { client, tell } = useApp();
  const desk = useDesk();
  const [isHelpOpen, setIsHelpOpen] = useState(false);
  const load = useCallback<Load<ReviewCase>>(
    async (how) => {
      const answer = await client.ask({ action: "case", report, reason: REASON }, how);
      if (answer.case) return answer.case;
      throw new ConsoleError("failed", "the response of offair has no case");
    },
    [client, report],
  );
  const read = useAnswer(load);
  const { data: shown, set, reload } = read;
  const [answeredAtMs, setAnsweredAtMs] = useState(0);
  const readAtMs = Math.max(read.readAtMs ?? 0, answeredAtMs);
  const [stays, setStays] = useState<WhatStays>();
  const [dry, setDry] = useState<DryRun>({ state: "none" });
  const undo = useUndo(desk, () => goTo("review", "next"));
  const { self, outbox, reasons } = desk.state();
  const isOpen = shown !== undefined && shown.verdict === undefined && shown.outcome !== undefined;

  async function askDryRun(): Promise<void> {
    if (!shown || shown.verdict) return;
    setDry({ state: "asking" });
    setDry(await dryRun(shown, client));
  }
  useEffect(() => void askDryRun(), [shown?.key, isOpen]);

  function obey(command: Command): void {
    if (command === "help") setIsHelpOpen(true);
    else if (command === "undo") undo();
    else if (command === "retry") void askDryRun();
    else if (command === "leave") goTo("review");
  }

  function change(after: ReviewCase): void {
    set(after);
    setAnsweredAtMs(Date.now());
  }

  // Once the decision is answered, what was read before it is over: it is shown without questions until it is read again.
  const isWaiting = outbox.some((each) => each.shown.key === report);
  const decidedOn = useRef<ReviewCase | undefined>(undefined);
  if (isWaiting) decidedOn.current = shown;
  const isDecided = isWaiting || (shown !== undefined && decidedOn.current === shown);
  const wasWaiting = useRef(false);
  useEffect(() => {
    if (wasWaiting.current && !isWaiting) void reload();
    wasWaiting.current = isWaiting;
  }, [isWaiting]);

  const whyNot = shown && whyNotDecide(shown, self);
  return (
    <>
      {isHelpOpen ? <Help onClose={() => setIsHelpOpen(false)} /> : null}
      <ReadState read={read} />
      {stays ? <Stays stays={stays} /> : null}
      {shown && !shown.verdict ? <MaybeHeld shown={shown} self={self} /> : null}
      {shown ? null : <BackToQueue />}
      {!shown ? null : shown.verdict || isDecided || whyNot ? (
        <div class="judge">
          <article data-case={shown.key}>
            <h2>{shown.stream ? <Foreign text={shown.stream.stream} /> : say(REVIEW.case)}</h2>
            <CaseView shown={shown} readAtMs={readAtMs} />
          </article>
          <aside class="panel">
            {isDecided ? <p class="notice">{say(CASE.decidedHere)}</p> : null}
            {whyNot && !shown.verdict ? <p class="notice warn">{whyNot}</p> : null}
            {shown.verdict ? <AfterVerdict shown={shown} onChanged={change} onStays={setStays} /> : null}
            <Decisions onUndo={undo} />
            <BackToQueue />
          </aside>
        </div>
      ) : (
        <Judge
          key={shown.key}
          held={{ shown, readAtMs, aheadMs: 0, dryRun: dry }}
          reasons={reasons}
          without="sh"
          onCommand={obey}
          onDecide={(decision) => desk.decide(shown, decision)}
          onNote={async (text, id) => {
            const after = await desk.note(shown.key, text, id);
            if (after) change(after);
            tell(say(REVIEW.noted));
          }}
          onOpinion={(reason, id) => desk.secondOpinion(shown.key, reason, id)}
          onLeft={() => {
            tell(say(REVIEW.opinionAsked));
            goTo("review");
          }}
        >
          {shown.holder && shown.holder.by === self ? (
            <p class="buttons">
              <button
                type="button"
                onClick={() => {
                  desk.release(shown.key);
                  tell(say(CASE.released));
                  goTo("review");
                }}
              >
                {say(CASE.release)}
              </button>
            </p>
          ) : null}
          <Decisions onUndo={undo} />
          <BackToQueue />
        </Judge>
      )}
    </>
  );
}

const BackToQueue = () => (
  <p>
    <a href={linkTo("review")}>{say(REVIEW.backToQueue)}</a>
  </p>
);

/** Why this person cannot decide the case, as far as the page knows; the deployment checks it again. */
function whyNotDecide({ holder, secondOpinion }: ReviewCase, self: string | undefined) {
  if (secondOpinion && secondOpinion.by === self) return say(CASE.youAsked);
  if (!holder || self === undefined || holder.by === self) return undefined;
  return (
    <>
      <Foreign text={say(CASE.heldByOther, { who: personText(holder.by) })} /> <Time at={holder.until} />
    </>
  );
}

/** Before this page knows who this person is to the deployment, the holder may be this person. */
function MaybeHeld({ shown: { holder }, self }: { readonly shown: ReviewCase; readonly self: string | undefined }) {
  if (!holder || self !== undefined) return null;
  return (
    <p class="notice warn">
      <Foreign text={say(REVIEW.heldBy, { who: personText(holder.by) })} /> <Time at={holder.until} />
    </p>
  );
}
