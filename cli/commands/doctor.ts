/** `offair doctor`: checks everything that has to work, and prints what to do about each failure. */
import { escapeInvisible } from "../../lib/core/escape-invisible.ts";
import type { Check } from "../../lib/operator/contract/response-schema.ts";
import { type Command, EXIT } from "../terminal/command.ts";
import { texts } from "../terminal/options.ts";
import type { Out } from "../terminal/output.ts";
import { runChecks } from "../workflows/local-checks.ts";

export const doctor: Command = {
  name: "doctor",
  group: "everyday",
  summary: "check that everything works, and show how to repair what does not",
  operands: [],
  options: texts("url"),
  help: `offair doctor [--json]

Checks the URL, your credentials and your clock; then, from the deployment: Live (one harmless call for each ingest domain),
the access key, the queues and dead letters, the hourly audit, the mode, the reports that wait, and the alarm subscribers.

  --url URL  URL of offair; default: OFFAIR_URL
  --json     print JSON: one object per check, then a summary

Exit codes: 0 no check failed (there may be warnings), 1 at least one check failed, 2 usage error.`,

  async run({ values }, deps) {
    const { out } = deps;
    out.progress("checking");
    const checks = await runChecks(values, deps);
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

function* checkText({ name, state, says, remedy }: Check, width: number, paint: Out["paint"]): Generator<string> {
  const word = escapeInvisible(state).padEnd(STATE_WIDTH);
  yield `${isState(state) ? paint(COLOURS[state], word) : word}${escapeInvisible(name).padEnd(width)}  ${escapeInvisible(says)}`;
  if (remedy !== undefined && state !== "ok") yield `${" ".repeat(STATE_WIDTH + width)}  → ${escapeInvisible(remedy)}`;
}
