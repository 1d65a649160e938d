/** `offair explain`: why a report was decided on as it was, or what one that came now would meet. */
import { CATEGORIES } from "../../lib/reports/claim.ts";
import { type OperatorRequest, openOperator } from "../operator/client.ts";
import { explainText } from "../render/explanation.ts";
import type { Command, Typed } from "../terminal/command.ts";
import { UsageError } from "../terminal/errors.ts";
import { requiredText, textOf } from "../terminal/options.ts";
import { streamOf } from "../terminal/streams-argument.ts";
import { exitOf, printIssues } from "../workflows/refusals.ts";

export const explain: Command = {
  name: "explain",
  group: "everyday",
  summary: "why a report was decided on as it was",
  operands: ["[REPORT]"],
  options: {
    claim: { type: "string" },
    source: { type: "string" },
    category: { type: "string" },
    score: { type: "string" },
    url: { type: "string" },
  },
  help: `offair explain REPORT [--json]
offair explain --claim DOMAIN/APP/STREAM --source NAME --category NAME [--score 0.93] [--json]

Of a report (SOURCE#ID, quoted for the shell): which rule answered, with which values, why no other did, and what the
policy of today would answer. Of a claim: what a report would meet that came now, and what would hold it back.

  --claim STREAM   of this stream
  --source NAME    whose word it would be
  --category NAME  ${CATEGORIES.join(", ")}
  --score NUMBER   0 to 1
  --url URL        of offair; otherwise OFFAIR_URL
  --json           the explanation as an object, with all that was looked at

Exit codes: 0 done, 2 usage, 3 there is no such report.`,

  async run(typed, deps) {
    const { out } = deps;
    const { values } = typed;
    const reply = await openOperator(values, deps).ask(readAsked(typed));
    const refused = printIssues(reply, deps, values);
    if (refused !== undefined) return refused;
    const exit = exitOf(reply);
    const { explanation } = reply.answer;
    if (values.json) out.json({ type: "explanation", ...explanation, exit });
    else if (explanation) for (const line of explainText(explanation, out.paint)) out.say(line);
    return exit;
  },
};

function readAsked({ operands: [report], values }: Typed): OperatorRequest {
  const reason = "offair explain";
  const claim = textOf(values, "claim");
  if ((report === undefined) === (claim === undefined)) throw new UsageError("give a REPORT, or else --claim STREAM");
  if (claim === undefined) return { action: "explain", reason, ...(report !== undefined && { report }) };
  const named = requiredText(values, "category", `one of ${CATEGORIES.join(", ")}`);
  const category = CATEGORIES.find((each) => each === named);
  if (category === undefined) throw new UsageError(`--category ${named} is none of ${CATEGORIES.join(", ")}`);
  const score = textOf(values, "score");
  if (score !== undefined && !/^(0(\.\d+)?|1(\.0+)?)$/.test(score)) throw new UsageError("--score must be 0 to 1");
  return {
    ...{ action: "explain", reason },
    claim: {
      source: requiredText(values, "source", "on whose word?"),
      ...{ stream: streamOf(claim), category },
      ...(score !== undefined && { score: Number(score) }),
    },
  };
}
