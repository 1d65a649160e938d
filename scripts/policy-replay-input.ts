/** Provides the reports of a replay as a file, because a replay reads them twice. */
import { createReadStream, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { exportReports } from "../lib/aws/dynamodb/export-reports.ts";
import { formatIssues } from "../lib/core/issues.ts";
import { type PastRecord, readPastRecord } from "../lib/replay/past-record.ts";
import { NdjsonError, readNdjson, spool, writeNdjson } from "./ndjson.ts";

export type ReportsFrom =
  | { readonly file: string } // `-`: standard input
  | { readonly since: Date; readonly table: string; readonly save: string | undefined };

export interface ReportsIo {
  readonly stdin: Readable;
  readonly createClient: () => DynamoDBClient;
}

/** Reports between two progress messages. */
const PROGRESS_INTERVAL = 5_000;

const formatCount = (count: number): string => count.toLocaleString("en-US");

/**
 * Returns a file with the reports.
 *
 * @param onProgress - called with a text every 5,000 reports
 * @throws NdjsonError if a file cannot be read or written, OffairError `ERR_LEDGER`
 */
export async function reportsFile(
  from: ReportsFrom,
  io: ReportsIo,
  onProgress: (text: string) => void,
): Promise<string> {
  if ("file" in from) return readableTwice(from.file, io.stdin);
  const { since, table, save } = from;
  const client = io.createClient();
  async function* withProgress(): AsyncGenerator<unknown> {
    let count = 0;
    for await (const record of exportReports(client, table, { since, until: new Date() })) {
      if (++count % PROGRESS_INTERVAL === 0) onProgress(`${formatCount(count)} reports fetched`);
      yield record;
    }
  }
  const file = save ?? temporaryFile();
  await writeNdjson(withProgress(), file);
  return file;
}

async function readableTwice(file: string, stdin: Readable): Promise<string> {
  const isOnce = file === "-" || statSync(file, { throwIfNoEntry: false })?.isFIFO() === true;
  if (!isOnce) return file;
  const copy = temporaryFile();
  await spool(file === "-" ? stdin : createReadStream(file), file, copy);
  return copy;
}

/** A temporary file in a private directory, which is deleted when the process ends. */
function temporaryFile(): string {
  const dir = mkdtempSync(join(tmpdir(), "offair-replay-"));
  process.on("exit", () => rmSync(dir, { recursive: true, force: true }));
  process.once("SIGINT", () => process.exit(130));
  process.once("SIGTERM", () => process.exit(143));
  return join(dir, "reports.ndjson");
}

/**
 * Yields the parsed reports of a file.
 *
 * @param onProgress - called with the count every 5,000 reports
 * @throws NdjsonError naming the line
 */
export async function* pastRecords(file: string, onProgress: (count: string) => void): AsyncGenerator<PastRecord> {
  let count = 0;
  for await (const { line, json } of readNdjson(file)) {
    const past = readPastRecord(json);
    if ("issues" in past) throw new NdjsonError(`${file}:${line}: ${formatIssues(past.issues)}`);
    if (++count % PROGRESS_INTERVAL === 0) onProgress(formatCount(count));
    if (past.kind !== "canary") yield past;
  }
}
