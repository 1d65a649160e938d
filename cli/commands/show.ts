/** `offair show`: says what an id names, its state, and the commands that go on from there. */

import { openOperator } from "../operator/client.ts";
import type { Command, CommandDeps, Exit } from "../terminal/command.ts";
import { UsageError } from "../terminal/errors.ts";
import { flags, texts, type Values } from "../terminal/options.ts";
import { streamOf } from "../terminal/streams-argument.ts";
import { showOrder } from "../workflows/show-order.ts";
import { showReport } from "../workflows/show-report.ts";
import { showStream } from "../workflows/show-stream.ts";

export const show: Command = {
  name: "show",
  group: "incident",
  summary: "say what any id is: an order, a plan, a report, a stream; and how to go on",
  operands: ["ID"],
  options: { ...texts("url"), ...flags("all") },
  help: `offair show ID [--all] [--json]

Says what ID names, its state, and the next commands. ID is one of:

  op-…                      a plan, a batch, or a request of up to ten streams; or the beginning of its id
  SOURCE#ID                 a report, also one that waits for a person
  DOMAIN/APP/STREAM         a stream: whether it is disabled now, and its latest orders
  DOMAIN/APP/STREAM#NUMBER  one order of a stream, as offair list and status number them
  the UUID of a request     what the request made (--request-id)

Quote an ID for the shell. A trace id (traceId, x-offair-trace) is in the logs only: docs/operate.md, Follow one report.

  --all      print every row on a terminal
  --url URL  URL of offair; default: OFFAIR_URL
  --json     print JSON

Exit codes: 0 shown, 2 usage error, 3 there is no such thing.`,

  run: ({ operands: [id = ""], values }, deps) => showerOf(id)(values, deps),
};

type Shower = (values: Values, deps: CommandDeps) => Promise<Exit>;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function showerOf(id: string): Shower {
  if (/^op-[^/]*$/i.test(id)) return (values, deps) => showOrder(id, openOperator(values, deps), values, deps);
  if (UUID.test(id)) return (values, deps) => showOrder(`op-${id}`, openOperator(values, deps), values, deps);
  if (/^[a-z0-9-]{1,64}#./s.test(id)) return (values, deps) => showReport(id, openOperator(values, deps), values, deps);
  if (!/^[^/]+\/[^/]+\/./su.test(id)) {
    throw new UsageError(
      `${id} is no order id (op-…), report (SOURCE#ID), stream (DOMAIN/APP/STREAM) or order of a stream (…#NUMBER); a trace id is in the logs only: docs/operate.md, Follow one report`,
    );
  }
  const [, name = "", number] = /^(.+)#(\d{1,9})$/su.exec(id) ?? [];
  if (number === undefined)
    return (values, deps) => showStream({ stream: streamOf(id) }, openOperator(values, deps), values, deps);
  const asked = { stream: streamOf(name), number: Number(number), whole: streamOf(id) };
  return (values, deps) => showStream(asked, openOperator(values, deps), values, deps);
}
