/** `offair show`: says what an id names, its state, and the commands that go on from there. */

import { openOperator } from "../operator/client.ts";
import type { Command } from "../terminal/command.ts";
import { UsageError } from "../terminal/errors.ts";
import { flags, texts } from "../terminal/options.ts";
import { streamOf } from "../terminal/streams-argument.ts";
import { subjectOf } from "../terminal/subject.ts";
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

  async run({ operands: [id = ""], values }, deps) {
    const subject = subjectOf(id);
    switch (subject?.kind) {
      case "order":
        return showOrder(subject.orderId, openOperator(values, deps), values, deps);
      case "report":
        return showReport(id, openOperator(values, deps), values, deps);
      case "stream":
        return showStream({ stream: streamOf(id) }, openOperator(values, deps), values, deps);
      case "stream-order": {
        const asked = { stream: streamOf(subject.stream), number: subject.number, whole: streamOf(id) };
        return showStream(asked, openOperator(values, deps), values, deps);
      }
      default:
        throw new UsageError(
          `${id} is no order id (op-…), report (SOURCE#ID), stream (DOMAIN/APP/STREAM) or order of a stream (…#NUMBER); a trace id is in the logs only: docs/operate.md, Follow one report`,
        );
    }
  },
};
