/** `offair explain`: how a stored report was decided, or how a new one would be. */
import { definedOnly } from "../../lib/core/defined-only.ts";
import { CATEGORIES } from "../../lib/reports/claim.ts";
import type { OperatorRequest } from "../operator/client.ts";
import { explainText } from "../render/explanation.ts";
import type { Command, Typed } from "../terminal/command.ts";
import { UsageError } from "../terminal/errors.ts";
import { requiredText, textOf, texts } from "../terminal/options.ts";
import { streamOf } from "../terminal/streams-argument.ts";
import { requestOnce } from "../workflows/refusals.ts";

const NAMES = CATEGORIES.join(", ");

export const explain: Command = {
  name: "explain",
  group: "everyday",
  summary: "show why a report was decided as it was",
  operands: ["[REPORT]"],
  options: { ...texts("claim", "source", "score", "url"), category: { type: "string", words: CATEGORIES } },
  help: `offair explain REPORT [--json]
offair explain --claim DOMAIN/APP/STREAM --source NAME --category NAME [--score 0.93] [--json]

For a stored report (SOURCE#ID, quoted for the shell): shows the rule that matched, the values it used, why each other rule
did not match, and the decision that today's policy would make. With --claim: shows how a report received now would be
decided, and what would hold it back.

  --claim STREAM   the stream of the imagined report
  --source NAME    its source
  --category NAME  ${NAMES}
  --score NUMBER   0 to 1
  --url URL        URL of offair; default: OFFAIR_URL
  --json           print the explanation as a JSON object, with all the facts

Exit codes: 0 done, 2 usage error, 3 there is no such report.`,

  run(typed, deps) {
    const { out } = deps;
    const { values } = typed;
    return requestOnce(requestOf(typed), values, deps, ({ explanation }, exit) => {
      if (values.json) out.json({ type: "explanation", ...explanation, exit });
      else if (explanation) for (const line of explainText(explanation, out.paint)) out.say(line);
    });
  },
};

function requestOf({ operands: [report], values }: Typed): OperatorRequest {
  const reason = "offair explain";
  const claim = textOf(values, "claim");
  if ((report === undefined) === (claim === undefined)) throw new UsageError("give either a REPORT or --claim STREAM");
  if (claim === undefined) return definedOnly({ action: "explain", reason, report });
  const named = requiredText(values, "category", `one of ${NAMES}`);
  const category = CATEGORIES.find((each) => each === named);
  if (category === undefined) throw new UsageError(`--category ${named} must be one of ${NAMES}`);
  const score = textOf(values, "score");
  if (score !== undefined && !/^(0(\.\d+)?|1(\.0+)?)$/.test(score)) throw new UsageError("--score must be 0 to 1");
  const source = requiredText(values, "source", "which source would send it?");
  const base = { source, stream: streamOf(claim), category };
  return { action: "explain", reason, claim: score === undefined ? base : { ...base, score: Number(score) } };
}
