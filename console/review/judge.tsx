/** One case and the questions on it. Every key and every button is one step of the draft; a step that nobody can have meant is left out. */

import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { useApp } from "../app-context.ts";
import { say } from "../i18n/say.ts";
import { Foreign } from "../ui/name.tsx";
import { CaseView } from "./case-view.tsx";
import { type Command, type Draft, type DraftContext, press, typed } from "./desk/draft.ts";
import { isMeant, type Pressed } from "./desk/guard.ts";
import type { HeldCase } from "./desk/shelf.ts";
import type { Decision } from "./desk/verdicts.ts";
import { Panel } from "./panel.tsx";
import { REVIEW } from "./texts.ts";
import { useCaseKeys } from "./use-case-keys.ts";
import { afterPaint } from "./use-desk.ts";

interface JudgeProps extends Pick<DraftContext, "reasons"> {
  readonly held: HeldCase;
  /** Whether the case came by an act of the person. Default: true. */
  readonly isOwn?: boolean;
  /** Keys that do nothing here. */
  readonly without?: string;
  /** @param atMs - when the last key was pressed, by the clock of the page. */
  readonly onDecide: (decision: Decision, atMs: number) => void;
  readonly onCommand: (command: Command) => void;
  /** @throws ConsoleError */
  readonly onNote: (text: string, id: string) => Promise<unknown>;
  /** @throws ConsoleError */
  readonly onOpinion: (reason: string, id: string) => Promise<unknown>;
  /** Another person has to decide the case, and this one waits for what comes next. */
  readonly onLeft: () => void;
  readonly onPainted?: (atMs: number) => void;
  /** Below the questions. */
  readonly children?: ComponentChildren;
}

/** Its key is that of the case: another case begins anew. */
export function Judge(props: JudgeProps) {
  const { held, reasons, without = "", isOwn = true } = props;
  const { tell } = useApp();
  const { shown, dryRun, readAtMs } = held;
  const [draft, setDraft] = useState<Draft>({ at: "case" });
  const paintedAtMs = useRef<number | undefined>(undefined);
  const changedAtMs = useRef(Number.NEGATIVE_INFINITY);
  const head = useRef<HTMLHeadingElement>(null);
  const context: DraftContext = { shown, dryRun, reasons };
  const latest = useRef<Draft | undefined>(draft);
  useLayoutEffect(
    () => () => {
      latest.current = undefined; // the case is gone
    },
    [],
  );

  useLayoutEffect(() => {
    head.current?.focus({ preventScroll: true });
    scrollTo(0, 0);
    return whenPainted((atMs) => props.onPainted?.(atMs));
  }, []);
  // Words that arrive by themselves below an open question have to be seen before a key can mean them.
  useLayoutEffect(() => (draft.at === "case" ? undefined : whenPainted()), [dryRun.state]);

  function whenPainted(then: (atMs: number) => void = () => {}): () => void {
    let isOver = false;
    paintedAtMs.current = undefined;
    afterPaint(() => {
      if (isOver) return;
      paintedAtMs.current = performance.now();
      then(paintedAtMs.current);
    });
    return () => {
      isOver = true;
    };
  }

  function change(next: Draft): void {
    changedAtMs.current = performance.now();
    latest.current = next;
    setDraft(next);
  }

  function act(key: string, pressed: Pressed): void {
    if (without.includes(key) && draft.at === "case") return;
    if (!isMeant(pressed, { paintedAtMs: paintedAtMs.current, changedAtMs: changedAtMs.current })) return;
    const step = press(draft, key, context);
    if (!step) return;
    if ("draft" in step) change(step.draft);
    else if ("decision" in step) props.onDecide(step.decision, pressed.atMs);
    else props.onCommand(step.command);
  }
  useCaseKeys(act, isOwn);

  function onTyped(text: string, atMs: number): void {
    const decision = typed(draft, text);
    if (decision) props.onDecide(decision, atMs);
  }

  return (
    <div class="judge">
      <article aria-labelledby="case-title" data-case={shown.key}>
        <h2 id="case-title" ref={head} tabIndex={-1}>
          {shown.stream ? <Foreign text={shown.stream.stream} /> : say(REVIEW.case)}
        </h2>
        <CaseView shown={shown} readAtMs={readAtMs} />
      </article>
      <Panel
        draft={draft}
        context={context}
        without={without}
        onKey={act}
        onBack={() => change({ at: "case" })}
        onHours={(hours) => change({ at: "verdict", verdict: "approve", wanted: { as: "disable", hours } })}
        onTyped={onTyped}
        onNote={async (text, id) => {
          await props.onNote(text, id);
          // The person may have gone back, and to another question.
          if (latest.current === draft) change({ at: "case" });
        }}
        onOpinion={async (reason, id) => {
          await props.onOpinion(reason, id);
          if (latest.current === draft) props.onLeft();
          else tell(say(REVIEW.opinionLate));
        }}
      >
        {props.children}
      </Panel>
    </div>
  );
}
