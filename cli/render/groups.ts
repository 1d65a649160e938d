/** Streams that one order, batch or rule turned off, as a heading and a few names. */
import { escapeInvisible } from "../../lib/core/escape-invisible.ts";
import { secondOf } from "../terminal/duration.ts";
import { numberText } from "../terminal/number-text.ts";
import type { Out } from "../terminal/output.ts";
import { cutTo, displayWidth } from "../terminal/width.ts";
import { personText } from "./review/parts.ts";

export interface Group {
  /** Why, and by whom: as it is stored. Undefined: offair does not know. */
  readonly reasons: ReadonlySet<string>;
  readonly by: string | undefined;
  /** The order id, if the streams have one in common. */
  readonly orderId: string | undefined;
  /** Said instead of reason and person. */
  readonly instead?: string;
  readonly untils: readonly (string | null)[];
  /** Since when, if the heading shows it on a line of its own. */
  readonly froms?: readonly string[];
  /** What needs attention: `3 unverified`. */
  readonly remarks: readonly string[];
  /** Not escaped. */
  readonly names: readonly string[];
}

export interface GroupOptions {
  readonly columns: number;
  /** Prints every name. */
  readonly all: boolean;
  readonly paint: Out["paint"];
  /** Returns the order id as it is shown. */
  readonly short: (orderId: string) => string;
}

/** Names that a group shows; one more than that is shown instead of "… and 1 more". */
const NAMES = 3;
/** A reason and a person are not cut to less than this. */
const LEAST = 12;
const MOST_BY = 32;

/** Whether names were left out. */
export const isCut = ({ names }: Pick<Group, "names">): boolean => names.length > NAMES + 1;

/** Every text that others wrote is followed by a word of offair or ends its line, so that right-to-left letters reorder nothing else. */
export function* groupText(group: Group, options: GroupOptions): Generator<string> {
  const { names, froms } = group;
  const { columns, all, paint } = options;
  yield headingText(group, options);
  if (froms) yield `  ${paint("dim", `from ${rangeText(froms)}${untilText(group.untils)}`)}`;
  const shown = all || !isCut(group) ? names : names.slice(0, NAMES);
  for (const name of shown) yield `  ${all ? escapeInvisible(name) : cutTo(escapeInvisible(name), columns - 2)}`;
  const rest = names.length - shown.length;
  if (rest > 0) yield `  … and ${numberText(rest)} more`;
}

function headingText({ reasons, by, orderId, instead, untils, froms, remarks, names }: Group, options: GroupOptions) {
  const { columns, paint, short } = options;
  const count = `${numberText(names.length)} × `;
  const until = froms ? "" : untilText(untils);
  const id = orderId === undefined ? "" : ` (${short(orderId)})`;
  const notes = remarks.length === 0 ? "" : `  ${remarks.join(", ")}`;
  const ends = `${until}${id}`;
  const painted = (text: string): string => `${text}${ends}${notes === "" ? "" : paint("yellow", notes)}`;
  if (instead !== undefined) return painted(`${paint("bold", count)}${paint("yellow", escapeInvisible(instead))}`);
  const room = columns - displayWidth(`${count} by ${ends}${notes}`);
  const person = by && cutTo(personText(by), Math.max(LEAST, Math.min(MOST_BY, room - LEAST)));
  const reason = cutTo(reasonText(reasons), Math.max(LEAST, room - displayWidth(person ?? "")));
  return painted(`${paint("bold", `${count}${reason}`)}${person ? ` by ${person}` : ""}`);
}

function reasonText(reasons: ReadonlySet<string>): string {
  const [only = "no reason"] = reasons;
  return reasons.size > 1 ? `${numberText(reasons.size)} reasons` : escapeInvisible(only);
}

function untilText(untils: readonly (string | null)[]): string {
  const known = untils.filter((each) => each !== null);
  const open = untils.length - known.length;
  if (known.length === 0) return " without a known end";
  return ` until ${rangeText(known)}${open === 0 ? "" : ` (${numberText(open)} without a known end)`}`;
}

function rangeText(times: readonly string[]): string {
  let [first = "", last = ""] = [times[0], times[0]];
  for (const time of times) {
    if (Date.parse(time) < Date.parse(first)) first = time;
    if (Date.parse(time) > Date.parse(last)) last = time;
  }
  const [from, to] = [secondOf(first), secondOf(last)];
  return escapeInvisible(from === to ? from : `${from} to ${to}`);
}
