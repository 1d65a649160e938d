/** How often a source or a rule was right: drawn, and as a text. */
import type { SourceRow } from "../../lib/operator/contract/figures-schema.ts";
import { percent, say } from "../i18n/say.ts";
import { barOf } from "./figures.ts";
import { SOURCES } from "./texts.ts";

export function Figure({ figure }: { readonly figure: SourceRow["all"] }) {
  const bar = barOf(figure);
  const { precision = 0, low = 0, high = 0, cases } = figure;
  if (!bar) return <span class="muted">{say(SOURCES.noCase)}</span>;
  const text = say(SOURCES.figure, { share: percent(precision), low: percent(low), high: percent(high), n: cases });
  return (
    <span class="figure">
      <svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true" focusable="false">
        <rect class="scale" x="0" y="4" width="100" height="2" />
        <rect class="interval" x={bar.from} y="2" width={bar.width} height="6" />
        <rect class="mark" x={Math.min(98.8, Math.max(0, bar.mark - 0.6))} y="0" width="1.2" height="10" />
      </svg>
      <span>{text}</span>
    </span>
  );
}
