/** `offair history DAY`: which streams were off that day, and why. */

import { escapeInvisible } from "../../lib/core/escape-invisible.ts";
import { DAY_MS } from "../../lib/core/time.ts";
import type { OffPeriod } from "../../lib/evidence/history/off-period.ts";
import type { Gap } from "../evidence/checked-reader.ts";
import { type Day, loadDay } from "../evidence/day.ts";
import { openGiven } from "../evidence/open-source.ts";
import { historyText } from "../render/history.ts";
import { CSV_HEADER, historyCsv } from "../render/history-csv.ts";
import { type Command, EXIT, type Exit } from "../terminal/command.ts";
import { UsageError } from "../terminal/errors.ts";
import { dayOf, textOf } from "../terminal/options.ts";
import type { Out } from "../terminal/output.ts";

export const history: Command = {
  name: "history",
  group: "evidence",
  summary: "which streams were off on a day, and why",
  operands: ["DAY"],
  options: {
    domain: { type: "string" },
    stream: { type: "string" },
    bundle: { type: "string" },
    bucket: { type: "string" },
    csv: { type: "boolean" },
  },
  help: `offair history DAY [--domain NAME] [--stream APP/NAME] [--bundle BUNDLE | --bucket NAME] [--json | --csv]

Every stream that was disabled at some time of DAY (2026-03-14, UTC): from when until when, the reason, the rule and the
policy that decided or the person, the source of the report and its grade, who approved, and the objects of the archive
that say so. It joins the lists that were stored that day with what the ledger had to say. What no order of ours explains
is shown as "not by us". A pause cuts a push once and keeps nothing off, so it is not shown.

  --domain NAME      of one ingest domain
  --stream APP/NAME  of one stream, spelled exactly so
  --bundle BUNDLE    a folder or a tar, as offair export makes it; it should reach some days further back and ahead
  --bucket NAME      the archive; otherwise ARCHIVE_BUCKET. Region, credentials and AWS_ENDPOINT_URL as the AWS SDK has it.
  --json             one object a stream, with names exactly as they are, and the summary last
  --csv              for a spreadsheet: what it would take for a formula begins with ', what cannot be seen is spelled out

Objects are held against their manifests, and manifests are not verified here: that is what offair verify is for.
Exit codes: 0 done, 1 the archive cannot be read, 2 usage, 4 an object is not what its manifest says, 5 the day is not
fully covered: an hour without an audit, a list that is incomplete, an object that is missing. Each of these is told.`,

  async run({ operands: [text = ""], values }, { out, env }) {
    const from = dayOf(text, "DAY");
    if (values.json && values.csv) throw new UsageError("give either --json or --csv");
    const asked = {
      span: { from, until: new Date(from.getTime() + DAY_MS) },
      domain: textOf(values, "domain")?.toLowerCase(),
      stream: textOf(values, "stream"),
    };
    if (asked.stream?.includes("/") === false) throw new UsageError("--stream must be APP/NAME, such as live/room-42");
    const { bundle, close } = await openGiven(values, env);
    try {
      const day = await loadDay(bundle, asked, out.progress);
      const exit = exitOf(day.gaps);
      if (values.json) sayJson(day, text, exit, out);
      else if (values.csv) sayCsv(day, out);
      else sayText(day, text, out);
      return exit;
    } finally {
      await close();
    }
  },
};

function exitOf(gaps: readonly Gap[]): Exit {
  if (gaps.some(({ kind }) => kind === "altered")) return EXIT.altered;
  return gaps.length > 0 ? EXIT.incomplete : EXIT.done;
}

function sayJson({ answers, gaps, knownUntil }: Day, day: string, exit: Exit, out: Out): void {
  for (const answer of answers) out.json({ type: "off", ...answer });
  out.json({ type: "summary", day, count: answers.length, notByUs: notByUs(answers), knownUntil, gaps, exit });
}

function sayCsv({ answers, gaps }: Day, out: Out): void {
  out.raw(CSV_HEADER);
  for (const answer of answers) out.raw(historyCsv(answer));
  for (const gap of gaps) out.warn(gapText(gap));
}

function sayText({ answers, gaps, knownUntil }: Day, day: string, out: Out): void {
  if (answers.length > 0) out.say(out.paint("bold", `${"FROM".padEnd(22)}${"UNTIL".padEnd(22)}STREAM`));
  for (const answer of answers) out.say(historyText(answer, out.paint));
  for (const gap of gaps) out.say(out.paint("yellow", gapText(gap)));
  const foreign = notByUs(answers);
  const streams = new Set(answers.map(({ domain, app, stream }) => JSON.stringify([domain, app, stream]))).size;
  const not = foreign === 0 ? "" : `, ${foreign} times not by us`;
  out.say(
    `${streams === 1 ? "1 stream was" : `${streams.toLocaleString("en-US")} streams were`} off at some time of ${day} (UTC)${not}`,
  );
  out.say(
    `by what the ledger said until ${knownUntil ?? "no time"}${gaps.length === 0 ? "" : ", and not all of the day is covered"}`,
  );
}

const notByUs = (answers: readonly OffPeriod[]): number => answers.filter(({ by }) => by === null).length;

const gapText = ({ kind, object, message }: Gap): string =>
  `${kind}  ${escapeInvisible(object)}  ${escapeInvisible(message)}`;
