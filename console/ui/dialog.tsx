/** A modal dialog. The browser keeps the focus inside, and Escape closes it. It begins at the element with `data-focus`, if there is one. */
import type { ComponentChildren } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";

interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  /** Something is being sent. The dialog stays, because it shows the outcome. */
  readonly isBusy?: boolean;
  readonly children: ComponentChildren;
}

export function Dialog({ title, onClose, isBusy = false, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useLayoutEffect(() => {
    const before = document.activeElement;
    dialog.current?.showModal();
    dialog.current?.querySelector<HTMLElement>("[data-focus]")?.focus(); // Chromium complains about autofocus in a page that has a focus
    return () => {
      // Nothing else can have the focus before the dialog is gone.
      queueMicrotask(() => before instanceof HTMLElement && before.focus());
    };
  }, []);
  useLayoutEffect(() => {
    if (!isBusy) return;
    const stay = (event: KeyboardEvent): void => {
      if (event.key === "Escape") event.preventDefault(); // Chromium obeys the second one although `cancel` is refused
    };
    addEventListener("keydown", stay, true);
    return () => removeEventListener("keydown", stay, true);
  }, [isBusy]);
  return (
    <dialog
      ref={dialog}
      aria-labelledby={id}
      onCancel={(event) => {
        if (isBusy) event.preventDefault();
      }}
      onClose={() => (isBusy ? dialog.current?.showModal() : onClose())}
    >
      <h2 id={id}>{title}</h2>
      {children}
    </dialog>
  );
}
