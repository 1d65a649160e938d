/** Entry point of the `offair` command; see main.ts. */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { inspect } from "node:util";
import { main } from "./main.ts";
import { createCredentials } from "./terminal/aws-credentials.ts";
import { EXIT } from "./terminal/command.ts";
import { createOut } from "./terminal/output.ts";
import { page } from "./terminal/pager.ts";

let interrupt: AbortController | undefined;
function interrupted(): AbortSignal {
  if (interrupt) return interrupt.signal;
  const controller = new AbortController();
  // They stay registered: a second Ctrl-C must not cut the message about the first.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => controller.abort());
  interrupt = controller;
  return controller.signal;
}

const out = createOut(process, process.env, (error) => {
  console.error(`offair: the result cannot be written: ${error.message}`);
  process.exit(EXIT.failed); // an incomplete result must not pass for a complete one
});
process.exitCode = await main(process.argv.slice(2), {
  out,
  env: process.env,
  input: process.stdin,
  now: () => new Date(),
  sleep: (ms, signal) => sleep(ms, undefined, { ...(signal && { signal }) }).catch(() => {}),
  random: Math.random,
  newId: randomUUID,
  build: async () => (await import("./terminal/own-build.ts")).ownBuild(), // with zod
  credentials: createCredentials(),
  page: (text) => page(text, process.stdout, process.env),
  interrupted,
  async useLocalStack(as, given) {
    const { useLocalStack } = await import("./terminal/local-stack.ts"); // with zod, which the help does not need
    return useLocalStack(as, process.env, out.warn, given);
  },
}).catch((error: unknown) => {
  for (const line of inspect(error).split("\n")) out.warn(line); // an internal error, which may quote a response
  return EXIT.failed;
});
