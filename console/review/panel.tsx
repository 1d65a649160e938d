/** The questions on a case, as buttons that name their keys. */
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { MAX_NOTE_LENGTH, MAX_REASON } from "../../lib/operator/contract/limits.ts";
import { usualReasons } from "../../lib/operator/contract/usual-reasons.ts";
import { say, sayWord } from "../i18n/say.ts";
import { Foreign } from "../ui/name.tsx";
import { type Draft, type DraftContext, lastReason, questionOf } from "./desk/draft.ts";
import type { Pressed } from "./desk/guard.ts";
import { ACTIONS, approvalOf, hoursOf, type Verdict } from "./desk/verdicts.ts";
import { EffectText } from "./effect-text.tsx";
import { TextForm } from "./text-form.tsx";
import { ASK, REASONS } from "./texts.ts";

interface PanelProps {
  readonly draft: Draft;
  readonly context: DraftContext;
  readonly without: string;
  readonly onKey: (key: string, pressed: Pressed) => void;
  readonly onBack: () => void;
  readonly onHours: (hours: number) => void;
  readonly onTyped: (text: string, atMs: number) => void;
  readonly onNote: (text: string, id: string) => Promise<unknown>;
  readonly onOpinion: (reason: string, id: string) => Promise<unknown>;
  readonly children?: ComponentChildren;
}

export function Panel(props: PanelProps) {
  const { draft, children } = props;
  const group = useRef<HTMLFieldSetElement>(null);
  useLayoutEffect(() => {
    // A button that is gone has lost the focus; a form takes it by itself.
    if (draft.at !== "case" && document.activeElement === document.body) group.current?.focus();
  }, [draft]);
  return (
    <aside class="panel">
      <fieldset ref={group} tabIndex={-1}>
        <legend>{legendOf(draft)}</legend>
        <Questions {...props} />
      </fieldset>
      {children}
    </aside>
  );
}

function legendOf({ at }: Draft): string {
  if (at === "action") return say(ASK.action);
  if (at === "hours") return say(ASK.hours);
  if (at === "note") return say(ASK.noteText);
  if (at === "opinion") return say(ASK.opinionText);
  return at === "verdict" || at === "typing" ? say(ASK.reason) : say(ASK.what);
}

const KEYS = [
  ["a", ASK.approve, ASK.grantAppeal],
  ["r", ASK.reject, ASK.rejectAppeal],
  ["s", ASK.skip, undefined],
  ["n", ASK.note, undefined],
  ["o", ASK.opinion, undefined],
  ["?", ASK.help, undefined],
] as const;

function Questions(props: PanelProps) {
  const { draft, context, without, onBack } = props;
  const { shown } = context;
  switch (draft.at) {
    case "case":
      return (
        <p class="buttons keys">
          {KEYS.filter(([key]) => !without.includes(key)).map(([key, text, ofAppeal]) => (
            <KeyButton key={key} name={key} kind={key === "a" ? "main" : undefined} onKey={props.onKey}>
              {say(shown.appealed && ofAppeal ? ofAppeal : text)}
            </KeyButton>
          ))}
        </p>
      );
    case "nothing":
      return (
        <>
          <p class="notice warn" role="alert">
            {say(ASK.nothing)}
          </p>
          <Back onBack={onBack} />
        </>
      );
    case "action":
      return (
        <>
          <div class="choices">
            {ACTIONS.map((key) => (
              <KeyButton key={key} name={key} onKey={props.onKey}>
                {say(ASK[key])}
              </KeyButton>
            ))}
          </div>
          <Back onBack={onBack} />
        </>
      );
    case "hours":
      return (
        <TextForm
          label={say(ASK.hours)}
          action={say(ASK.approve)}
          max={8}
          check={(text) => (hoursOf(text) === undefined ? say(ASK.hoursWrong) : undefined)}
          onBack={onBack}
          onText={(text) => props.onHours(hoursOf(text) ?? 0)}
        />
      );
    case "note":
      return (
        <TextForm
          {...{ label: say(ASK.noteText), action: say(ASK.noteSave), max: MAX_NOTE_LENGTH, isLong: true, onBack }}
          onText={(text, _, id) => props.onNote(text, id)}
        />
      );
    case "opinion":
      return (
        <TextForm
          {...{ label: say(ASK.opinionText), action: say(ASK.opinionSend), max: MAX_REASON, onBack }}
          onText={(text, _, id) => props.onOpinion(text, id)}
        />
      );
    case "typing":
      return (
        <>
          <EffectText draft={draft} context={context} />
          <TextForm
            {...{ label: say(ASK.typeReason), max: MAX_REASON, onBack }}
            action={say(verdictWord(draft.verdict, shown))}
            onText={(text, atMs) => props.onTyped(text, atMs)}
          />
        </>
      );
    case "verdict":
      return (
        <>
          <EffectText draft={draft} context={context} />
          <VerdictQuestion {...props} verdict={draft.verdict} isSample={approvalOf(shown) === "sample"} />
          <Back onBack={onBack} />
        </>
      );
  }
}

function verdictWord(verdict: Verdict, { appealed }: DraftContext["shown"]) {
  if (verdict === "approve") return appealed ? ASK.grantAppeal : ASK.approve;
  return appealed ? ASK.rejectAppeal : ASK.reject;
}

function VerdictQuestion({
  draft,
  context,
  verdict,
  onKey,
}: PanelProps & { readonly verdict: Verdict; readonly isSample: boolean }) {
  const question = questionOf(draft, context);
  const { dryRun, shown } = context;
  if (question === "waits") return <p role="status">{say(ASK.waits)}</p>;
  if (question === "refused" || question === "failed")
    return (
      <div class="notice bad" role="alert">
        <p>{say(question === "refused" ? ASK.refused : ASK.dryRunFailed)}</p>
        <p lang="en">
          <Foreign text={"message" in dryRun ? dryRun.message : ""} />
        </p>
        {question === "failed" ? (
          <KeyButton name="Enter" onKey={onKey}>
            {say(ASK.retry)}
          </KeyButton>
        ) : null}
      </div>
    );
  if (question === "shorten")
    return (
      <div class="notice warn" role="alert">
        <p>{say(ASK.shorten)}</p>
        <KeyButton name="y" onKey={onKey}>
          {say(ASK.yes)}
        </KeyButton>
      </div>
    );
  const last = lastReason(verdict, context);
  return (
    <div class="choices">
      {usualReasons(shown)[verdict].map((reason, index) => (
        <KeyButton key={reason} name={`${index + 1}`} onKey={onKey}>
          {sayWord(REASONS, reason)}
        </KeyButton>
      ))}
      <KeyButton name="t" onKey={onKey}>
        {say(ASK.another)}
      </KeyButton>
      {last === undefined ? null : (
        <KeyButton name="Enter" onKey={onKey}>
          <Foreign text={say(ASK.before, { reason: sayWord(REASONS, last) })} />
        </KeyButton>
      )}
    </div>
  );
}

function KeyButton({
  name,
  kind,
  onKey,
  children,
}: {
  readonly name: string;
  readonly kind?: string | undefined;
  readonly onKey: PanelProps["onKey"];
  readonly children: ComponentChildren;
}) {
  return (
    <button
      type="button"
      class={kind}
      onClick={({ timeStamp, detail }) => onKey(name, { atMs: timeStamp, isRepeated: false, isClick: detail > 0 })}
    >
      <kbd>{name}</kbd> {children}
    </button>
  );
}

const Back = ({ onBack }: { readonly onBack: () => void }) => (
  <p class="buttons">
    <button type="button" onClick={onBack}>
      <kbd>Esc</kbd> {say(ASK.back)}
    </button>
  </p>
);
