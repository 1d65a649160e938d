/**
 * The words of others as lines of their own, each behind a bar. No text can leave its quotation, so none can imitate the labels, the
 * questions or the prompt around it.
 */
import { escapeInvisible } from "../../../lib/core/escape-invisible.ts";
import { wrapText } from "../../terminal/wrap.ts";

export const BAR = "│ ";

/** Marks that would join a blank or the bar, or that pile up over the lines above. */
const LOOSE_MARK = /(?<=^| |\p{M}{4})\p{M}/gu;

/** @param width - of a line with its bar. Several empty lines are shown as one. */
export function quote(text: string, width: number): string[] {
  const paragraphs = text.split(/\r\n|\n/).map((each) => each.trimEnd().replaceAll("\t", "    "));
  return paragraphs
    .filter((each, index) => each !== "" || paragraphs[index - 1] !== "")
    .flatMap((each) => wrapText(shown(each), width - BAR.length))
    .map((line) => `${BAR}${line}`.trimEnd());
}

const shown = (text: string): string => escapeInvisible(text).replace(LOOSE_MARK, escaped);

const escaped = (mark: string): string => `\\u{${mark.codePointAt(0)?.toString(16)}}`;
