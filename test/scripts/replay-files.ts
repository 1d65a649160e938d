/** `policy:replay` in this process, and files for it to work on. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable, Writable } from "node:stream";
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { afterAll } from "@jest/globals";
import type { ReportRecord } from "../../lib/decisions/report-record.ts";
import type { Policy } from "../../lib/policy/policy.ts";
import { type Report, reportKey } from "../../lib/reports/report.ts";
import { main } from "../../scripts/policy-replay.ts";
import { NOON, policy, weaponsReport } from "../support/fixtures.ts";

export interface Given {
  readonly env?: NodeJS.ProcessEnv;
  readonly client?: DynamoDBClient;
}

export async function replay(args: readonly string[], { env = {}, client }: Given = {}) {
  const written = { stdout: "", stderr: "" };
  const into = (name: "stdout" | "stderr") =>
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        written[name] += chunk.toString();
        done();
      },
    });
  const code = await main(args, {
    ...{ stdin: Readable.from([]), stdout: into("stdout"), stderr: into("stderr") },
    env: { OFFAIR_LOCAL_FILE: "", ...env },
    createClient() {
      if (client) return client;
      throw new Error("there is no DynamoDB here");
    },
  });
  return { code, ...written };
}

export function paused(report: Partial<Report> = {}, at = NOON.toISOString()): ReportRecord {
  const said = weaponsReport({ occurredAt: at, receivedAt: at, ...report });
  return {
    ...{ key: reportKey(said), report: said, grade: "A", decidedAt: at, mode: "enforce", policy: "hash" },
    decision: { action: "pause", because: "rule", rule: "harmful" },
    facts: { workedAt: at, orders: [] },
    ...{ outcome: "accepted", orderNumber: 1, closedAt: at },
  };
}
export const ndjson = (records: readonly unknown[]): string =>
  records.map((record) => `${JSON.stringify(record)}\n`).join("");

/** Call once at the top of a test file. */
export function useReplayFiles() {
  const dir = mkdtempSync(join(tmpdir(), "offair-replay-test-"));
  afterAll(() => rmSync(dir, { recursive: true, force: true }));
  let files = 0;
  function file(content: string | Uint8Array, ending = "ndjson"): string {
    const name = join(dir, `${++files}.${ending}`);
    writeFileSync(name, content);
    return name;
  }
  /** JSON is YAML. */
  const policyFile = (of: Policy): string => file(JSON.stringify(of, null, 2), "yml");
  const isStricter = (rule: Policy["rules"][number]) => (rule.id === "harmful" ? { ...rule, minScore: 0.95 } : rule);
  return {
    ...{ dir, file },
    same: policyFile(policy),
    stricter: policyFile({ ...policy, rules: policy.rules.map(isStricter) }),
    three: file(ndjson([paused({ id: "1" }), paused({ id: "2", score: 0.97 }), paused({ id: "3" })])),
  };
}
