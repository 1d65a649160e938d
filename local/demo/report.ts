/** `npm run report`: sends a signed report to the running local stack, as a moderation vendor would. */
import { randomBytes } from "node:crypto";
import { parseArgs } from "node:util";
import { commandText } from "../../cli/terminal/command-text.ts";
import { escapeInvisible, visibleJson } from "../../lib/core/escape-invisible.ts";
import { formatStream } from "../../lib/core/stream.ts";
import { CATEGORIES } from "../../lib/reports/claim.ts";
import { run, UsageError } from "../kit/arguments.ts";
import { runningStack, startPushing } from "./running-stack.ts";
import { postReport, signReport } from "./send-report.ts";

const HELP = `npm run report -- CATEGORY [options]    sends a signed report to the stack that npm start runs
  CATEGORY         ${CATEGORIES.slice(0, 6).join(", ")},
                   ${CATEGORIES.slice(6).join(", ")}
  --score N        0 to 1; without it, it is a person's report
  --stream NAME    default room-1. If it is not live, an encoder of the simulator starts to push it
  --app NAME       default live
  --domain NAME    the ingest domain; default publish.example.huawei.com
  --reason TEXT    the sender's reason
  --source NAME    default standard
  --id ID          the sender's id; a second report with the same id is accepted and does nothing`;

async function main(): Promise<number> {
  const text = { type: "string" } as const;
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      ...{ score: text, stream: text, app: text, domain: text },
      ...{ reason: text, source: text, id: text, help: { type: "boolean" } },
    },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const [category, extra] = positionals;
  if (category === undefined) throw new UsageError("a category is missing");
  if (extra !== undefined) throw new UsageError(`unexpected argument ${extra}`);
  const { domain = "publish.example.huawei.com", app = "live", stream: name = "room-1", source = "standard" } = values;
  const { reason, id = `msg_${randomBytes(5).toString("hex")}` } = values;
  const score = values.score === undefined ? undefined : Number(values.score);
  if (Number.isNaN(score)) throw new UsageError(`--score ${values.score}: must be a number from 0 to 1`);

  if (!/^[\x21-\x7e]+$/.test(id)) throw new UsageError("--id: must be printable ASCII, because it is sent in a header");

  const { url, sources, simulator } = runningStack();
  const stream = { domain, app, stream: name };
  // Live refuses to pause a stream that is not pushed.
  if (simulator !== undefined && (await startPushing(simulator, stream))) {
    console.log(`an encoder starts to push ${escapeInvisible(formatStream(stream))}`);
  }
  const report = { occurredAt: new Date().toISOString(), stream, category, score, reason };
  const secret = new Map(Object.entries(sources)).get(source) ?? sources.standard ?? "";
  if (!secret.startsWith("whsec_"))
    throw new UsageError(
      `--source ${source}: its reports need another signature; this command signs by Standard Webhooks`,
    );
  const signed = signReport(report, secret, { id });
  const answer = await postReport(url, encodeURIComponent(source), signed);
  console.log(`${visibleJson(report)}\nwas answered ${answer.status}: ${jsonText(answer.text)}`);
  if (answer.status !== 202) return 1;
  console.log(`
Its line appears in the terminal of npm start. To see the reason of the decision, and what is off now:
  npx ${commandText("explain", [`${source}#${id}`])}
  npx offair list`);
  return 0;
}

function jsonText(text: string): string {
  try {
    return visibleJson(JSON.parse(text));
  } catch {
    return escapeInvisible(text);
  }
}

await run(main, HELP);
