/** Shows whether a stream is disabled now, its latest orders or one of them, and the next commands. */
import { escapeInvisible } from "../../lib/core/escape-invisible.ts";
import { formatStream, type Stream } from "../../lib/core/stream.ts";
import type { Result } from "../../lib/operator/contract/response-schema.ts";
import type { Operator } from "../operator/client.ts";
import type { Reply } from "../operator/http.ts";
import { type CommandDeps, EXIT, type Exit } from "../terminal/command.ts";
import { commandText } from "../terminal/command-text.ts";
import { secondOf } from "../terminal/duration.ts";
import type { Values } from "../terminal/options.ts";
import { printIssues } from "./refusals.ts";
import { resultRow } from "./results-file.ts";
import { printNext } from "./show-order.ts";
import { printResults } from "./watch-batch.ts";

export interface AskedStream {
  readonly stream: Stream;
  /** Only this order of it. */
  readonly number?: number;
  /** The stream whose name ends like a number, if the stream has no such order. */
  readonly whole?: Stream;
}

const REASON = "offair show";

export async function showStream(
  asked: AskedStream,
  operator: Operator,
  values: Values,
  deps: CommandDeps,
): Promise<Exit> {
  const { out, now } = deps;
  const { stream, status } = await statusOf(asked, operator);
  const refused = printIssues(status, deps, values);
  if (refused !== undefined) return refused;
  const [result] = status.answer.results;
  const off = asked.number !== undefined && stream === asked.stream ? undefined : await readOff(stream, operator);
  const next = nextCommands(stream, result, off, now());
  if (values.json) {
    const disabled = off === undefined ? {} : { disabledUntil: off?.resumeTime ?? null, isDisabled: off !== null };
    out.json({
      ...resultRow(result ?? { stream }),
      type: "stream",
      ...disabled,
      next: next.map((command) => ({ command })),
      exit: EXIT.done,
    });
    return EXIT.done;
  }
  if (asked.number !== undefined && stream === asked.stream) out.say(`order ${asked.number} of a stream`);
  else
    out.say(
      `a stream${off === undefined ? "" : off === null ? ", not disabled now" : `, disabled until ${secondOf(off.resumeTime ?? "an end that Live does not give")}`}`,
    );
  printResults(status.answer.results, { ...values, all: true }, out);
  if (off?.order === null) out.say(escapeInvisible("  disabled, and not by offair: no order of offair explains it"));
  printNext(
    next.map((command) => [command]),
    out,
  );
  return EXIT.done;
}

async function statusOf(
  { stream, number, whole }: AskedStream,
  operator: Operator,
): Promise<{ stream: Stream; status: Reply }> {
  if (number === undefined)
    return { stream, status: await operator.ask({ action: "status", streams: [stream], reason: REASON }) };
  const status = await operator.ask({ action: "status", streams: [stream], orderNumber: number, reason: REASON });
  if (status.answer.ok || !whole) return { stream, status };
  const other = await operator.ask({ action: "status", streams: [whole], reason: REASON });
  const isKnown = other.answer.results.some(({ orders = [] }) => orders.length > 0);
  return isKnown ? { stream: whole, status: other } : { stream, status };
}

/** @returns the row of Live's list; null: it has none; undefined: the list cannot be read, or is not of a domain in scope. */
async function readOff({ domain, app, stream }: Stream, operator: Operator): Promise<Result | null | undefined> {
  const { answer } = await operator.ask({ action: "list", domain, app, stream, reason: REASON });
  return answer.ok ? (answer.results[0] ?? null) : undefined;
}

function nextCommands(stream: Stream, result: Result | undefined, off: Result | null | undefined, now: Date): string[] {
  const [order] = result?.orders ?? [];
  const name = [formatStream(stream)];
  const isOff =
    off === undefined
      ? order?.action === "disable" && Date.parse(order.resumeTime ?? "") > now.getTime()
      : off !== null;
  const placedBy = off?.order ?? order;
  return [
    ...(placedBy?.orderId === undefined ? [] : [commandText("show", [placedBy.orderId])]),
    ...(placedBy?.report === undefined ? [] : [commandText("show", [placedBy.report])]),
    ...(isOff && placedBy?.orderId !== undefined ? [commandText("undo", [placedBy.orderId], { reason: "TEXT" })] : []),
    isOff
      ? commandText("enable", name, { reason: "TEXT" })
      : commandText("disable", name, { for: "24h", reason: "TEXT" }),
  ];
}
