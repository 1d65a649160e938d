/** `offair doctor`: is everything well, seen from here and from there; what is not, with what to do about it. */
import { escapeInvisible } from "../../lib/core/escape-invisible.ts";
import type { ShownCheck } from "../operator/response.ts";
import { type Command, EXIT } from "../terminal/command.ts";
import type { Out } from "../terminal/output.ts";
import { lookFromHere } from "../workflows/local-checks.ts";

export const doctor: Command = {
  name: "doctor",
  group: "everyday",
  summary: "is everything well? What is not, with what to do about it",
  operands: [],
  options: { url: { type: "string" } },
  help: `offair doctor [--json]

Looks at what has to work: from here the URL, your credentials and your clock; from there Live by a harmless call for each
ingest domain, the key, the queues and their dead letters, the hourly audit, the mode, what waits, who is alerted.

  --url URL  of offair; otherwise OFFAIR_URL
  --json     an object a check, and the summary last

Exit codes: 0 all is well, or there is only something to know; 1 something has to be mended.`,

  async run({ values }, deps) {
    const { out } = deps;
    out.progress("looking");
    const checks = await lookFromHere(values, deps);
    const failed = checks.filter(({ state }) => state === "failed").length;
    const warnings = checks.filter(({ state }) => state === "warning").length;
    const exit = failed > 0 ? EXIT.failed : EXIT.done;
    if (values.json) {
      for (const each of checks) out.json({ type: "check", ...each });
      out.json({ type: "summary", count: checks.length, failed, warnings, exit });
      return exit;
    }
    const width = Math.max(...checks.map(({ name }) => escapeInvisible(name).length));
    for (const each of checks) for (const line of checkText(each, width, out.paint)) out.say(line);
    out.say(`${checks.length} checks: ${failed} failed, ${warnings} ${warnings === 1 ? "warning" : "warnings"}`);
    return exit;
  },
};

const COLOURS = { ok: "green", warning: "yellow", failed: "red" } as const;
const isState = (state: string): state is keyof typeof COLOURS => Object.hasOwn(COLOURS, state);
const STATE_WIDTH = 9;

function* checkText({ name, state, says, remedy }: ShownCheck, width: number, paint: Out["paint"]): Generator<string> {
  const word = escapeInvisible(state).padEnd(STATE_WIDTH);
  yield `${isState(state) ? paint(COLOURS[state], word) : word}${escapeInvisible(name).padEnd(width)}  ${escapeInvisible(says)}`;
  if (remedy !== undefined && state !== "ok") yield `${" ".repeat(STATE_WIDTH + width)}  → ${escapeInvisible(remedy)}`;
}
