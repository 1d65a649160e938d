/** Shows how a report was decided, and the next commands. */
import { formatStream } from "../../lib/core/stream.ts";
import type { ReportExplanation } from "../../lib/operator/contract/response-schema.ts";
import type { Operator } from "../operator/client.ts";
import { explainText } from "../render/explanation.ts";
import { type CommandDeps, EXIT, type Exit } from "../terminal/command.ts";
import { commandText } from "../terminal/command-text.ts";
import type { Values } from "../terminal/options.ts";
import { printIssues } from "./refusals.ts";
import { printNext } from "./show-order.ts";

export async function showReport(report: string, operator: Operator, values: Values, deps: CommandDeps): Promise<Exit> {
  const { out } = deps;
  const reply = await operator.ask({ action: "explain", report, reason: "offair show" });
  const refused = printIssues(reply, deps, values);
  if (refused !== undefined) return refused;
  const { explanation } = reply.answer;
  if (!explanation) return EXIT.done;
  const next = nextCommands(report, explanation);
  if (values.json)
    out.json({ type: "report", ...explanation, next: next.map((command) => ({ command })), exit: EXIT.done });
  else {
    out.say(`a report${isWaiting(explanation) ? " that waits for a person" : ""}`);
    for (const line of explainText(explanation, out.paint)) out.say(line);
    printNext(
      next.map((command) => [command]),
      out,
    );
  }
  return EXIT.done;
}

const isWaiting = ({ stored }: ReportExplanation): boolean =>
  stored !== undefined && stored.verdict === undefined && (stored.outcome === "review" || stored.outcome === "held");

function nextCommands(report: string, explanation: ReportExplanation): string[] {
  const { stream, stored } = explanation;
  if (isWaiting(explanation)) {
    const approve = stream ? [commandText("review approve", [report], { as: "disable", reason: "TEXT" })] : [];
    return [...approve, commandText("review reject", [report], { reason: "TEXT" })];
  }
  const orderId = stored?.verdict?.orderId;
  if (orderId !== undefined) return [commandText("show", [orderId])];
  if (stream && stored?.orderNumber !== undefined)
    return [commandText("show", [`${formatStream(stream)}#${stored.orderNumber}`])];
  return stream ? [commandText("show", [formatStream(stream)])] : [];
}
