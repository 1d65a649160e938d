/** One case that was not handed out: shown, and decided, noted or taken back where that is allowed. */
import { useCallback, useEffect, useState } from "preact/hooks";
import { HOUR_MS } from "../../lib/core/time.ts";
import type { ReviewCase } from "../../lib/operator/contract/response-schema.ts";
import { useApp } from "../app-context.ts";
import { ConsoleError } from "../http/client.ts";
import { say } from "../i18n/say.ts";
import { goTo, linkTo } from "../route.ts";
import { AskReason } from "../ui/ask-reason.tsx";
import { ReadState } from "../ui/failure.tsx";
import { Foreign } from "../ui/name.tsx";
import { Time } from "../ui/time.tsx";
import { type Load, useAnswer } from "../ui/use-answer.ts";
import { CASE } from "./case-texts.ts";
import { CaseView } from "./case-view.tsx";
import { Decisions, useUndo } from "./decisions.tsx";
import { REASON } from "./desk/desk-state.ts";
import type { Command } from "./desk/draft.ts";
import { dryRun } from "./desk/take-cases.ts";
import type { DryRun } from "./desk/verdicts.ts";
import { Help } from "./help.tsx";
import { Judge } from "./judge.tsx";
import { ASK, REVIEW } from "./texts.ts";
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
  const { data: shown, readAtMs = 0, set } = read;
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

  const isDecided = outbox.some((each) => each.shown.key === report);
  const whyNot = shown && whyNotDecide(shown, self);
  return (
    <>
      {isHelpOpen ? <Help onClose={() => setIsHelpOpen(false)} /> : null}
      <ReadState read={read} />
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
            {shown.verdict ? <AfterVerdict shown={shown} onChanged={set} /> : null}
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
            if (after) set(after);
            tell(say(REVIEW.noted));
          }}
          onOpinion={async (reason, id) => {
            await desk.secondOpinion(shown.key, reason, id);
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

interface AfterVerdictProps {
  readonly shown: ReviewCase;
  readonly onChanged: (shown: ReviewCase) => void;
}

/** A verdict can be taken back. An approval whose order was never placed can be given again. */
function AfterVerdict({ shown, onChanged }: AfterVerdictProps) {
  const { client, tell } = useApp();
  const desk = useDesk();
  const [isAsking, setIsAsking] = useState(false);
  const [stays, setStays] = useState<{ readonly says: string; readonly undo?: string }>();
  const { verdict, key: report, orders = [] } = shown;
  if (!verdict && !stays) return null;
  const { orderId, action, resumeTime, at, reason } = verdict ?? {};
  const isUnsent = orderId !== undefined && !orders.some((each) => each.orderId === orderId);

  function approveAgain(): void {
    if (!verdict || (action !== "pause" && action !== "disable")) return;
    const hours = Math.round((Date.parse(resumeTime ?? "") - Date.parse(at ?? "")) / HOUR_MS);
    const isDisable = action === "disable" && hours >= 1;
    desk.decide(shown, { verdict: "approve", reason: verdict.reason, as: action, ...(isDisable && { hours }) });
  }

  return (
    <>
      {stays ? (
        <div class="notice warn" role="status">
          <h3>{say(CASE.stays)}</h3>
          <p lang="en">
            <Foreign text={stays.says} />
          </p>
          {stays.undo === undefined ? null : (
            <p>
              {say(CASE.undoStays)}{" "}
              <code>
                <Foreign text={`offair ${stays.undo}`} />
              </code>
            </p>
          )}
        </div>
      ) : null}
      {isUnsent ? (
        <p>
          {say(CASE.unsent)}{" "}
          <button type="button" onClick={approveAgain}>
            {say(ASK.approve)}
          </button>
        </p>
      ) : null}
      {verdict ? (
        <p class="buttons">
          <button type="button" onClick={() => setIsAsking(true)}>
            {say(CASE.reopen)}
          </button>
        </p>
      ) : null}
      {isAsking && reason !== undefined ? (
        <AskReason
          title={say(CASE.reopen)}
          action={say(CASE.reopen)}
          onClose={() => setIsAsking(false)}
          onGiven={async (given) => {
            const asked = { action: "reopen", report, reason: given.reason } as const;
            const answer = await client.ask(asked, { id: given.id });
            setStays(answer.reopened?.stays);
            if (answer.case) onChanged(answer.case);
            tell(say(CASE.reopened));
          }}
        >
          <p>{say(CASE.reopenWhat)}</p>
        </AskReason>
      ) : null}
    </>
  );
}
