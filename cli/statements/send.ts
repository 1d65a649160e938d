/** Sends statements to the sandbox or to the production database, and prints what was refused. */
import type { EuStatement } from "../../lib/statements/eu/eu-statement.ts";
import { type CommandDeps, EXIT, type Exit } from "../terminal/command.ts";
import { RefusedError } from "../terminal/errors.ts";
import { countOf } from "../terminal/number-text.ts";
import { createDatabase, type Database, type Submitted } from "./database.ts";
import { addReceipts, type Receipt, readReceipts, statementSha256, type Target } from "./files.ts";
import { type SubmitResult, submitAll } from "./submit.ts";
import { refusedText, sentText } from "./text.ts";
import { readToken } from "./token.ts";

export interface Sending {
  readonly target: Target;
  readonly endpoint: URL;
  readonly tokenSecret: string;
  readonly skipsSandbox: boolean;
  readonly folder: string;
  readonly statements: readonly EuStatement[];
}

export interface Sent {
  readonly exit: Exit;
  readonly result: SubmitResult & { readonly target: Target };
}

/** @throws RefusedError if the sandbox has not accepted each statement, with the same text, that production is to get. */
export async function sendStatements(sending: Sending, deps: CommandDeps): Promise<Sent> {
  const { target, endpoint, tokenSecret, folder, statements } = sending;
  const { out, now, sleep, random, interrupted, credentials } = deps;
  const receipts = await readReceipts(folder, target);
  const open = statements.filter((each) => !isThere(each, receipts.get(each.puid), sending));
  if (target === "production" && !sending.skipsSandbox) expectAccepted(open, await readReceipts(folder, "sandbox"));
  if (open.length === 0) {
    const result = { created: 0, existing: 0, rejected: [], isInterrupted: false, target };
    out.warn(`offair: nothing is left to send: ${target} has every statement`);
    return { exit: EXIT.done, result };
  }
  const token = await readToken(tokenSecret, credentials, now);
  const signal = interrupted();
  const database = createDatabase({ endpoint, token, now, sleep, random, warn: out.warn, signal });
  const result = await submitAll(open, {
    submit: (batch) => (target === "sandbox" ? submitToSandbox(batch, database.submit) : database.submit(batch)),
    addReceipts: (added) =>
      addReceipts(
        folder,
        target,
        added.map((each) => ({ ...each, host: endpoint.host })),
      ),
    refused: (issues) => {
      for (const line of refusedText(issues)) out.warn(line);
    },
    progress: out.progress,
    now,
    isInterrupted: () => signal.aborted,
  });
  for (const line of sentText(target, result)) out.warn(line);
  const isWhole = result.rejected.length === 0 && !result.isInterrupted;
  return { exit: isWhole ? EXIT.done : EXIT.failed, result: { ...result, target } };
}

/** Production has a puid once, whatever the text; the sandbox has to accept each text. */
const isThere = (
  statement: EuStatement,
  receipt: Receipt | undefined,
  { target, endpoint }: Pick<Sending, "target" | "endpoint">,
): boolean =>
  receipt?.host === endpoint.host && (target === "production" || receipt.sha256 === statementSha256(statement));

/** With the text's hash in the puid, because no database accepts a puid twice, and another text has to be tried as well. */
async function submitToSandbox(batch: readonly EuStatement[], submit: Database["submit"]): Promise<Submitted> {
  const puids = new Map(batch.map((each) => [`${each.puid}-${statementSha256(each).slice(0, 16)}`, each.puid]));
  const own = (puid: string): string => puids.get(puid) ?? puid;
  const tried = [...puids.keys()].flatMap((puid, index) => (batch[index] ? [{ ...batch[index], puid }] : []));
  const result = await submit(tried);
  if (result.kind === "created") {
    return { kind: "created", uuids: new Map([...result.uuids].map(([puid, uuid]) => [own(puid), uuid])) };
  }
  const { rejection } = result;
  if (rejection.kind === "existing")
    return { kind: "rejected", rejection: { kind: "existing", puids: rejection.puids.map(own) } };
  const issues = rejection.issues.map((each) => ({ ...each, puid: own(each.puid) }));
  return { kind: "rejected", rejection: { kind: "invalid", issues } };
}

function expectAccepted(statements: readonly EuStatement[], receipts: ReadonlyMap<string, Receipt>): void {
  const unproven = statements.filter((each) => receipts.get(each.puid)?.sha256 !== statementSha256(each));
  if (unproven.length === 0) return;
  throw new RefusedError(
    `the sandbox has not accepted ${countOf(unproven.length, "statement")} as written now: use --send sandbox first, or --skip-sandbox`,
  );
}
