/** `npm run deploy`: connects the real clients, terminal and packaging; see arguments.ts for the arguments. */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { POLICY_FILE } from "../../build/compile-policy.ts";
import { YamlError } from "../../build/parse-yaml.ts";
import { doctor } from "../../cli/commands/doctor.ts";
import { createCredentials } from "../../cli/terminal/aws-credentials.ts";
import { EXIT, type Exit } from "../../cli/terminal/command.ts";
import { isForPeople, UsageError } from "../../cli/terminal/errors.ts";
import { createOut } from "../../cli/terminal/output.ts";
import { ownBuild } from "../../cli/terminal/own-build.ts";
import { HELP, parseArguments } from "./arguments.ts";
import { deploy } from "./deploy.ts";
import type { DeployDeps } from "./deps.ts";
import { pack } from "./pack.ts";
import { createAsker } from "./questions.ts";
import { remove } from "./remove.ts";
import { createClients, regionsOfEnvironment } from "./stack/clients.ts";
import { errorText } from "./stack/facts.ts";
import { STAGES } from "./stage/read-stage.ts";

const out = createOut(process, process.env);
const asker = createAsker(process.stdin, process.stderr);

const deps: DeployDeps = {
  out,
  ask: asker.ask,
  sleep: (ms) => sleep(ms),
  now: () => new Date(),
  clients: (region) => createClients(region),
  environmentRegions: () => regionsOfEnvironment(process.env),
  pack: (stage) => pack(stage),
  doctor: (url, region) => runDoctor(url, region),
  stages: STAGES,
  policy: POLICY_FILE,
};

function runDoctor(url: string, region: string): Promise<Exit> {
  const nothing = { operands: [], values: { url } };
  return doctor.run(nothing, {
    ...{ out, env: { ...process.env, AWS_REGION: region }, input: process.stdin, now: deps.now },
    sleep: (ms) => sleep(ms),
    random: Math.random,
    newId: randomUUID,
    build: async () => ownBuild(),
    credentials: createCredentials(),
    interrupted: () => new AbortController().signal,
  });
}

async function main(): Promise<Exit> {
  const options = parseArguments(process.argv.slice(2));
  if (!options) {
    for (const line of HELP.split("\n")) out.say(line);
    return EXIT.done;
  }
  return options.isRemoval ? remove(options, deps) : deploy(options, deps);
}

try {
  process.exitCode = await main();
} catch (error) {
  if (isForPeople(error)) {
    out.warn(`deploy: ${error.message}`);
    if (error instanceof UsageError) out.warn("npm run deploy -- --help shows the arguments");
    process.exitCode = error.exit;
  } else if (error instanceof YamlError) {
    for (const line of error.message.split("\n")) out.warn(line);
    process.exitCode = EXIT.refused;
  } else {
    out.warn(`deploy: ${errorText(error)}`);
    if (!(error instanceof Error && "$metadata" in error)) out.warn(String((error as Error).stack));
    process.exitCode = EXIT.failed;
  }
} finally {
  asker.close();
}
