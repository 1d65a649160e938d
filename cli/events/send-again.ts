/** `offair events replay` and `resume`: shows what would be sent, asks, and stores the request. The delivery carries it out. */
import { definedOnly } from "../../lib/core/defined-only.ts";
import { escapeInvisible } from "../../lib/core/escape-invisible.ts";
import { type OperatorRequest, openOperator } from "../operator/client.ts";
import type { CommandDeps, Exit } from "../terminal/command.ts";
import { UsageError } from "../terminal/errors.ts";
import { instantOf } from "../terminal/instant.ts";
import { requiredText, textOf, type Values } from "../terminal/options.ts";
import { confirm, expectConsent } from "../terminal/prompt.ts";
import { exitOf, printIssues } from "../workflows/refusals.ts";
import { replayText } from "./render.ts";

type Change = Extract<OperatorRequest, { action: "replay-events" | "resume-subscriber" }>;

export function replay(values: Values, deps: CommandDeps): Promise<Exit> {
  const since = instantOf(values, "since", deps.now());
  if (since === undefined) throw new UsageError("--since is missing: from which time on?");
  const request = definedOnly({
    action: "replay-events",
    ...named(values),
    since,
    until: instantOf(values, "until", deps.now()) ?? deps.now().toISOString(), // what the question says is what is sent
  });
  const name = escapeInvisible(request.subscriber);
  return askAndSend(
    request,
    { asked: (text) => `Send ${text} to ${name} again?`, done: (text) => `sends ${text} to ${name} again` },
    values,
    deps,
  );
}

export function resume(values: Values, deps: CommandDeps): Promise<Exit> {
  const request = { action: "resume-subscriber", ...named(values) } as const;
  const name = escapeInvisible(request.subscriber);
  return askAndSend(
    request,
    { asked: (text) => `Resume ${name}, and send ${text}?`, done: (text) => `resumed ${name}; sends ${text}` },
    values,
    deps,
  );
}

const named = (values: Values) => ({
  subscriber: requiredText(values, "subscriber", "which one? offair events subscribers lists them"),
  reason: values["dry-run"]
    ? (textOf(values, "reason") ?? "offair events")
    : requiredText(values, "reason", "why? It is stored with the request"),
});

interface Words {
  readonly asked: (what: string) => string;
  readonly done: (what: string) => string;
}

/** The dry run comes first: the question names what would be sent, and nothing is asked that would be refused. */
async function askAndSend(request: Change, { asked, done }: Words, values: Values, deps: CommandDeps): Promise<Exit> {
  const { out } = deps;
  expectConsent(values, deps);
  const operator = openOperator(values, deps);
  const looked = await operator.ask({ ...request, dryRun: true });
  const refused = printIssues(looked, deps, values);
  if (refused !== undefined) return refused;
  const { replay: planned } = looked.answer;
  const what = planned ? replayText(planned) : "nothing";
  if (values["dry-run"]) {
    if (values.json) out.json({ type: "replay", dryRun: true, ...planned, exit: exitOf(looked) });
    else out.say(`would send ${what}`);
    return exitOf(looked);
  }
  await confirm(() => asked(what), values, deps);
  const reply = await operator.ask({ ...request, dryRun: false });
  const failed = printIssues(reply, deps, values);
  if (failed !== undefined) return failed;
  if (values.json)
    out.json({ type: "replay", dryRun: false, ...(reply.answer.replay ?? planned), exit: exitOf(reply) });
  else {
    out.say(done(what));
    out.say("offair events subscribers shows how far it is");
  }
  return exitOf(reply);
}
