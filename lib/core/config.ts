/**
 * Parses each function's environment variables once, at the cold start. An error names the setting, never its value.
 * Each schema is built on demand, because every function bundles all of them and needs one.
 */
import * as z from "zod";
import { OffairError } from "./errors.ts";
import { issuesOf } from "./issues.ts";
import { SECOND_MS } from "./time.ts";
import { MAX_LIVE_TIMEOUT_MS, STATISTICS_AFTER_MS } from "./timeouts.ts";

const text = z.string().min(1);

const whole = (min: number, max: number) => z.coerce.number().int().min(min).max(max);

const seconds = (usual: number) => whole(0, 2_592_000).default(usual);

const callsAMinute = (quota: number) => whole(1, 1_000_000).default(quota);

const poolSize = () => whole(1, 8).default(1);

/** Calls to Live, whichever user makes them. */
const live = () => ({
  HUAWEI_PROJECT_ID: z.string().regex(/^[0-9A-Za-z_-]{1,64}$/, "must be a project id"),
  LIVE_ENDPOINT: z.url({ protocol: /^https?$/ }), // https unless loopback: lib/huawei/api/endpoint.ts
  LIVE_SECRET_PREFIX: text, // before a user's name: the secrets are read at run time, so that a rotation needs no deployment
  WORKER_USERS: poolSize(),
  AUDIT_USERS: poolSize(),
  LIVE_TIMEOUT_MS: whole(500, MAX_LIVE_TIMEOUT_MS).default(3_000),
  LIVE_QUOTA_SHARE: z.coerce.number().min(0.05).max(1).default(0.8), // the part of each quota to use
  // calls a minute of one user: https://support.huaweicloud.com/intl/en-us/api-live/live_03_0052.html
  LIVE_QUOTA_BLOCK_ONCE: callsAMinute(300),
  LIVE_QUOTA_WRITE_BLOCKS: callsAMinute(4_000),
  LIVE_QUOTA_READ_BLOCKS: callsAMinute(3_000),
  LIVE_QUOTA_ONLINE: callsAMinute(1_000),
  // Live counts 10 calls a second: 100 a minute are never more than that in one second, also if a slice's calls arrive together
  LIVE_QUOTA_STATISTICS: callsAMinute(100),
  // calls a minute of all users together, in the same table
  LIVE_CEILING_BLOCK_ONCE: callsAMinute(3_000),
  LIVE_CEILING_WRITE_BLOCKS: callsAMinute(12_000),
  LIVE_CEILING_READ_BLOCKS: callsAMinute(6_000),
  LIVE_CEILING_ONLINE: callsAMinute(2_000),
  LIVE_LOCK_S: whole(1, 3_600).default(300),
  LEDGER_TABLE: text,
});
/** `LIVE_USER`: the pool of Huawei users, because Live counts quotas and key locks per user. */
const livePool = () => ({ ...live(), LIVE_USER: z.enum(["worker", "audit"]) });
export type LiveSettings = Omit<z.infer<z.ZodObject<ReturnType<typeof livePool>>>, "LEDGER_TABLE">;

const queues = () => ({ URGENT_QUEUE_URL: z.url(), BULK_QUEUE_URL: z.url() });
const secretCache = () => ({ SECRET_MAX_AGE_S: whole(1, 3_600).default(60) });

const deadLetters = () => ({ URGENT_DEAD_LETTERS_URL: z.url(), BULK_DEAD_LETTERS_URL: z.url() });

/** To wake `notify` for events that follow from what the function wrote. */
const notifyQueue = () => ({ NOTIFY_QUEUE_URL: z.url() });

/** Only the local stack sets them; lib/webhooks/subscriber.ts refuses the subscribers elsewhere. */
const localStack = () => ({
  LOOPBACK_SUBSCRIBERS: text.optional(), // replaces the policy's
  AWS_ENDPOINT_URL_DYNAMODB: text.optional(), // the SDK reads it too
});

/** Whether the stage has the canary: without it there is no source of this name. */
const canary = () => ({ CANARY: z.enum(["on", "off"]).default("off") });

type Env = Record<string, string | undefined>;

function read<S extends z.ZodRawShape>(env: Env, settings: S): z.infer<z.ZodObject<S>> {
  const { data, error } = z.object(settings).safeParse(env, { jitless: true }); // runs once: compiling the schema would cost more
  if (error) {
    const issues = issuesOf(error).map(({ pointer, message }) => `${pointer.slice(1)}: ${message}`);
    throw new OffairError("ERR_CONFIG", `settings are missing or out of range: ${issues.join("; ")}`);
  }
  return data;
}

export const readWebhookConfig = (env: Env) =>
  read(env, { SOURCE_SECRET_PREFIX: text, ...canary(), ...queues(), ...secretCache() });
export const readWorkerConfig = (env: Env) =>
  read(env, {
    ...{ ...canary(), ...livePool(), ...queues(), ...deadLetters(), ...secretCache(), ...notifyQueue() },
    CLOCK_QUEUE_URL: z.url(), // to wake the clock for an urgent case
    // at least 20, because a cut takes up to 10 s (lib/orders/pause-statistics.ts)
    LIVE_STATISTICS_S: whole(20, 900).default(STATISTICS_AFTER_MS / SECOND_MS),
  });
export const readAuditConfig = (env: Env) =>
  read(env, {
    ...livePool(),
    ...secretCache(),
    ...notifyQueue(),
    ARCHIVE_BUCKET: text,
    AUDIT_KEY_SECRET_ID: text, // read at every audit
    BULK_QUEUE_URL: z.url(),
  });
export const readIncidentConfig = (env: Env) =>
  read(env, {
    ...livePool(),
    ...queues(),
    ...deadLetters(),
    ...secretCache(),
    ...canary(),
    ...notifyQueue(),
    GATEWAY_SECRET_ID: text,
    STAGE: text, // in the source of events
    ...localStack(),
    AUDIT_DEAD_LETTERS_URL: z.url(), // `doctor` counts its messages, and the subscribers of the topic
    ALERTS_TOPIC_ARN: text,
  });

export const readRotateConfig = (env: Env) =>
  read(env, {
    ...live(),
    IAM_ENDPOINT: z.url({ protocol: /^https?$/ }),
    ROTATION_DAYS: whole(0, 1_000), // 0: no schedule, and no check
    // Huawei's record of a key's last use is up to 15 minutes old, and functions keep a secret for a minute
    ROTATION_UNUSED_S: seconds(3_600),
    ROTATION_KEEP_S: seconds(86_400),
    ROTATION_EFFECTIVE_S: seconds(15),
    ROTATION_ATTEMPT_S: seconds(60), // creating a key and storing it, with every repetition of both calls
  });

export const readCanaryConfig = (env: Env) =>
  read(env, {
    REPORTS_URL: z.url({ protocol: /^https?$/ }), // the HTTP API, without a path
    SOURCE_SECRET_ID: text,
    LEDGER_TABLE: text,
    CANARY_WAIT_S: whole(1, 140).default(100), // the function's timeout is 150 s
  });

export const readAnswerConfig = (env: Env) =>
  read(env, { SOURCE_SECRET_PREFIX: text, LEDGER_TABLE: text, ...secretCache() });

export const readClockConfig = (env: Env) =>
  read(env, { STAGE: text, LEDGER_TABLE: text, ALERTS_TOPIC_ARN: text, ...notifyQueue() });

/** What sends events: to the bus, and to the subscribers. */
const eventSender = () => ({
  STAGE: text,
  LEDGER_TABLE: text,
  EVENT_BUS: text,
  SUBSCRIBER_SECRET_PREFIX: text,
  EVENTS_KEY_SECRET_ID: text,
  ...localStack(),
  ...secretCache(),
});

export const readEventSenderConfig = (env: Env) => read(env, eventSender());
/** `NOTIFY_QUEUE_URL`: for the wake-ups of its sweeps. */
export const readNotifyConfig = (env: Env) => read(env, { ...eventSender(), ...notifyQueue() });
