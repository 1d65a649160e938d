/** `npm run raid`: starts many live streams of one sender in the Live simulator of the running local stack. */
import { parseArgs } from "node:util";
import { commandText } from "../../cli/terminal/command-text.ts";
import { run, UsageError } from "../kit/arguments.ts";
import { addEncoders, runningStack } from "./running-stack.ts";

const APP = "live";
const PREFIX = "raid-";

const HELP = `npm run raid -- COUNT [options]    starts COUNT live streams (1 to 5000) of one sender: ${APP}/${PREFIX}001 and so on
  --domain NAME    the ingest domain; default push.example.com
  --client IP      the sender's address; default 198.51.100.7`;

async function main(): Promise<number> {
  const text = { type: "string" } as const;
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { domain: text, client: text, help: { type: "boolean" } },
  });
  if (values.help) return tell(HELP);
  const [given = "", extra] = positionals;
  const count = /^\d{1,4}$/.test(given) ? Number(given) : 0;
  if (count < 1 || count > 5_000 || extra !== undefined) {
    throw new UsageError("COUNT must be one whole number from 1 to 5000");
  }
  const { domain = "push.example.com", client = "198.51.100.7" } = values;
  const { simulator } = runningStack();
  if (simulator === undefined) throw new UsageError("the running stack does not use the simulator");
  const digits = Math.max(3, String(count).length);
  const names = Array.from({ length: count }, (_, index) => `${PREFIX}${String(index + 1).padStart(digits, "0")}`);
  await addEncoders(
    simulator,
    names.map((stream) => ({ domain, app: APP, stream, client_ip: client })),
  );
  const select = { for: "24h", reason: "INC-881", live: domain, app: APP, name: `${PREFIX}*`, client };
  return tell(`${count} streams of ${client} are live: ${domain}/${APP}/${names[0]} to ${names.at(-1)}. Plan to disable them:

  npx ${commandText("plan --disable", [], select)}

The plan prints the next command. Above the approval threshold a second person must approve it: put OFFAIR_AS=bob before
"npx offair approve …".`);
}

function tell(text: string): number {
  console.log(text);
  return 0;
}

await run(main, HELP);
