import { describe, expect, it } from "@jest/globals";
import {
  readAuditConfig,
  readClockConfig,
  readEventSenderConfig,
  readIncidentConfig,
  readWebhookConfig,
  readWorkerConfig,
} from "../../lib/core/config.ts";
import { OffairError } from "../../lib/core/errors.ts";

const live = {
  HUAWEI_PROJECT_ID: "0123456789abcdef0123456789abcdef",
  LIVE_ENDPOINT: "https://live.ap-southeast-3.myhuaweicloud.com",
  LIVE_SECRET_PREFIX: "offair/dev/live/",
  LIVE_USER: "worker",
  LEDGER_TABLE: "ledger",
};
const liveDefaults = {
  WORKER_USERS: 1,
  AUDIT_USERS: 1,
  LIVE_TIMEOUT_MS: 3_000,
  LIVE_QUOTA_SHARE: 0.8,
  LIVE_QUOTA_BLOCK_ONCE: 300,
  LIVE_QUOTA_WRITE_BLOCKS: 4_000,
  LIVE_QUOTA_READ_BLOCKS: 3_000,
  LIVE_QUOTA_ONLINE: 1_000,
  LIVE_QUOTA_STATISTICS: 100,
  LIVE_CEILING_BLOCK_ONCE: 3_000,
  LIVE_CEILING_WRITE_BLOCKS: 12_000,
  LIVE_CEILING_READ_BLOCKS: 6_000,
  LIVE_CEILING_ONLINE: 2_000,
  LIVE_LOCK_S: 300,
};
const queues = {
  URGENT_QUEUE_URL: "https://sqs.eu-central-1.amazonaws.com/123456789012/offair-live",
  BULK_QUEUE_URL: "https://sqs.eu-central-1.amazonaws.com/123456789012/offair-bulk",
};
const deadLetters = {
  URGENT_DEAD_LETTERS_URL: "https://sqs.eu-central-1.amazonaws.com/123456789012/offair-live-dead",
  BULK_DEAD_LETTERS_URL: "https://sqs.eu-central-1.amazonaws.com/123456789012/offair-bulk-dead",
};
const clockQueue = { CLOCK_QUEUE_URL: "https://sqs.eu-central-1.amazonaws.com/123456789012/offair-clock" };
const notifyQueue = { NOTIFY_QUEUE_URL: "https://sqs.eu-central-1.amazonaws.com/123456789012/offair-notify" };
const FUNCTIONS: [string, (env: Record<string, string | undefined>) => object, Record<string, string>][] = [
  ["webhook", readWebhookConfig, { SOURCE_SECRET_PREFIX: "offair/dev/sources/", ...queues }],
  ["worker", readWorkerConfig, { ...live, ...queues, ...deadLetters, ...clockQueue, ...notifyQueue }],
  [
    "clock",
    readClockConfig,
    {
      ...{ STAGE: "prod", LEDGER_TABLE: "ledger", ...notifyQueue },
      ALERTS_TOPIC_ARN: "arn:aws:sns:eu-central-1:123456789012:alerts",
    },
  ],
  [
    "sender of events",
    readEventSenderConfig,
    {
      ...{ STAGE: "prod", LEDGER_TABLE: "ledger", EVENT_BUS: "offair-prod" },
      ...{ SUBSCRIBER_SECRET_PREFIX: "offair/prod/subscribers/", EVENTS_KEY_SECRET_ID: "offair/prod/events-key" },
    },
  ],
  [
    "audit",
    readAuditConfig,
    {
      ...{ ...live, ARCHIVE_BUCKET: "archive", AUDIT_KEY_SECRET_ID: "offair/dev/audit-key", ...notifyQueue },
      BULK_QUEUE_URL: queues.BULK_QUEUE_URL,
    },
  ],
  [
    "incident",
    readIncidentConfig,
    {
      ...{ ...live, ...queues, ...deadLetters, GATEWAY_SECRET_ID: "offair/dev/gateway", ...notifyQueue, STAGE: "prod" },
      AUDIT_DEAD_LETTERS_URL: "https://sqs.eu-central-1.amazonaws.com/123456789012/offair-audit-dead",
      ALERTS_TOPIC_ARN: "arn:aws:sns:eu-central-1:123456789012:offair-dev-alerts",
    },
  ],
];

function complaint(read: (env: Record<string, string | undefined>) => object, env: Record<string, string | undefined>) {
  try {
    read(env);
  } catch (error) {
    if (error instanceof OffairError && error.code === "ERR_CONFIG") return error.message;
    throw error;
  }
  return undefined;
}

describe.each(FUNCTIONS)("the settings of the %s", (name, read, env) => {
  it("are read, with defaults for what has them, and nothing else of the environment", () => {
    const config = read({ ...env, AWS_SECRET_ACCESS_KEY: "hunter2", PATH: "/bin" });
    expect(config).toEqual({
      ...env,
      ...(name !== "clock" && { SECRET_MAX_AGE_S: 60 }),
      ...("LIVE_ENDPOINT" in env && liveDefaults),
      ...(!["audit", "clock", "sender of events"].includes(name) && { CANARY: "off" }),
      ...(name === "worker" && { LIVE_STATISTICS_S: 90 }),
    });
  });

  it.each(Object.keys(env))("complain by name when %s is missing or empty", (name) => {
    for (const value of [undefined, ""]) {
      const message = complaint(read, { ...env, [name]: value });
      expect(message).toContain(`${name}: `);
      for (const other of Object.keys(env)) if (other !== name) expect(message).not.toContain(other);
    }
  });

  it("complain of all of them at once", () => {
    const message = complaint(read, {});
    for (const name of Object.keys(env)) expect(message).toContain(`${name}: `);
  });
});

describe("a setting out of range is named, and its value never told (invariant 5)", () => {
  const worker = { ...live, ...queues, ...deadLetters, ...clockQueue, ...notifyQueue };
  it.each([
    ["LIVE_TIMEOUT_MS", ["499", "4001", "3000.5", "hunter2", "Infinity", "NaN", "-3000"]],
    ["LIVE_USER", ["hunter2", "Worker"]],
    ["LIVE_QUOTA_SHARE", ["0", "0.049", "1.01", "hunter2"]],
    ["WORKER_USERS", ["0", "9", "1.5", "hunter2"]],
    ["AUDIT_USERS", ["0", "9"]],
    ["LIVE_CEILING_ONLINE", ["0", "1000001"]],
    ["LIVE_QUOTA_BLOCK_ONCE", ["0", "1000001", "1.5", "hunter2"]],
    ["LIVE_LOCK_S", ["0", "3601", "1.5", "hunter2"]],
    ["LIVE_STATISTICS_S", ["19", "901", "30.5", "hunter2"]],
    ["SECRET_MAX_AGE_S", ["0", "3601", "1.5", "hunter2", "-1"]],
    ["LIVE_ENDPOINT", ["hunter2", "ftp://hunter2.example.com", "https://", "live.example.com/hunter2"]],
    ["HUAWEI_PROJECT_ID", ["hunter2/..", "hunter 2", "x".repeat(65)]],
    ["URGENT_QUEUE_URL", ["hunter2", "//hunter2"]],
    ["BULK_QUEUE_URL", ["hunter2"]],
  ])("%s", (name, values) => {
    for (const value of values) {
      const message = complaint(readWorkerConfig, { ...worker, [name]: value });
      expect(message).toContain(`${name}: `);
      expect(message).not.toContain("hunter2");
      expect(message).not.toContain("xxx");
    }
  });

  it.each([
    ["LIVE_TIMEOUT_MS", 500],
    ["LIVE_TIMEOUT_MS", 4_000],
    ["LIVE_QUOTA_SHARE", 0.05],
    ["LIVE_QUOTA_SHARE", 1],
    ["LIVE_QUOTA_ONLINE", 1],
    ["LIVE_QUOTA_ONLINE", 1_000_000],
    ["LIVE_LOCK_S", 3_600],
    ["SECRET_MAX_AGE_S", 1],
    ["SECRET_MAX_AGE_S", 3_600],
  ])("%s may be %i", (name, value) => {
    expect(readWorkerConfig({ ...worker, [name]: String(value) })).toMatchObject({ [name]: value });
  });

  it("is not the error's cause either, which a log might print", () => {
    const error = (() => {
      try {
        return readWorkerConfig({ ...worker, LIVE_TIMEOUT_MS: "hunter2" });
      } catch (caught) {
        return caught;
      }
    })();
    if (!(error instanceof OffairError)) throw error;
    expect([error.cause, error.details, error.retryable]).toEqual([undefined, {}, false]);
  });
});
