/** Figures of sources, for a text and a drawing. */
import type { SourceRow } from "../../lib/operator/contract/figures-schema.ts";

type Figure = SourceRow["all"];

/** Per cent of the width. */
interface Bar {
  readonly from: number;
  readonly width: number;
  readonly mark: number;
}

/** A share that is certain is drawn too. */
const LEAST_WIDTH = 0.8;

/** @returns undefined without cases: there is nothing to draw. */
export function barOf({ precision, low, high }: Figure): Bar | undefined {
  if (precision === undefined || low === undefined || high === undefined) return undefined;
  const [from, to] = [inside(low), inside(high)];
  const width = Math.max(LEAST_WIDTH, to - from);
  return { from: Math.min(from, 100 - width), width, mark: inside(precision) };
}

/** A deployment that answers something else does not draw outside. */
const inside = (share: number): number => Math.min(100, Math.max(0, share * 100));

/** Reads `2` or `0.5` per cent. @returns the share from 0 to 1; undefined if the text is none. */
export function shareOf(text: string): number | undefined {
  const [, digits] = /^\s*(\d{1,3}(?:[.,]\d{1,4})?)\s*%?\s*$/.exec(text) ?? [];
  const percent = Number(digits?.replace(",", "."));
  return percent <= 100 ? Math.round(percent * 1e4) / 1e6 : undefined;
}
