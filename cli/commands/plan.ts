/** `offair plan`: exactly which streams, written down before anything happens. */
import { MAX_PLAN_STREAMS } from "../../lib/plans/plan.ts";
import { type OperatorRequest, openOperator } from "../operator/client.ts";
import { type Command, EXIT, type Typed } from "../terminal/command.ts";
import { hoursOf } from "../terminal/duration.ts";
import { InputError, UsageError } from "../terminal/errors.ts";
import { instantOf } from "../terminal/instant.ts";
import { requiredText, textOf } from "../terminal/options.ts";
import { readStreams } from "../terminal/streams-argument.ts";
import { exitOf, printIssues } from "../workflows/refusals.ts";
import { expectFreePlace, writeLines } from "../workflows/results-file.ts";
import { sayPlan } from "../workflows/show-plan.ts";

const WANTED = ["disable", "pause", "enable"] as const;
const SELECTOR = ["app", "name", "client", "since"] as const;

export const plan: Command = {
  name: "plan",
  group: "incident",
  summary: "shows exactly which streams would be acted on, and does nothing yet",
  operands: ["[FILE | - | STREAM…]"],
  options: {
    ...{ disable: { type: "boolean" }, pause: { type: "boolean" }, enable: { type: "boolean" } },
    ...{ for: { type: "string" }, reason: { type: "string" }, "override-protected": { type: "boolean" } },
    ...{ live: { type: "string" }, app: { type: "string" }, name: { type: "string" }, client: { type: "string" } },
    ...{ since: { type: "string" }, out: { type: "string" }, all: { type: "boolean" }, url: { type: "string" } },
  },
  help: `offair plan --disable [--for 24h] --reason TEXT FILE | - | DOMAIN/APP/STREAM…
offair plan --disable [--for 24h] --reason TEXT --live DOMAIN [--app A] [--name GLOB] [--client ADDR] [--since TIME]

Writes down exactly which streams are to be acted on, and does nothing to them yet. It shows the list, what is left out
and why, whether a second person has to approve it, how long it will take, and the command to type next. A plan cannot be
changed, is applied once, and expires after ten minutes.

Which streams (up to ${MAX_PLAN_STREAMS.toLocaleString("en-US")}): by name,
  FILE, -          one a line, DOMAIN/APP/STREAM; - is standard input. A stream whose domain or app holds a slash is a line
                   {"domain": "…", "app": "…", "stream": "…"}; so are the lines of offair list --json.
  A name is taken as it is written, whether or not anybody pushes with it;
or of those that are live now; all that is given has to fit:
  --live DOMAIN    of this ingest domain
  --app NAME       of this app
  --name GLOB      whose name fits: * is any text, ? any one character ('raid-*')
  --client ADDR    pushed from this address
  --since TIME     pushed since then: 2026-03-14T03:00:00Z, or 30m, 2h, 1d ago

  --disable, --pause, --enable   keep them off, cut each push once, or let them push again
  --for 24h        of --disable: whole hours or days, 90 days at most; 7 days if it is left out
  --reason TEXT    why: it stays in the ledger and in the evidence
  --override-protected  acts on protected streams too; takes a second person
  --all            shows the whole list on a terminal (in a pipe all of it is shown)
  --out FILE       also writes the plan as JSON; the file must not be there yet
  --url URL        of offair; otherwise OFFAIR_URL
  --json           the plan as one object

Exit codes: 0 planned, 1 planned, but FILE could not be written, 2 usage, 3 refused: there is no plan.`,

  async run(typed, deps) {
    const { values } = typed;
    const file = textOf(values, "out");
    const asked = await readAsked(typed, deps);
    expectFreePlace(file);
    deps.out.progress("planning");
    const reply = await openOperator(values, deps).ask(asked);
    const refused = printIssues(reply, deps, values, asked.streams);
    if (refused !== undefined) return refused;
    const { plan: made } = reply.answer;
    if (!made) throw new InputError("offair answered without a plan");
    if (reply.answer.truncated)
      deps.out.warn("offair: more was left out than one answer holds: not all of it is shown");
    sayPlan(made, { values, exit: exitOf(reply) }, deps);
    if (file !== undefined) await writeLines(file, [made], "the plan itself is made");
    return EXIT.done;
  },
};

type PlanAsked = Extract<OperatorRequest, { action: "plan" }>;

async function readAsked({ operands, values }: Typed, deps: Parameters<Command["run"]>[1]): Promise<PlanAsked> {
  const wanted = WANTED.filter((name) => values[name] === true);
  const [only] = wanted;
  if (only === undefined || wanted.length > 1) throw new UsageError("give one of --disable, --pause and --enable");
  const duration = textOf(values, "for");
  if (duration !== undefined && only !== "disable") throw new UsageError("--for is for --disable only");
  const base = {
    ...{ action: "plan" as const, wanted: only },
    ...(duration !== undefined && { hours: hoursOf(duration) }),
    ...(values["override-protected"] === true && { overrideProtected: true }),
    reason: requiredText(values, "reason", "why? It stays in the ledger and in the evidence"),
  };
  const domain = textOf(values, "live");
  if (domain === undefined) {
    const narrowing = SELECTOR.find((name) => values[name] !== undefined);
    if (narrowing !== undefined) throw new UsageError(`--${narrowing} selects of what is live: give --live DOMAIN too`);
    if (operands.length === 0) throw new UsageError("which streams? Name them, or a file, or --live DOMAIN");
    const streams = await readStreams(operands, deps);
    if (streams.length <= MAX_PLAN_STREAMS) return { ...base, streams };
    const most = MAX_PLAN_STREAMS.toLocaleString("en-US");
    throw new InputError(`${streams.length.toLocaleString("en-US")} streams: a plan takes ${most}, make several`);
  }
  if (operands.length > 0) throw new UsageError("name streams, or select them with --live; not both");
  const [app, name, clientAddress] = [textOf(values, "app"), textOf(values, "name"), textOf(values, "client")];
  const since = textOf(values, "since");
  return {
    ...base,
    selector: {
      domain,
      ...(app !== undefined && { app }),
      ...(name !== undefined && { name }),
      ...(clientAddress !== undefined && { clientAddress }),
      ...(since !== undefined && { startedSince: instantOf(since, "--since", deps.now()) }),
    },
  };
}
