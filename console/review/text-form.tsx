/** Asks for a text on a case. Enter sends it, Escape goes back; what could not be sent stays. */
import { useId, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { escapeInvisible } from "../../lib/core/escape-invisible.ts";
import { useApp } from "../app-context.ts";
import { ConsoleError } from "../http/client.ts";
import { FAILURES } from "../i18n/common.ts";
import { say } from "../i18n/say.ts";
import { Failure } from "../ui/failure.tsx";
import { ASK } from "./texts.ts";

interface TextFormProps {
  readonly label: string;
  readonly action: string;
  readonly max: number;
  /** With line breaks, by Shift and Enter. */
  readonly isLong?: boolean;
  /** @returns what is wrong. */
  readonly check?: (text: string) => string | undefined;
  readonly onBack: () => void;
  /**
   * @param id - of the request: the same for the same text, so that sending it again is carried out once.
   * @throws ConsoleError, which is shown.
   */
  readonly onText: (text: string, atMs: number, id: string) => unknown;
}

export function TextForm({ label, action, max, isLong = false, check, onBack, onText }: TextFormProps) {
  const { tell } = useApp();
  const [text, setText] = useState("");
  const [isSending, setIsSending] = useState(false);
  const [wrong, setWrong] = useState<string>();
  const [failure, setFailure] = useState<ConsoleError>();
  const id = useMemo(() => crypto.randomUUID(), [text]);
  const field = useRef<HTMLInputElement & HTMLTextAreaElement>(null);
  const name = useId();
  const isThere = useRef(true);
  // Before the next key, which is the first of the text.
  useLayoutEffect(() => {
    field.current?.focus();
    return () => {
      isThere.current = false;
    };
  }, []);

  async function send(event: Event): Promise<void> {
    event.preventDefault();
    if (text.trim() === "" || isSending) return;
    const issue = check?.(text);
    setWrong(issue);
    setFailure(undefined);
    if (issue !== undefined) return;
    setIsSending(true);
    try {
      await onText(text.trim(), event.timeStamp, id);
    } catch (error) {
      const failed = error instanceof ConsoleError ? error : new ConsoleError("failed", String(error));
      if (isThere.current) setFailure(failed);
      else tell(lateText(text.trim(), failed), "bad");
    }
    if (isThere.current) setIsSending(false);
  }

  function pressed(event: KeyboardEvent): void {
    if (event.isComposing) return; // the key is the input method's
    if (event.key === "Escape") onBack();
    else if (event.key === "Enter" && isLong && !event.shiftKey && !event.repeat) void send(event);
    else return;
    event.preventDefault();
  }

  const shared = {
    id: name,
    ref: field,
    maxLength: max,
    value: text,
    autocomplete: "off",
    onKeyDown: pressed,
  } as const;
  return (
    <form onSubmit={(event) => void send(event)}>
      <label class="hidden" for={name}>
        {label}
      </label>
      {isLong ? (
        <textarea {...shared} rows={4} onInput={(event) => setText(event.currentTarget.value)} />
      ) : (
        <input {...shared} onInput={(event) => setText(event.currentTarget.value)} />
      )}
      {wrong === undefined ? null : (
        <p class="bad" role="alert">
          {wrong}
        </p>
      )}
      {failure ? <Failure failure={failure} /> : null}
      <p class="buttons">
        <button type="submit" class="main" disabled={isSending || text.trim() === ""}>
          {action}
        </button>
        <button type="button" onClick={onBack}>
          <kbd>Esc</kbd> {say(ASK.back)}
        </button>
      </p>
    </form>
  );
}

const SHOWN = 80;

/** What became of a text whose form is gone. */
function lateText(text: string, { kind, message, maybeDone }: ConsoleError): string {
  const letters = [...text];
  const short = letters.length > SHOWN ? `${letters.slice(0, SHOWN).join("")} …` : text;
  const why = [say(FAILURES[kind]), escapeInvisible(message)].filter((part) => part !== "").join(" ");
  return say(maybeDone ? ASK.lateUnknown : ASK.lateUnsent, { text: escapeInvisible(short), why });
}
