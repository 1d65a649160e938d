/** `offair version`, and `offair --version`: which build this is, and which one is deployed. */
import { type BuildInfo, buildText, isSameCommit } from "../../lib/core/build-info.ts";
import { SECOND_MS } from "../../lib/core/time.ts";
import { openOperator } from "../operator/client.ts";
import { type Command, type CommandDeps, EXIT } from "../terminal/command.ts";
import { isForPeople } from "../terminal/errors.ts";
import { textOf, texts, type Values } from "../terminal/options.ts";

/** Nobody waits longer for a version. */
const WAIT_MS = 10 * SECOND_MS;

export const version: Command = {
  name: "version",
  group: "shell",
  summary: "show the version of this command and of the deployment: also offair --version",
  operands: [],
  options: texts("url"),
  help: `offair version [--url URL] [--json]

Shows the version and the commit of which this command was built. If a deployment is named, or a local stack is running,
also shows those of the deployment, and whether both are of the same commit. Without either, needs no network.

  --url URL  URL of offair; default: OFFAIR_URL
  --json     print a JSON object

Exit codes: 0 shown, also if the deployment does not answer; 2 usage error.`,

  async run({ values }, deps) {
    const { out } = deps;
    const own = await deps.build();
    if (!values.json) out.say(`offair ${buildText(own)} (Node ${process.versions.node})`);
    const deployed = await readDeployed(values, deps);
    if (values.json) {
      const { build, why } = deployed;
      const other = deployed.isAsked ? { deployment: build ?? null, ...(why && { why }) } : {};
      out.json({ type: "version", ...own, node: process.versions.node, ...other, exit: EXIT.done });
    } else if (deployed.build) sayDeployed(own, deployed.build, deps);
    else if (deployed.isAsked) out.warn(`offair: the version of the deployment is not known: ${deployed.why}`);
    return EXIT.done;
  },
};

interface Deployed {
  readonly isAsked: boolean;
  readonly build?: BuildInfo;
  readonly why?: string;
}

async function readDeployed(values: Values, deps: CommandDeps): Promise<Deployed> {
  try {
    await deps.useLocalStack?.("operator", textOf(values, "url") && "url");
    if (values.url === undefined && !deps.env.OFFAIR_URL) return { isAsked: false };
    const timeout = AbortSignal.timeout(WAIT_MS);
    const request = { action: "status", reason: "offair version", results: false } as const;
    const { answer } = await openOperator(values, deps).ask(request, { signal: timeout });
    const [issue] = answer.errors;
    if (answer.build) return { isAsked: true, build: answer.build };
    return { isAsked: true, why: issue?.message ?? "it does not state it, because it is older than this command" };
  } catch (error) {
    if (isForPeople(error)) return { isAsked: true, why: error.message };
    throw error;
  }
}

function sayDeployed(own: BuildInfo, deployed: BuildInfo, { out }: CommandDeps): void {
  out.say(`deployment ${buildText(deployed)}`);
  if (isSameCommit(own, deployed)) out.say("both are of the same commit");
  else out.say(out.paint("yellow", DIFFERENT));
}

const DIFFERENT =
  "they are not of the same commit: commands and options that only one of them has are refused. Install the command of the deployment's commit";
