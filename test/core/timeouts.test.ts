/** Each number rests on the others: a change to one of them, here or in serverless.yml, must not pull the rest away. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "@jest/globals";
import { parse } from "yaml";
import { readAuditConfig } from "../../lib/core/config.ts";
import { SECOND_MS } from "../../lib/core/time.ts";
import {
  LOCK_MS,
  MAX_LIVE_TIMEOUT_MS,
  RETURNING_MS,
  SEND_WINDOW_MS,
  WORKER_TIMEOUT_MS,
} from "../../lib/core/timeouts.ts";

const read = (file: string) =>
  parse(readFileSync(join(import.meta.dirname, "../..", file), "utf8"), { logLevel: "silent", merge: true });
const { worker } = read("serverless.yml").functions;
const queues = read("resources/queues.yml").Resources;

it("gives the worker the time-out that the code counts on", () => {
  expect(worker.timeout * SECOND_MS).toBe(WORKER_TIMEOUT_MS);
});

it("ends every call to Live of whoever held a stream's lock before another can take it", () => {
  expect(LOCK_MS).toBeGreaterThan(SEND_WINDOW_MS + 2 * MAX_LIVE_TIMEOUT_MS);
});

it("leaves an invocation the time to send, to read back and to return what is not done", () => {
  expect(WORKER_TIMEOUT_MS).toBeGreaterThan(SEND_WINDOW_MS + 2 * MAX_LIVE_TIMEOUT_MS + RETURNING_MS);
});

it("hides a message for six times as long as the worker may run, as Lambda advises", () => {
  for (const queue of ["UrgentQueue", "BulkQueue"]) {
    const { VisibilityTimeout } = queues[queue].Properties;
    expect(VisibilityTimeout).toBeGreaterThanOrEqual(6 * worker.timeout);
  }
});

it("refuses a time-out for Live that would not fit", () => {
  const settings = {
    HUAWEI_PROJECT_ID: "p",
    LIVE_ENDPOINT: "https://live.example.com",
    LIVE_SECRET_PREFIX: "s",
    LEDGER_TABLE: "t",
    ARCHIVE_BUCKET: "b",
    AUDIT_KEY_SECRET_ID: "k",
    BULK_QUEUE_URL: "https://sqs.example.com/1/bulk",
    NOTIFY_QUEUE_URL: "https://sqs.example.com/1/notify",
    LIVE_USER: "audit",
  };
  expect(() => readAuditConfig({ ...settings, LIVE_TIMEOUT_MS: String(MAX_LIVE_TIMEOUT_MS) })).not.toThrow();
  expect(() => readAuditConfig({ ...settings, LIVE_TIMEOUT_MS: String(MAX_LIVE_TIMEOUT_MS + 1) })).toThrow(
    /LIVE_TIMEOUT_MS/,
  );
});
