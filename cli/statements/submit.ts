/** Sends the statements that have no receipt yet, in batches, and writes a receipt for each that the database has. */
import type { EuStatement } from "../../lib/statements/eu/eu-statement.ts";
import { MAX_BATCH } from "../../lib/statements/eu/eu-statement.ts";
import type { FieldIssue } from "./answers.ts";
import type { Submitted } from "./database.ts";
import { type Receipt, statementSha256 } from "./files.ts";

export type NewReceipt = Omit<Receipt, "host">;

export interface SubmitDeps {
  readonly submit: (batch: readonly EuStatement[]) => Promise<Submitted>;
  /** Stores them before the next batch is sent. */
  readonly addReceipts: (receipts: readonly NewReceipt[]) => Promise<void>;
  /** Called at once, because a later batch may end the command. */
  readonly refused: (issues: readonly FieldIssue[]) => void;
  readonly progress: (text: string) => void;
  readonly now: () => Date;
  readonly isInterrupted: () => boolean;
}

export interface SubmitResult {
  readonly created: number;
  /** The database had them already. */
  readonly existing: number;
  readonly rejected: readonly FieldIssue[];
  readonly isInterrupted: boolean;
}

/** @param statements - without those that have a receipt. */
export async function submitAll(statements: readonly EuStatement[], deps: SubmitDeps): Promise<SubmitResult> {
  let [created, existing] = [0, 0];
  const rejected: FieldIssue[] = [];
  for (let at = 0; at < statements.length; at += MAX_BATCH) {
    if (deps.isInterrupted()) return { created, existing, rejected, isInterrupted: true };
    let batch = statements.slice(at, at + MAX_BATCH);
    deps.progress(`sending statements ${at + 1} to ${at + batch.length} of ${statements.length}`);
    // Each round creates the batch or makes it smaller.
    while (batch.length > 0) {
      const result = await deps.submit(batch);
      if (result.kind === "created") {
        await deps.addReceipts(
          batch.map((each) => receiptOf(each, "created", result.uuids.get(each.puid), deps.now())),
        );
        created += batch.length;
        break;
      }
      const { rejection } = result;
      const puids = new Set(rejection.kind === "existing" ? rejection.puids : rejection.issues.map(({ puid }) => puid));
      if (rejection.kind === "invalid") {
        rejected.push(...rejection.issues);
        deps.refused(rejection.issues);
      } else {
        const there = batch.filter(({ puid }) => puids.has(puid));
        await deps.addReceipts(there.map((each) => receiptOf(each, "existing", undefined, deps.now())));
        existing += there.length;
      }
      batch = batch.filter(({ puid }) => !puids.has(puid));
    }
  }
  return { created, existing, rejected, isInterrupted: false };
}

const receiptOf = (
  statement: EuStatement,
  result: Receipt["result"],
  uuid: string | undefined,
  now: Date,
): NewReceipt => ({
  puid: statement.puid,
  sha256: statementSha256(statement),
  at: now.toISOString(),
  result,
  ...(uuid !== undefined && { uuid }),
});
