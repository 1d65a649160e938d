/** Something wide, such as a table, which scrolls by itself on a narrow screen, also with the arrow keys. */
import type { ComponentChildren } from "preact";

interface WideProps {
  readonly label: string;
  readonly children: ComponentChildren;
}

export const Wide = ({ label, children }: WideProps) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must get the focus, or no key could scroll it
  // biome-ignore lint/a11y/useSemanticElements: a fieldset is for what is filled in
  <div class="wide" role="group" aria-label={label} tabIndex={0}>
    {children}
  </div>
);
