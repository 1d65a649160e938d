/** Shows a plan, a batch or a request, whose turn it is, and the next commands. */
import { escapeInvisible } from "../../lib/core/escape-invisible.ts";
import type { OrderRow } from "../../lib/operator/contract/response-schema.ts";
import type { Operator } from "../operator/client.ts";
import { batchText } from "../render/batch.ts";
import { nextOf, streamsOf, whatText } from "../render/orders.ts";
import { type CommandDeps, EXIT, type Exit } from "../terminal/command.ts";
import type { Values } from "../terminal/options.ts";
import { wholeOrderId } from "./order-id.ts";
import { printIssues } from "./refusals.ts";
import { resultRow } from "./results-file.ts";
import { printPlan } from "./show-plan.ts";
import { printResults } from "./watch-batch.ts";

export async function showOrder(typed: string, operator: Operator, values: Values, deps: CommandDeps): Promise<Exit> {
  const { out, now } = deps;
  const orderId = await wholeOrderId(typed, operator);
  const reason = "offair show";
  const listed = await operator.ask({ action: "plans", prefix: orderId, limit: 1, reason });
  const status = await operator.ask({ action: "status", orderId, reason });
  const refused = printIssues(status, deps, values);
  if (refused !== undefined) return refused;
  const { results, plan, batch } = status.answer;
  const row = listed.answer.orders?.[0];
  const next = row ? nextOf(row, now()) : [];
  if (values.json) {
    for (const each of results) out.json(resultRow(each));
    out.json({ type: "order", orderId, ...row, ...(batch && { batch }), ...(plan && { plan }), next, exit: EXIT.done });
    return EXIT.done;
  }
  if (row) for (const line of headText(row)) out.say(line);
  if (plan) printPlan(plan, { values, withoutNext: true }, deps);
  printResults(results, values, out);
  if (batch && batch.appliedAt !== undefined) for (const line of batchText(batch, out.paint)) out.say(line);
  printNext(
    next.map(({ command, who }) => [command, who] as const),
    out,
  );
  return EXIT.done;
}

const STATES: Readonly<Record<string, string>> = {
  "waiting-for-approval": "is a plan that waits for the approval of a second person",
  ready: "is a plan that can be applied",
  running: "is running",
  cancelling: "was cancelled; calls that were sent before are still ending",
  done: "is done",
  cancelled: "was cancelled",
  expired: "is a plan that was never applied, and has expired: make a new plan",
  undone: "was undone",
  altered:
    "is a plan that was altered after it was made: nothing of it is sent; find out who else can write to the ledger",
};

function* headText(row: OrderRow): Generator<string> {
  yield `${escapeInvisible(row.orderId)} (${whatText(row)}) ${STATES[row.state] ?? escapeInvisible(row.state)}`;
  if (row.reason !== undefined && row.kind === "request") yield `because   ${escapeInvisible(row.reason)}`;
  const streams = streamsOf(row);
  if (streams !== "") yield `streams   ${streams}`;
}

/** @param commands - each with who has to do it, if not everybody may. */
export function printNext(
  commands: readonly (readonly [command: string, who?: string | undefined])[],
  out: CommandDeps["out"],
): void {
  if (commands.length === 0) return;
  out.say("next:");
  for (const [command, who] of commands) out.say(`  ${command}${who === undefined ? "" : `   (${who})`}`);
}
