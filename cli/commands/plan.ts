/** `offair plan`: makes a plan of exactly which streams to change, and changes none of them. */
import { definedOnly } from "../../lib/core/defined-only.ts";
import { DOCUMENTED_CHARACTERS } from "../../lib/core/stream.ts";
import { MAX_PLAN_STREAMS } from "../../lib/plans/plan.ts";
import { type OperatorRequest, openOperator } from "../operator/client.ts";
import { type Command, type CommandDeps, EXIT, type Typed } from "../terminal/command.ts";
import { hoursOf } from "../terminal/duration.ts";
import { InputError, UsageError } from "../terminal/errors.ts";
import { instantOf } from "../terminal/instant.ts";
import { numberText } from "../terminal/number-text.ts";
import { flags, REPEAT_HELP, requiredText, textOf, texts } from "../terminal/options.ts";
import { readStreams } from "../terminal/streams-argument.ts";
import { exitOf, printIssues } from "../workflows/refusals.ts";
import { expectFreePlace, writeLines } from "../workflows/results-file.ts";
import { printPlan } from "../workflows/show-plan.ts";

const ACTIONS = ["disable", "pause", "enable"] as const;
const SELECTOR = ["app", "name", "client", "since"] as const;
const MOST = numberText(MAX_PLAN_STREAMS);

export const plan: Command = {
  name: "plan",
  group: "incident",
  summary: "show exactly which streams would be changed, and change none yet",
  operands: ["[FILE | - | STREAM…]"],
  options: {
    ...flags("disable", "pause", "enable", "override-protected", "undocumented-names", "all"),
    ...texts("for", "reason", "live", "app", "name", "client", "since", "out", "request-id", "url"),
  },
  help: `offair plan --disable [--for 24h] --reason TEXT FILE | - | DOMAIN/APP/STREAM…
offair plan --disable [--for 24h] --reason TEXT --live DOMAIN [--app A] [--name GLOB] [--client ADDR] [--since TIME]

Stores a plan of exactly which streams to change, and changes none of them yet. Shows the list, which streams are left out
and why, whether a second person has to approve the plan, how long it will take, and the next command. A plan cannot be
changed, is applied once, and expires after ten minutes.

Up to ${MOST} streams, either by name:
  FILE, -          one DOMAIN/APP/STREAM per line; - is standard input. If a domain or an app contains a slash, write the line
                   as {"domain": "…", "app": "…", "stream": "…"}, the format of offair list --json.
  A name is taken as it is written, even if no such stream exists. A name with characters that Live does not document is left
  out: more likely it is a row of a table, two names, or the address of a player;
or by selecting streams that are live now and match all of:
  --live DOMAIN    this ingest domain
  --app NAME       this app
  --name GLOB      stream name; * matches any text, ? any one character ('raid-*')
  --client ADDR    IP address of the broadcaster
  --since TIME     pushed since then: 2026-03-14T03:00:00Z, or 30m, 2h, 1d ago

  --disable, --pause, --enable   disable the streams, cut each push once, or enable the streams again
  --for 24h        how long to disable: whole hours or days, at most 90 days; default: 7 days
  --reason TEXT    why; stored in the ledger and in the evidence
  --override-protected  include protected streams; the plan then needs a second person
  --undocumented-names  include names with other characters than ${DOCUMENTED_CHARACTERS}
  --all            print the whole list on a terminal (a pipe always gets all of it)
  --out FILE       also write the plan to FILE as JSON; FILE must not exist
${REPEAT_HELP}
  --url URL        URL of offair; default: OFFAIR_URL
  --json           print the plan as a JSON object

Exit codes: 0 planned, 1 planned, but FILE could not be written, 2 usage error, 3 refused and no plan was made.`,

  async run(typed, deps) {
    const { values } = typed;
    const file = textOf(values, "out");
    const request = await requestOf(typed, deps);
    expectFreePlace(file);
    deps.out.progress("planning");
    const reply = await openOperator(values, deps).ask(request);
    const refused = printIssues(reply, deps, values);
    if (refused !== undefined) return refused;
    const { plan: made, truncated } = reply.answer;
    if (!made) throw new InputError("the response of offair has no plan");
    if (truncated)
      deps.out.warn("offair: the list of streams that are left out is too long for one response: it is cut");
    printPlan(made, { values, exit: exitOf(reply) }, deps);
    if (file !== undefined) await writeLines(file, [made], "the plan itself was made");
    return EXIT.done;
  },
};

type PlanRequest = Extract<OperatorRequest, { action: "plan" }>;

async function requestOf({ operands, values }: Typed, deps: CommandDeps): Promise<PlanRequest> {
  const [wanted, ...others] = ACTIONS.filter((name) => values[name] === true);
  if (wanted === undefined || others.length > 0) throw new UsageError("give one of --disable, --pause and --enable");
  const hours = hoursOf(values);
  if (hours !== undefined && wanted !== "disable") throw new UsageError("--for is for --disable only");
  const reason = requiredText(values, "reason", "why? It is stored in the ledger and in the evidence");
  const overrideProtected = values["override-protected"] === true || undefined;
  const undocumentedNames = values["undocumented-names"] === true || undefined;
  const base = definedOnly({ action: "plan", wanted, hours, overrideProtected, undocumentedNames, reason });
  const domain = textOf(values, "live");
  if (domain === undefined) {
    const selecting = SELECTOR.find((name) => values[name] !== undefined);
    if (selecting !== undefined) throw new UsageError(`--${selecting} selects live streams: give --live DOMAIN too`);
    if (operands.length === 0) throw new UsageError("which streams? Give names, a file, or --live DOMAIN");
    const streams = await readStreams(operands, deps);
    if (streams.length <= MAX_PLAN_STREAMS) return { ...base, streams };
    const count = numberText(streams.length);
    throw new InputError(`${count} streams are too many: a plan has at most ${MOST}, so make several plans`);
  }
  if (operands.length > 0) throw new UsageError("give either names or --live, not both");
  const [app, name, clientAddress] = [textOf(values, "app"), textOf(values, "name"), textOf(values, "client")];
  const startedSince = instantOf(values, "since", deps.now());
  return { ...base, selector: definedOnly({ domain, app, name, clientAddress, startedSince }) };
}
