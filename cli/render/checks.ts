/** Formats checks: the state, the name and the finding on one line, and the remedy below. */
import { escapeInvisible } from "../../lib/core/escape-invisible.ts";
import type { Check } from "../../lib/operator/contract/response-schema.ts";
import { countOf } from "../terminal/number-text.ts";
import type { Out } from "../terminal/output.ts";

const COLOURS = { ok: "green", warning: "yellow", failed: "red" } as const;
const isState = (state: string): state is keyof typeof COLOURS => Object.hasOwn(COLOURS, state);
const STATE_WIDTH = 9;

export function checkLines(checks: readonly Check[], paint: Out["paint"]): string[] {
  const width = Math.max(...checks.map(({ name }) => escapeInvisible(name).length));
  return checks.flatMap((check) => [...linesOf(check, width, paint)]);
}

function* linesOf({ name, state, says, remedy }: Check, width: number, paint: Out["paint"]): Generator<string> {
  const word = escapeInvisible(state).padEnd(STATE_WIDTH);
  yield `${isState(state) ? paint(COLOURS[state], word) : word}${escapeInvisible(name).padEnd(width)}  ${escapeInvisible(says)}`;
  if (remedy !== undefined && state !== "ok") yield `${" ".repeat(STATE_WIDTH + width)}  → ${escapeInvisible(remedy)}`;
}

/** As in `9 checks: 1 failed, 2 warnings`. */
export function checkCounts(checks: readonly Check[]): string {
  const failed = checks.filter(({ state }) => state === "failed").length;
  const warnings = checks.filter(({ state }) => state === "warning").length;
  return `${checks.length} checks: ${failed} failed, ${countOf(warnings, "warning")}`;
}
