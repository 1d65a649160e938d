/** Instants: relative to now, with UTC and local time beside them. */
import { useEffect, useState } from "preact/hooks";
import { COMMON } from "../i18n/common.ts";
import { say } from "../i18n/say.ts";
import { instantText, localText, relativeText, utcText } from "./time-text.ts";

export { durationText, instantText, localText, longText, relativeText, utcText } from "./time-text.ts";

/** The time now, which changes every `everyMs`. */
export function useNow(everyMs = 1_000): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}

/** @param at - an instant as the deployment writes it; another text is shown as it is. */
export function Time({ at, now }: { readonly at: string | null | undefined; readonly now?: number }) {
  const ms = Date.parse(at ?? "");
  if (Number.isNaN(ms)) return <span>{at ? instantText(at) : say(COMMON.unknown)}</span>;
  return (
    <time dateTime={new Date(ms).toISOString()} title={`${utcText(ms)}\n${localText(ms)}`}>
      {utcText(ms)}
      {now === undefined ? null : <small class="muted"> {relativeText(ms, now)}</small>}
    </time>
  );
}
