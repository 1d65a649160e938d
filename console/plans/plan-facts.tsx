/** What a plan does, by whom and why, whether it needs a second person, until when it can be applied, and its hash. */
import type { BatchProgress, OrderRow, PlanResponse } from "../../lib/operator/contract/response-schema.ts";
import { say, sayWord } from "../i18n/say.ts";
import { linkTo } from "../route.ts";
import { Foreign } from "../ui/name.tsx";
import { durationText, Time, useNow } from "../ui/time.tsx";
import type { State } from "./plan-state.ts";
import { SelectorText } from "./selector-text.tsx";
import { PLAN } from "./texts.ts";
import { DOES, NEEDS } from "./words.ts";

interface PlanFactsProps {
  readonly plan: PlanResponse | undefined;
  readonly batch: BatchProgress | undefined;
  readonly row: OrderRow | undefined;
  readonly state: State | undefined;
}

export function PlanFacts({ plan, batch, row, state }: PlanFactsProps) {
  const action = plan?.action ?? batch?.action ?? row?.action;
  const selector = plan?.selector ?? row?.selector;
  const undoes = plan?.undoes ?? batch?.undoes ?? row?.undoes;
  const sha256 = plan?.sha256 ?? batch?.planSha256;
  const resumeTime = plan?.resumeTime ?? row?.resumeTime;
  const reason = plan?.reason ?? batch?.reason ?? row?.reason;
  const isOpen = state === "waiting-for-approval" || state === "ready";
  const people = [
    [PLAN.planned, plan?.requestedBy ?? batch?.requestedBy ?? row?.requestedBy, plan?.plannedAt ?? row?.madeAt],
    [PLAN.approved, batch?.approvedBy ?? row?.approvedBy, undefined],
    [PLAN.applied, batch?.appliedBy, batch?.appliedAt],
    [PLAN.cancelled, batch?.cancelledBy, batch?.cancelledAt],
  ] as const;
  return (
    <dl class="facts">
      {action === undefined ? null : (
        <>
          <dt>{say(PLAN.does)}</dt>
          <dd>
            {sayWord(DOES, action)}
            {resumeTime === undefined ? null : (
              <>
                {" · "}
                <Time at={resumeTime} />
              </>
            )}
          </dd>
        </>
      )}
      {reason === undefined ? null : (
        <>
          <dt>{say(PLAN.because)}</dt>
          <dd>
            <Foreign text={reason} />
          </dd>
        </>
      )}
      {people.map(([title, who, at]) =>
        who === undefined ? null : (
          <>
            <dt>{say(title)}</dt>
            <dd>
              <Foreign text={who} />
              {at === undefined ? null : (
                <>
                  {" · "}
                  <Time at={at} />
                </>
              )}
            </dd>
          </>
        ),
      )}
      {undoes === undefined ? null : (
        <>
          <dt>{say(PLAN.undoesTitle)}</dt>
          <dd>
            <a href={linkTo("plans", undoes)} class="mono">
              {undoes}
            </a>
          </dd>
        </>
      )}
      {selector ? (
        <>
          <dt>{say(PLAN.foundAs)}</dt>
          <dd>
            <SelectorText selector={selector} />
            {plan?.liveCount === undefined ? null : ` (${say(PLAN.ofLive, { n: plan.liveCount })})`}
          </dd>
        </>
      ) : null}
      {plan && isOpen ? <Open plan={plan} /> : null}
      {sha256 === undefined ? null : (
        <>
          <dt>{say(PLAN.sha256)}</dt>
          <dd>
            <code>{sha256}</code>
            {state === "waiting-for-approval" ? <small class="muted block">{say(PLAN.compare)}</small> : null}
          </dd>
        </>
      )}
    </dl>
  );
}

/** Of a plan that can still be applied. */
function Open({ plan }: { readonly plan: PlanResponse }) {
  const { approvalThreshold, approvedBy, estimatedSeconds, expiresAt } = plan;
  const { most, limit, needsApproval } = approvalThreshold;
  const now = useNow();
  const leftMs = Date.parse(expiresAt) - now;
  const why = needsApproval.map((each) => sayWord(NEEDS, each)).join("; ");
  return (
    <>
      <dt>{say(PLAN.approval)}</dt>
      <dd>
        <span class={needsApproval.length > 0 && approvedBy === undefined ? "warn" : ""}>
          {needsApproval.length === 0 ? say(PLAN.notNeeded) : say(PLAN.needed, { why })}
        </span>{" "}
        <small class="muted block">
          {say(PLAN.threshold, { n: most, limit })}
          {needsApproval.length > 0 ? ` ${say(PLAN.breakGlassHow, { command: "offair apply --break-glass" })}` : ""}
        </small>
      </dd>
      <dt>{say(PLAN.takes)}</dt>
      <dd>{say(PLAN.takesAbout, { time: durationText(estimatedSeconds * 1_000) })}</dd>
      <dt>{say(PLAN.expires)}</dt>
      <dd>
        <Time at={expiresAt} />{" "}
        <strong class={leftMs < 120_000 ? "warn" : ""}>
          {leftMs > 0 ? say(PLAN.inTime, { time: clockText(leftMs) }) : ""}
        </strong>
      </dd>
    </>
  );
}

/** `9:05` */
const clockText = (ms: number): string => {
  const seconds = Math.ceil(ms / 1_000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
};
