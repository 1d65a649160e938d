/** The keys of a case. They are seen before the keys of other parts of the page, and a digit never means anything else here. */
import { useLayoutEffect, useRef } from "preact/hooks";
import { areShortcutsOn } from "../ui/keys.ts";
import { type Pressed, quietAfter } from "./desk/guard.ts";

const OWN = /^([a-z?1-9]|Escape|Backspace|Enter)$/;

/** @param isOwn - whether what is on the screen came by an act of the person. */
export function useCaseKeys(act: (key: string, pressed: Pressed) => void, isOwn = true): void {
  const latest = useRef(act);
  const quietSinceMs = useRef(isOwn ? undefined : performance.now());
  latest.current = act;
  useLayoutEffect(() => {
    function pressed(event: KeyboardEvent): void {
      const { key, target, timeStamp: atMs, repeat: isRepeated } = event;
      quietSinceMs.current = quietAfter(quietSinceMs.current, atMs);
      if (event.ctrlKey || event.metaKey || event.altKey || !OWN.test(key)) return;
      if (!areShortcutsOn() || isElsewhere(target, key) || document.querySelector("dialog[open]")) return;
      event.preventDefault();
      if (quietSinceMs.current === undefined) latest.current(key, { atMs, isRepeated, isClick: false });
    }
    addEventListener("keydown", pressed, { capture: true });
    return () => removeEventListener("keydown", pressed, { capture: true });
  }, []);
}

/** A person types, or activates a control. */
function isElsewhere(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.matches("input, textarea, select")) return true;
  return key === "Enter" && target.matches("button, a, summary");
}
