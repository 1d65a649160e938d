/** What the keys of a case do. */
import { COMMON } from "../i18n/common.ts";
import { say } from "../i18n/say.ts";
import { Dialog } from "../ui/dialog.tsx";
import { ASK } from "./texts.ts";

const KEYS = [
  ["a", ASK.keyA],
  ["r", ASK.keyR],
  ["s", ASK.keyS],
  ["n", ASK.keyN],
  ["o", ASK.keyO],
  ["h", ASK.keyH],
  ["u", ASK.keyU],
  ["1–4", ASK.keyDigits],
  ["Esc", ASK.keyEsc],
] as const;

export function Help({ onClose }: { readonly onClose: () => void }) {
  return (
    <Dialog title={say(ASK.help)} onClose={onClose}>
      <dl class="facts">
        {KEYS.map(([key, text]) => (
          <>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{say(text)}</dd>
          </>
        ))}
      </dl>
      <p class="buttons">
        <button type="button" onClick={onClose}>
          {say(COMMON.close)}
        </button>
      </p>
    </Dialog>
  );
}
