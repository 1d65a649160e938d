/** One plan, batch or request: exactly what it changes, whose turn it is, and how far it is. */
import { useEffect, useRef } from "preact/hooks";
import { personOf } from "../../lib/core/person-name.ts";
import { useApp } from "../app-context.ts";
import { say, sayWord } from "../i18n/say.ts";
import { linkTo } from "../route.ts";
import { ReadState } from "../ui/failure.tsx";
import { Foreign } from "../ui/name.tsx";
import { useNow } from "../ui/time.tsx";
import { Unreadable } from "../ui/unreadable.tsx";
import { BatchSection } from "./batch-progress.tsx";
import { DifferenceToLive } from "./difference.tsx";
import { ExactList } from "./exact-list.tsx";
import { LeftOut, LeftOutCases } from "./left-out.tsx";
import { madePlan } from "./made-plans.ts";
import { PlanActs } from "./plan-acts.tsx";
import { PlanFacts } from "./plan-facts.tsx";
import { actsOf, doneByOthers, isMoving, stateOf } from "./plan-state.ts";
import { actText, planText, untilText } from "./question.ts";
import { PLAN } from "./texts.ts";
import { type PlanRead, usePlan } from "./use-plan.ts";
import { NEXT, STATES } from "./words.ts";

export function OnePlan({ orderId }: { readonly orderId: string }) {
  const read = usePlan(orderId);
  const { whole, progress, batch } = read;
  const { answer, row } = whole.data ?? {};
  const plan = answer?.plan;
  const made = madePlan(orderId);
  const state = stateOf({ row, batch, plan });
  const isOpen = state === "waiting-for-approval" || state === "ready";
  const nowMs = useNow(isOpen ? 1_000 : 30_000);
  const isExpired = isOpen && plan !== undefined && nowMs >= Date.parse(plan.expiresAt);
  const shownState = isExpired ? "expired" : state;
  const own = useRef(false);
  useToldOfOthers(read, own);

  const action = plan?.action ?? batch?.action ?? row?.action;
  const what = plan ? planText(plan) : action && actText(action, batch?.count ?? row?.count ?? 0);
  const isApplied = batch?.appliedAt !== undefined || row?.appliedAt !== undefined;
  const acted = {
    ...({ state: shownState, action, isApplied, kind: row?.kind ?? (batch ? "plan" : "request") } as const),
    isApproved: batch?.approvedBy !== undefined,
    resumeTime: plan?.resumeTime ?? row?.resumeTime,
    hasOpenCases: isApplied && batch?.leftOut?.some(({ because }) => because === "open") === true,
  };
  const refusals = answer?.errors ?? [];
  return (
    <>
      <p>
        <a href={linkTo("plans")}>{say(PLAN.all)}</a>
      </p>
      <ReadState read={whole} />
      {whole.data ? (
        <article aria-labelledby="plan">
          <h2 id="plan" class="plan">
            {what ?? orderId}
            {plan ? ` ${untilText(plan)}` : ""}
            {shownState === undefined ? null : <span class={`state ${shownState}`}>{sayWord(STATES, shownState)}</span>}
          </h2>
          {what === undefined ? null : <p class="mono muted">{orderId}</p>}
          {shownState !== undefined && Object.hasOwn(NEXT, shownState) ? (
            <p class={shownState === "altered" ? "notice bad" : ""}>{sayWord(NEXT, shownState)}</p>
          ) : null}
          {action === "reject" && isApplied ? <p>{say(PLAN.rejectBack, { command: "offair review reopen" })}</p> : null}
          {refusals.map(({ message }) => (
            <p class="notice bad" lang="en">
              <Foreign text={message} />
            </p>
          ))}
          {progress.failure ? <ReadState read={progress} /> : null}
          <PlanActs
            {...{ orderId, plan, batch, own }}
            acts={actsOf(acted, nowMs)}
            onDone={() => {
              void whole.reload();
              void progress.reload();
            }}
          />
          {batch && (isApplied || isMoving(batch.state)) ? (
            <BatchSection {...{ orderId, batch }} progress={progress.data} />
          ) : null}
          <PlanFacts {...{ plan, batch, row }} state={shownState} />
          {made?.plan.unreadable ? <Unreadable unreadable={made.plan.unreadable} text={PLAN.unreadable} /> : null}
          {made && !made.plan.alreadyOffKnown && action !== "enable" ? (
            <p class="notice warn">{say(PLAN.listUnknown)}</p>
          ) : null}
          <LeftOutCases cases={batch?.leftOut ?? plan?.leftOut ?? made?.plan.leftOut ?? []} />
          {plan && plan.verdict === undefined ? <LeftOut orderId={orderId} /> : null}
          {plan && isOpen && (action === "disable" || action === "pause") ? <DifferenceToLive plan={plan} /> : null}
          {answer ? <ExactList answer={answer} /> : null}
        </article>
      ) : null}
    </>
  );
}

/** Two people on one plan: the later one is told what the other did. */
function useToldOfOthers({ batch }: PlanRead, own: { current: boolean }): void {
  const { tell } = useApp();
  const before = useRef(batch);
  useEffect(() => {
    const done = before.current && batch ? doneByOthers(before.current, batch) : [];
    before.current = batch;
    if (done.length === 0) return;
    if (!own.current) {
      const texts = { approved: PLAN.otherApproved, applied: PLAN.otherApplied, cancelled: PLAN.otherCancelled };
      const what = done.map(([each, who]) => say(texts[each], { who: personOf(who) })).join(" ");
      tell(say(PLAN.byOther, { what }));
    }
    own.current = false;
  }, [batch, tell, own]);
}
