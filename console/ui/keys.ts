/** Single-key shortcuts, which can be switched off (WCAG 2.2, 2.1.4). */
import { useEffect, useRef } from "preact/hooks";

const STORED = "offair-shortcuts";

export const areShortcutsOn = (): boolean => localStorage.getItem(STORED) !== "off";
export const switchShortcuts = (isOn: boolean): void => localStorage.setItem(STORED, isOn ? "on" : "off");

export type Keys = Readonly<Record<string, () => void>>;

/** @param keys - what each key does. No key does anything while a person types, or while a dialog is open. */
export function useKeys(keys: Keys, isOn = true): void {
  const latest = useRef(keys);
  latest.current = keys;
  useEffect(() => {
    if (!isOn) return;
    function pressed(event: KeyboardEvent): void {
      if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.defaultPrevented) return;
      if (!areShortcutsOn() || isTyping(event.target) || document.querySelector("dialog[open]")) return;
      const act = Object.hasOwn(latest.current, event.key) ? latest.current[event.key] : undefined;
      if (!act) return;
      event.preventDefault();
      act();
    }
    addEventListener("keydown", pressed);
    return () => removeEventListener("keydown", pressed);
  }, [isOn]);
}

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || target.matches("input, textarea, select"));
