/** What a verdict does, in words, before its reason is asked for. */
import { ACTIONS } from "../i18n/common.ts";
import { say, sayWord } from "../i18n/say.ts";
import { Foreign } from "../ui/name.tsx";
import { Time, useNow } from "../ui/time.tsx";
import type { Draft, DraftContext } from "./desk/draft.ts";
import { approvalOf, type Effect, effectOf, effectOfGrant, type Verdict } from "./desk/verdicts.ts";
import { ASK } from "./texts.ts";

interface EffectTextProps {
  readonly draft: Extract<Draft, { readonly verdict: Verdict }>;
  readonly context: DraftContext;
}

export function EffectText({ draft: { verdict, wanted }, context: { shown, dryRun } }: EffectTextProps) {
  const isSample = approvalOf(shown) === "sample";
  if (approvalOf(shown) === "appeal") return <AppealEffect verdict={verdict} dryRun={dryRun} />;
  if (verdict === "reject") return <p class="effect">{say(isSample ? ASK.sampleWrong : ASK.rejectEffect)}</p>;
  if (isSample) return <p class="effect">{say(ASK.sampleRight)}</p>;
  if (dryRun.state !== "known") return null;
  return (
    <>
      <Approval effect={effectOf(dryRun.planned, wanted)} />
      {dryRun.isListKnown || wanted.as === "pause" ? null : <p class="warn">{say(ASK.unreadList)}</p>}
    </>
  );
}

function AppealEffect({ verdict, dryRun }: { readonly verdict: Verdict } & Pick<DraftContext, "dryRun">) {
  if (verdict === "reject") return <p class="effect">{say(ASK.rejectAppealEffect)}</p>;
  if (dryRun.state !== "known") return null;
  const effect = effectOfGrant(dryRun.planned);
  if (effect === "nothing") return <p class="effect">{say(ASK.grantOnly)}</p>;
  if (effect === "enable") return <p class="effect">{say(ASK.grantEffect)}</p>;
  return (
    <p class="effect warn">
      {say(ASK.grantStaysOff)} <Time at={effect.staysOffUntil} />
    </p>
  );
}

function Approval({ effect }: { readonly effect: Effect }) {
  const now = useNow();
  const { action, resumeTime, before, isShorter } = effect;
  if (action === "pause") return <p class="effect">{say(ASK.pauseEffect)}</p>;
  if (resumeTime === undefined)
    return (
      <p class="effect">
        <Foreign text={say(ASK.otherEffect, { action: sayWord(ACTIONS, action) })} />
      </p>
    );
  return (
    <p class="effect">
      {say(ASK.disableEffect)} <Time at={resumeTime} now={now} />
      {before === undefined ? null : (
        <span class={isShorter ? "bad" : "muted"}>
          {" "}
          {say(ASK.instead)} {before === null ? say(ASK.noEnd) : <Time at={before} />}
          {isShorter ? `, ${say(ASK.earlier)}` : ""}
        </span>
      )}
    </p>
  );
}
