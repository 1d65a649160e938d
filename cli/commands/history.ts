/** `offair history DAY`: reports which streams were off that day, and why. */

import { streamKey, withoutQuery } from "../../lib/core/stream.ts";
import { DAY_MS } from "../../lib/core/time.ts";
import type { OffPeriod } from "../../lib/evidence/history/off-period.ts";
import type { Review } from "../../lib/evidence/history/reviews.ts";
import { type Gap, gapText } from "../evidence/checked-reader.ts";
import { type Day, loadDay } from "../evidence/day.ts";
import { openGiven } from "../evidence/open-source.ts";
import { historyText, REVIEW_HEAD, reviewText } from "../render/history.ts";
import { CSV_HEADER, historyCsv } from "../render/history-csv.ts";
import { type Command, EXIT, type Exit } from "../terminal/command.ts";
import { UsageError } from "../terminal/errors.ts";
import { dayOf, textOf } from "../terminal/options.ts";
import type { Out } from "../terminal/output.ts";

export const history: Command = {
  name: "history",
  group: "evidence",
  summary: "reports which streams were off on a day, and why",
  operands: ["DAY"],
  options: {
    domain: { type: "string" },
    stream: { type: "string" },
    bundle: { type: "string" },
    bucket: { type: "string" },
    csv: { type: "boolean" },
  },
  help: `offair history DAY [--domain NAME] [--stream APP/NAME] [--bundle BUNDLE | --bucket NAME] [--json | --csv]

Lists every stream that was disabled at some time of DAY (2026-03-14, UTC): from when until when, the reason, the rule
and policy or the person that decided, the source of the report and its grade, who approved, and the archive objects
that prove it. It joins the snapshots of that day with the ledger's exports. A stream that no offair order explains is
marked "not by offair". While the exports do not cover the time at which it was listed, it is marked "too recent to
attribute", with the time until which the ledger is known; ask again two hours later. Pauses are not listed: a pause
ends one push and does not keep a stream off.

It also lists the reports that waited for a person: those that began to wait, were due or got their first verdict on
DAY, with the due time and whether the verdict came in time, late, or not until the end of the exports of the day
("missed"). A verdict that was taken back counts: the first one was given. --csv has no line for them; a stream that
was disabled by a verdict has the columns review_due, review_decided and review_deadline.

  --domain NAME      only this ingest domain
  --stream APP/NAME  only this stream; the name must match exactly
  --bundle BUNDLE    a folder or a tar made by offair export; it should contain some more days before and after DAY
  --bucket NAME      the archive; default ARCHIVE_BUCKET. Region, credentials and AWS_ENDPOINT_URL as in the AWS SDK.
  --json             one object per period and per review, with unescaped names, and the summary last. "by" is null for "not by
                     offair", and "unknown" for a period that is not attributed; "unattributed" then has the reason
  --csv              for a spreadsheet: UTF-8 with a byte-order mark. A text that a spreadsheet would run or change (a
                     formula, a number, a date) begins with ', and so does one that begins with ' itself: a script
                     removes one leading '. Invisible characters and \\ are escaped, as on a terminal

Objects are checked against their manifests. The manifests themselves are not verified: use offair verify for that.
Exit codes: 0 done, 1 the archive cannot be read, 2 usage, 4 an object does not match its manifest, or an entry or the
bundle is not readable, 5 the day is not fully covered: an hour without an audit, an incomplete list or a missing
object. Each of these is reported.`,

  async run({ operands: [text = ""], values }, { out, env }) {
    const from = dayOf(text, "DAY");
    if (values.json && values.csv) throw new UsageError("give either --json or --csv");
    const query = {
      span: { from, until: new Date(from.getTime() + DAY_MS) },
      domain: textOf(values, "domain")?.toLowerCase(),
      stream: textOf(values, "stream"),
    };
    if (query.stream?.includes("/") === false) throw new UsageError("--stream must be APP/NAME, such as live/room-42");
    if (query.stream !== undefined && withoutQuery(query.stream) !== query.stream)
      throw new UsageError(`--stream ${withoutQuery(query.stream)}: a name ends before the "?" of its push URL`);
    const bundle = await openGiven(values, env);
    try {
      const day = await loadDay(bundle, query, out.progress);
      const exit = exitOf(day.gaps);
      if (values.json) printJson(day, text, exit, out);
      else if (values.csv) printCsv(day, out);
      else printText(day, text, out);
      return exit;
    } finally {
      await bundle.close();
    }
  },
};

function exitOf(gaps: readonly Gap[]): Exit {
  if (gaps.some(({ kind }) => kind === "altered" || kind === "unreadable")) return EXIT.altered;
  return gaps.length > 0 ? EXIT.incomplete : EXIT.done;
}

function printJson({ periods, reviews, gaps, knownUntil }: Day, day: string, exit: Exit, out: Out): void {
  for (const period of periods) out.json({ type: "off", ...period });
  for (const review of reviews) out.json({ type: "review", ...review });
  const counts = { count: periods.length, ...countOthers(periods), reviews: countReviews(reviews) };
  out.json({ type: "summary", day, ...counts, knownUntil, gaps, exit });
}

function printCsv({ periods, gaps }: Day, out: Out): void {
  out.csvHead(CSV_HEADER);
  for (const period of periods) out.row(historyCsv(period));
  for (const gap of gaps) out.warn(gapText(gap));
}

function printText({ periods, reviews, gaps, knownUntil }: Day, day: string, out: Out): void {
  if (periods.length > 0) out.say(out.paint("bold", `${"FROM".padEnd(22)}${"UNTIL".padEnd(22)}STREAM`));
  for (const period of periods) for (const line of historyText(period, out.paint)) out.say(line);
  if (reviews.length > 0) out.say(out.paint("bold", REVIEW_HEAD));
  for (const review of reviews) for (const line of reviewText(review, out.paint)) out.say(line);
  for (const gap of gaps) out.say(out.paint("yellow", gapText(gap)));
  const { notByOffair, notAttributed } = countOthers(periods);
  const streams = new Set(periods.map(streamKey)).size;
  const were = streams === 1 ? "1 stream was" : `${streams.toLocaleString("en-US")} streams were`;
  const others = notByOffair === 0 ? "" : `; periods not by offair: ${notByOffair}`;
  const unknown = notAttributed === 0 ? "" : `; periods not attributed: ${notAttributed}`;
  out.say(`${were} off at some time of ${day} (UTC)${others}${unknown}`);
  if (reviews.length > 0) out.say(reviewsSummary(reviews));
  const known =
    knownUntil === null ? "no ledger export was found" : `the ledger's exports were read until ${knownUntil}`;
  out.say(`${known}${gaps.length === 0 ? "" : "; the day is not fully covered"}`);
}

function reviewsSummary(reviews: readonly Review[]): string {
  const { inTime, late, missed, open } = countReviews(reviews);
  const all = reviews.length === 1 ? "1 review" : `${reviews.length.toLocaleString("en-US")} reviews`;
  return `${all}: ${inTime} in time, ${late} late, ${missed} missed and still open, ${open} not yet due`;
}

function countReviews(reviews: readonly Review[]) {
  const count = (wanted: Review["state"]) => reviews.filter(({ state }) => state === wanted).length;
  return { inTime: count("in-time"), late: count("late"), missed: count("missed"), open: count("open") };
}

const countOthers = (periods: readonly OffPeriod[]) => ({
  notByOffair: periods.filter(({ by }) => by === null).length,
  notAttributed: periods.filter(({ by }) => by === "unknown").length,
});
