/** `offair doctor`: checks everything that has to work, and prints what to do about each failure. */
import { checkCounts, checkLines } from "../render/checks.ts";
import { type Command, EXIT } from "../terminal/command.ts";
import { texts } from "../terminal/options.ts";
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
    for (const line of checkLines(checks, out.paint)) out.say(line);
    out.say(checkCounts(checks));
    return exit;
  },
};
