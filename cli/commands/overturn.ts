/** `offair overturn`: marks an action as wrong, for the figures of sources and for the ledger. */
import { openOperator } from "../operator/client.ts";
import { howToEnable, overturnedText } from "../render/figures.ts";
import type { Command } from "../terminal/command.ts";
import { UsageError } from "../terminal/errors.ts";
import { REPEAT_HELP, requiredText, texts } from "../terminal/options.ts";
import { BECAUSE_HELP, becauseOf, wholeSubject } from "../workflows/overturn.ts";
import { requestOnce } from "../workflows/refusals.ts";

export const overturn: Command = {
  name: "overturn",
  group: "everyday",
  summary: "mark an action as wrong, so that the figures of its source count it",
  operands: ["ORDER"],
  options: texts("because", "reason", "request-id", "url"),
  help: `offair overturn ORDER --because false-positive|policy|context --reason TEXT [--json]

Marks a pause or a disable as wrong. Nothing changes at Live: to put the stream on the air again, use offair enable, which
may mark it as well (--because). The order and its report show the mark, and offair sources counts it. To correct a mark,
mark the order again: the newest one counts, and all are kept.

  ORDER           the report that the action was about (SOURCE#ID, quoted for the shell), an order of a stream
                  (DOMAIN/APP/STREAM#NUMBER, with the number that offair status shows), or an order id (op-…) or its beginning
${BECAUSE_HELP}
  --reason TEXT   why; stored in the ledger and in the evidence
${REPEAT_HELP}
  --url URL       URL of offair; default: OFFAIR_URL
  --json          print what is marked as a JSON object

Exit codes: 0 marked, 2 usage error, 3 refused.`,

  async run({ operands: [order = ""], values }, deps) {
    const { out } = deps;
    const because = becauseOf(values);
    if (because === undefined) throw new UsageError("--because is missing: false-positive, policy or context");
    const reason = requiredText(values, "reason", "why was it wrong? It is stored in the ledger");
    const subject = await wholeSubject(order, openOperator(values, deps));
    return requestOnce({ action: "overturn", ...subject, because, reason }, values, deps, (answer, exit) => {
      const { overturned } = answer;
      if (values.json) return out.json({ type: "overturned", ...overturned, exit });
      if (!overturned) return;
      for (const line of overturnedText(overturned)) out.say(line);
      out.say(howToEnable(overturned));
    });
  },
};
