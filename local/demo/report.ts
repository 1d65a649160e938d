/** `npm run report`: sends a signed report to the running local stack, as a moderation vendor would. */
import { randomBytes } from "node:crypto";
import { parseArgs } from "node:util";
import { quoted } from "../../cli/terminal/shell-quote.ts";
import { escapeInvisible, visibleJson } from "../../lib/core/escape-invisible.ts";
import { formatStream } from "../../lib/core/stream.ts";
import { CATEGORIES } from "../../lib/reports/claim.ts";
import { run, UsageError } from "../kit/arguments.ts";
import { runningStack, startPushing } from "./running-stack.ts";
import { postReport, signReport } from "./send-report.ts";

const HELP = `npm run report -- CATEGORY [options]    sends a signed report to the stack that npm start runs
  CATEGORY         ${CATEGORIES.slice(0, 6).join(", ")},
                   ${CATEGORIES.slice(6).join(", ")}
  --score N        0 to 1; without it, the report is one of a person
  --stream NAME    default room-1. If nobody pushes it, an encoder of the simulator begins to
  --app NAME       default live
  --domain NAME    the ingest domain; default publish.example.huawei.com
  --reason TEXT    in the sender's words
  --source NAME    default standard
  --id ID          the sender's own id; the same id again is accepted and does nothing`;

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
  if (category === undefined) throw new UsageError("which category?");
  if (extra !== undefined) throw new UsageError(`${extra} is one too many`);
  const { domain = "publish.example.huawei.com", app = "live", stream: name = "room-1", source = "standard" } = values;
  const { reason, id = `msg_${randomBytes(5).toString("hex")}` } = values;
  const score = values.score === undefined ? undefined : Number(values.score);
  if (Number.isNaN(score)) throw new UsageError(`--score ${values.score}: must be a number from 0 to 1`);

  if (!/^[\x21-\x7e]+$/.test(id)) throw new UsageError("--id: must be printable ASCII, as a header holds it");

  const { url, sources, simulator } = runningStack();
  const stream = { domain, app, stream: name };
  // A pause of a stream that nobody pushes is refused by Live.
  if (simulator !== undefined && (await startPushing(simulator, stream))) {
    console.log(`an encoder begins to push ${escapeInvisible(formatStream(stream))}`);
  }
  const report = { occurredAt: new Date().toISOString(), stream, category, score, reason };
  const secret = new Map(Object.entries(sources)).get(source) ?? sources.standard ?? "";
  if (!secret.startsWith("whsec_"))
    throw new UsageError(`--source ${source}: its reports are signed in another way; this sends Standard Webhooks`);
  const signed = signReport(report, secret, { id });
  const answer = await postReport(url, encodeURIComponent(source), signed);
  console.log(`${visibleJson(report)}\nis answered ${answer.status}: ${jsonText(answer.text)}`);
  if (answer.status !== 202) return 1;
  console.log(`
Its line appears where npm start runs. Why it was decided so, and what is off now:
  npx offair explain ${quoted(`${source}#${id}`)}
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
