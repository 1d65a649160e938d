/** `offair statements`: writes the statements of reasons of some days, and sends them to the EU's Transparency Database. */
import { STATEMENT_LANGUAGES, type StatementLanguage } from "../../lib/policy/statement-schema.ts";
import { monthOf } from "../../lib/statements/month.ts";
import { gapText } from "../evidence/checked-reader.ts";
import { spanOfDays } from "../evidence/export-bundle.ts";
import { openGiven } from "../evidence/open-source.ts";
import { loadActions } from "../evidence/span-actions.ts";
import { type Command, EXIT, type Exit } from "../terminal/command.ts";
import { UsageError } from "../terminal/errors.ts";
import { dayOf, flags, requiredText, textOf, texts, type Values } from "../terminal/options.ts";
import { endpointOf } from "./endpoint.ts";
import { readReceipts, statementSha256, type Target, writeMonth } from "./files.ts";
import { readSettings } from "./read-settings.ts";
import { type Sending, sendStatements } from "./send.ts";
import { statementsJson, statementsText } from "./text.ts";

export const statements: Command = {
  name: "statements",
  group: "evidence",
  summary: "write statements of reasons (EU DSA), and send them",
  operands: [],
  options: {
    ...texts("from", "to", "out", "bundle", "bucket", "settings", "lang", "url", "endpoint", "token-secret"),
    ...flags("names", "skip-sandbox", "despite-gaps"),
    send: { type: "string", words: ["sandbox", "production"] },
  },
  help: `offair statements --from DAY --to DAY --out FOLDER [--bundle BUNDLE | --bucket NAME] [--settings FILE] [--names] [--lang en,zh] [--json]
offair statements --from DAY --to DAY --out FOLDER --send sandbox|production --token-secret ID [--endpoint URL] [--skip-sandbox] [--despite-gaps]

Writes a statement of reasons for every pause and disable whose outcome was known in these days (UTC, both included), as
the EU's DSA Transparency Database accepts it, and the text for the broadcaster. What happened comes from exported evidence;
grounds and texts come from the section statements of the policy. docs/dsa.md maps every field to its source, and says what
a lawyer decides. The statements have no name of a stream, person or source, and no text that a person wrote in a report.

  statements.ndjson    the records for the database, one a line
  broadcasters.ndjson  one line an action: the stream's SHA-256, and the texts
  incomplete.json      actions without a complete statement, with each field that is missing and why; none of them is sent
  left-out.json        actions that need no statement: orders of authorities, repairs, categories with ground none
  corrections.json     actions that people marked as wrong in these days, and what is left to do

  --from, --to DAY  the first and the last day: 2026-03-01
  --out FOLDER      is made if it does not exist; files of an earlier run are replaced, receipts are kept
  --bundle BUNDLE   a folder or a tar made by offair export
  --bucket NAME     the archive; default ARCHIVE_BUCKET. Region, credentials and AWS_ENDPOINT_URL as in the AWS SDK.
  --settings FILE   the policy's settings, from settings.json of an earlier run, in place of asking the deployment
  --url URL         URL of offair, which is asked for the settings; default: OFFAIR_URL
  --names           names the streams in the files that are not sent, and in the texts
  --lang LIST       languages of the texts: en, zh, or en,zh (default)
  --send WHERE      sandbox or production; production only what the sandbox has accepted, as the receipts show
  --token-secret ID the secret in Secrets Manager with the token of that database; it is never printed
  --endpoint URL    address of the database: needed for the sandbox, whose address the Commission sends you
  --skip-sandbox    with --send production: without receipts of the sandbox
  --despite-gaps    sends although the evidence of these days is incomplete
  --json            the summary as an object

A statement is sent once: FOLDER/receipts-WHERE.ndjson has a receipt for each that the database has. Run the same command
again to continue. The database's API cannot change or delete a statement.
Objects are checked against their manifests. The manifests themselves are not verified: use offair verify for that.
Exit codes: 0 done, 1 the database did not accept a statement, or could not be reached, 2 usage, 3 refused, 4 an object does
not match its manifest, 5 evidence is missing.`,

  async run({ values }, deps) {
    const { out, env } = deps;
    const span = spanOfDays(
      dayOf(requiredText(values, "from", "the first day"), "--from"),
      dayOf(requiredText(values, "to", "the last day"), "--to"),
    );
    if (!span) throw new UsageError("--to is before --from");
    const folder = requiredText(values, "out", "a folder");
    const languages = languagesOf(values);
    const sending = sendingOf(values);
    const settings = await readSettings(values, deps);
    const bundle = await openGiven(values, env);
    try {
      const loaded = await loadActions(bundle, span, out.progress);
      const withNames = values.names === true;
      const month = monthOf(loaded, settings, { withNames, languages });
      await writeMonth(folder, month, settings);
      const changed = await changedSince(folder, month.statements);
      for (const gap of loaded.gaps) out.warn(gapText(gap));
      const evidence = exitOf(loaded.gaps);
      const isHeld = evidence === EXIT.altered || (evidence !== EXIT.done && !values["despite-gaps"]);
      const shown = { month, folder, changed, knownUntil: loaded.knownUntil, gaps: loaded.gaps };
      if (!values.json) for (const line of statementsText(shown)) out.say(line);
      if (sending && isHeld) {
        out.warn("offair: nothing was sent, because the evidence of these days is incomplete: --despite-gaps sends");
      }
      const sent =
        sending && !isHeld
          ? await sendStatements({ ...sending, folder, statements: month.statements }, deps)
          : undefined;
      const exit = sent && sent.exit !== EXIT.done ? sent.exit : evidence;
      if (values.json) out.json(statementsJson(shown, sent?.result ?? null, exit));
      return exit;
    } finally {
      await bundle.close();
    }
  },
};

function exitOf(gaps: readonly { readonly kind: string }[]): Exit {
  if (gaps.some(({ kind }) => kind === "altered" || kind === "unreadable")) return EXIT.altered;
  return gaps.length > 0 ? EXIT.incomplete : EXIT.done;
}

function languagesOf(values: Values): StatementLanguage[] {
  const given = textOf(values, "lang")?.split(",") ?? STATEMENT_LANGUAGES;
  return given.map((text) => {
    const language = STATEMENT_LANGUAGES.find((each) => each === text);
    if (language === undefined)
      throw new UsageError(`--lang must be ${STATEMENT_LANGUAGES.join(", ")}, or both with a comma`);
    return language;
  });
}

/** Checked before anything is read. */
function sendingOf(values: Values): Omit<Sending, "folder" | "statements"> | undefined {
  const target = textOf(values, "send");
  const skipsSandbox = values["skip-sandbox"] === true;
  if (target === undefined) {
    const extra = ["endpoint", "token-secret", "skip-sandbox", "despite-gaps"].find(
      (name) => values[name] !== undefined,
    );
    if (extra !== undefined) throw new UsageError(`--${extra} needs --send`);
    return undefined;
  }
  if (target !== "sandbox" && target !== "production") throw new UsageError("--send must be sandbox or production");
  const tokenSecret = requiredText(values, "token-secret", "the secret in Secrets Manager with the database's token");
  return { target, skipsSandbox, tokenSecret, endpoint: endpointOf(target, textOf(values, "endpoint")) };
}

/** Statements that the production database has with another text: it cannot be changed there. */
async function changedSince(folder: string, all: Parameters<typeof writeMonth>[1]["statements"]): Promise<number> {
  const receipts = await readReceipts(folder, "production" satisfies Target);
  return all.filter((each) => {
    const receipt = receipts.get(each.puid);
    return receipt?.result === "created" && receipt.sha256 !== statementSha256(each);
  }).length;
}
