/** Something takes its time: the seconds so far, which a screen reader is told only once. */
import { useState } from "preact/hooks";
import { say, type Text } from "../i18n/say.ts";
import { useNow } from "./time.tsx";

/** @param text - with `{n}`, the seconds. */
export function Progress({ text }: { readonly text: Text }) {
  const [beganMs] = useState(() => Date.now());
  const n = Math.max(0, Math.floor((useNow() - beganMs) / 1_000));
  const begun = say(text, { n: 0 });
  return (
    <p>
      <progress aria-label={begun} /> <span aria-hidden="true">{say(text, { n })}</span>
      <span class="hidden" role="status">
        {begun}
      </span>
    </p>
  );
}
