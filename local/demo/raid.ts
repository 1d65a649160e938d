/** `npm run raid`: many live streams of one sender appear in the running local stack's simulator of Live. */
import { parseArgs } from "node:util";
import { quoted } from "../../cli/terminal/shell-quote.ts";
import { readNumber, run, UsageError } from "../kit/arguments.ts";
import { addEncoders, runningStack } from "./running-stack.ts";

const HELP = `npm run raid -- COUNT [options]    COUNT live streams (1 to 5000) of one sender, raid-001 and so on
  --domain NAME    the ingest domain; default push.example.com
  --app NAME       default live
  --prefix TEXT    of their names; default raid-
  --client IP      the sender's address; default 198.51.100.7`;

async function main(): Promise<number> {
  const { values: options, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      domain: { type: "string", default: "push.example.com" },
      app: { type: "string", default: "live" },
      prefix: { type: "string", default: "raid-" },
      client: { type: "string", default: "198.51.100.7" },
      help: { type: "boolean", default: false },
    },
  });
  if (options.help) {
    console.log(HELP);
    return 0;
  }
  const [text, extra] = positionals;
  if (text === undefined) throw new UsageError("how many?");
  if (extra !== undefined) throw new UsageError(`${extra} is one too many`);
  const count = readNumber("COUNT", text, 1, 5_000);
  const { domain, app, prefix, client } = options;
  const { simulator } = runningStack();
  if (simulator === undefined) throw new UsageError("the running stack uses another Live than the simulator");
  const digits = Math.max(3, String(count).length);
  const names = Array.from({ length: count }, (_, index) => `${prefix}${String(index + 1).padStart(digits, "0")}`);
  await addEncoders(
    simulator,
    names.map((stream) => ({ domain, app, stream, client_ip: client })),
  );
  const select = ["--live", domain, "--app", app, "--name", `${prefix}*`, "--client", client];
  console.log(`${count} streams of ${client} are live: ${domain}/${app}/${names[0]} to ${names.at(-1)}. Plan to disable them:

  npx offair plan --disable --for 24h --reason INC-881 ${select.map(quoted).join(" ")}

The plan prints what comes next. More than one person may do alone needs a second one: put OFFAIR_AS=bob before
"npx offair approve …".`);
  return 0;
}

await run(main, HELP);
