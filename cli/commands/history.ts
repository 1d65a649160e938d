/** `offair history DAY`: reports which streams were off that day, and why. */

import { type Stream, streamKey } from "../../lib/core/stream.ts";
import { matchesGlob } from "../../lib/core/stream-name.ts";
import type { OffPeriod } from "../../lib/evidence/history/off-period.ts";
import type { Review } from "../../lib/evidence/history/reviews.ts";
import { exitOfGaps, gapText } from "../evidence/checked-reader.ts";
import { type Day, loadDay } from "../evidence/day.ts";
import { dayQuery, streamTextIssue } from "../evidence/day-query.ts";
import { openGiven } from "../evidence/open-source.ts";
import { csvHeader, csvRow } from "../render/columns.ts";
import { historyText, REVIEW_HEAD, reviewText } from "../render/history.ts";
import { HISTORY_CSV } from "../render/history-csv.ts";
import { decidedBy, HISTORY_COLUMNS, historyGroups, historyShortIds } from "../render/history-rows.ts";
import { isBy } from "../render/person.ts";
import { printGroups, printRows } from "../render/print-rows.ts";
import type { Command, Exit } from "../terminal/command.ts";
import { UsageError } from "../terminal/errors.ts";
import { FORMAT_OPTIONS, type Format, formatOf, limitOf } from "../terminal/format.ts";
import { countOf, numberText } from "../terminal/number-text.ts";
import { dayOf, flags, textOf, texts, type Values } from "../terminal/options.ts";
import type { Out } from "../terminal/output.ts";
import { PAGER_HELP } from "../terminal/pager.ts";

export const history: Command = {
  name: "history",
  group: "evidence",
  summary: "report which streams were off on a day, and why",
  operands: ["DAY"],
  options: {
    ...texts("domain", "app", "stream", "name", "by", "bundle", "bucket"),
    ...flags("csv"),
    ...FORMAT_OPTIONS,
  },
  isPaged: true,
  help: `offair history DAY [--domain NAME] [--app NAME] [--stream APP/NAME | --name GLOB] [--by GLOB] [--limit N]
               [--bundle BUNDLE | --bucket NAME] [--all | -o wide | -o details | --csv | --json]

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

On a terminal, the streams of one order, batch or rule are one group, with the first names; with --stream, all details are
printed. In a pipe there is one line a period, with tabs between the cells from, until, by, ended, because, kind, cause,
outcome and stream, "-" for what is not known, and no other line: reviews, counts and gaps go to stderr.

  --domain NAME      only this ingest domain
  --app NAME         only this app
  --stream APP/NAME  only this stream; the name must match exactly
  --name GLOB        only streams with such a name; * matches any text, ? any one character ('raid-*')
  --by GLOB          only what this person or rule decided: alice, 'rule severe', 'not by offair'
  --limit N          at most N periods
  --all              every name of every group
  -o wide, --output wide  one line a period, in aligned columns
  -o details         everything about each period, with the objects that prove it, on several lines
  --bundle BUNDLE    a folder or a tar made by offair export; it should contain some more days before and after DAY
  --bucket NAME      the archive; default ARCHIVE_BUCKET. Region, credentials and AWS_ENDPOINT_URL as in the AWS SDK.
  -o json, --json    one object per period and review, with unescaped names, and the summary last. "by" is null for "not by
                     offair", and "unknown" for a period that is not attributed; "unattributed" then has the reason
  -o csv, --csv      for a spreadsheet: UTF-8 with a byte-order mark. A text that a spreadsheet would run or change (a
                     formula, a number, a date) begins with ', and so does one that begins with ' itself: a script
                     removes one leading '. Invisible characters and \\ are escaped, as on a terminal
${PAGER_HELP.replace("--no-pager ", "--no-pager        ")}

Objects are checked against their manifests. The manifests themselves are not verified: use offair verify for that.
Exit codes: 0 done, 1 the archive cannot be read, 2 usage, 4 an object does not match its manifest, or an entry or the
bundle is not readable, 5 the day is not fully covered: an hour without an audit, an incomplete list or a missing
object. Each of these is reported.`,

  async run({ operands: [text = ""], values }, { out, env }) {
    const day = dayOf(text, "DAY");
    const format = formatFor(values, out);
    const limit = limitOf(values);
    const [app, name, by] = [textOf(values, "app"), textOf(values, "name"), textOf(values, "by")];
    const [domain, stream] = [textOf(values, "domain"), textOf(values, "stream")];
    const isWanted = (each: Stream): boolean =>
      (app === undefined || each.app === app) && (name === undefined || matchesGlob(each.stream, name));
    const query = dayQuery({ day, domain, stream, isWanted });
    const issue = streamTextIssue(stream);
    if (issue !== undefined) throw new UsageError(`--stream ${issue}`);
    const bundle = await openGiven(values, env);
    try {
      const loaded = await loadDay(bundle, query, out.progress);
      const exit = exitOfGaps(loaded.gaps);
      const periods = by === undefined ? loaded.periods : loaded.periods.filter((each) => isBy(decidedBy(each), by));
      const shown = { ...loaded, periods, limit, day: text };
      if (format === "json") printJson(shown, exit, out);
      else {
        printPeriods(periods.slice(0, limit), format, values, out);
        printNotes(shown, format, out);
      }
      return exit;
    } finally {
      await bundle.close();
    }
  },
};

const FORMATS = ["wide", "details", "json", "csv"] as const;

function formatFor(values: Values, out: Out): Format {
  const format = formatOf(values, out, FORMATS);
  return format === "groups" && values.stream !== undefined && !values.all ? "details" : format;
}

interface Shown extends Day {
  readonly day: string;
  readonly limit: number;
}

function printJson({ periods, reviews, gaps, knownUntil, day, limit }: Shown, exit: Exit, out: Out): void {
  for (const period of periods.slice(0, limit)) out.json({ type: "off", ...period });
  for (const review of reviews) out.json({ type: "review", ...review });
  const leftOut = periods.length > limit ? { leftOut: periods.length - limit } : {};
  out.json({
    type: "summary",
    day,
    count: periods.length,
    ...leftOut,
    ...countOthers(periods),
    reviews: countReviews(reviews),
    knownUntil,
    gaps,
    exit,
  });
}

function printPeriods(periods: readonly OffPeriod[], format: Format, values: Values, out: Out): void {
  if (format === "csv") {
    out.csvHead(csvHeader(HISTORY_CSV));
    for (const period of periods) out.row(csvRow(HISTORY_CSV, period));
  } else if (format === "groups") {
    printGroups(historyGroups(periods), { short: historyShortIds(periods), values }, out);
  } else if (format === "details") {
    if (periods.length > 0) out.say(out.paint("bold", `${"FROM".padEnd(22)}${"UNTIL".padEnd(22)}STREAM`));
    for (const period of periods) for (const line of historyText(period, out.paint)) out.say(line);
  } else printRows(HISTORY_COLUMNS, periods, format, out);
}

/** Standard output has only rows in a pipe, so that they can be counted; details are for people there too. */
function printNotes({ periods, reviews, gaps, knownUntil, day, limit }: Shown, format: Format, out: Out): void {
  const isResult = out.isTerminal || format === "details" || format === "groups";
  const say = isResult && format !== "csv" ? out.say : out.warn;
  if (periods.length > limit)
    say(`… and ${numberText(periods.length - limit)} more: --limit shows the first ones only`);
  if (format !== "csv" && reviews.length > 0) say(out.paint("bold", REVIEW_HEAD));
  if (format !== "csv") for (const review of reviews) for (const line of reviewText(review, out.paint)) say(line);
  for (const gap of gaps) say(out.isTerminal ? out.paint("yellow", gapText(gap)) : gapText(gap));
  if (format === "csv") return;
  const { notByOffair, notAttributed } = countOthers(periods);
  const streams = new Set(periods.map(streamKey)).size;
  const were = `${countOf(streams, "stream")} ${streams === 1 ? "was" : "were"}`;
  const others = notByOffair === 0 ? "" : `; periods not by offair: ${notByOffair}`;
  const unknown = notAttributed === 0 ? "" : `; periods not attributed: ${notAttributed}`;
  say(`${were} off at some time of ${day} (UTC)${others}${unknown}`);
  if (reviews.length > 0) say(reviewsSummary(reviews));
  const known =
    knownUntil === null ? "no ledger export was found" : `the ledger's exports were read until ${knownUntil}`;
  say(`${known}${gaps.length === 0 ? "" : "; the day is not fully covered"}`);
}

function reviewsSummary(reviews: readonly Review[]): string {
  const { inTime, late, missed, open } = countReviews(reviews);
  return `${countOf(reviews.length, "review")}: ${inTime} in time, ${late} late, ${missed} missed and still open, ${open} not yet due`;
}

function countReviews(reviews: readonly Review[]) {
  const count = (wanted: Review["state"]) => reviews.filter(({ state }) => state === wanted).length;
  return { inTime: count("in-time"), late: count("late"), missed: count("missed"), open: count("open") };
}

const countOthers = (periods: readonly OffPeriod[]) => ({
  notByOffair: periods.filter(({ by }) => by === null).length,
  notAttributed: periods.filter(({ by }) => by === "unknown").length,
});
