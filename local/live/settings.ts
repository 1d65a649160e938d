/** The settings of the simulated Live. All except `port` and `seed` can also change at run time. */
import * as z from "zod";
import { iamSchema } from "./iam/iam-settings.ts";
import { callbacksSchema, notificationsSchema } from "./notifications.ts";

/** Behaviour that the documentation leaves open: the real Live may have any of the values. The first one is the default. */
const STREAM_SWITCHES = {
  /** The answer to a pause of a stream that is not pushed: 204, 400 LIVE.100011001 or 404 LIVE.103011019. */
  blockOnceOffline: ["204", "400", "404"],
  /** A second disable: 204 and the resume time is replaced, or 400 LIVE.103011018. */
  secondDisable: ["204", "400"],
  /** A page after the last one of the disabled streams: no entries, or 400 LIVE.100011001. */
  pagePastEnd: ["empty", "400"],
  /** The total of both lists counts all matches, or only the entries of this page. */
  total: ["all", "page"],
  /** Disabled streams sorted by app and stream name, or in a new random order at each request. */
  order: ["stable", "shuffled"],
} as const;

const PUSH_SWITCHES = {
  /** A pause of a stream with standby streams cuts all its pushes, or only the primary one. */
  pauseWithStandby: ["all", "primary"],
  /** The statistics need `live:statistics:listSingleStreamDetail` (Chinese page), or no right (English page). */
  statisticsRight: ["needed", "free"],
  /** Statistics of a stream that was not pushed: 200 with empty lists, 200 without lists, or 400 LIVE.100011001. */
  statisticsEmpty: ["empty", "absent", "400"],
  /** `end_time` of a segment is the end of its last second, or its begin: the examples of the documentation have both. */
  statisticsEndTime: ["exclusive", "inclusive"],
  /** An interruption that leaves no whole second without data begins a new segment, or does not show. */
  statisticsShortGap: ["split", "merged"],
} as const;

/** Switches that do not influence those of another group: it is enough to play all combinations of each group. */
export const SWITCH_GROUPS = [STREAM_SWITCHES, PUSH_SWITCHES] as const;
export const SWITCHES = { ...STREAM_SWITCHES, ...PUSH_SWITCHES };

const switchesSchema = z.strictObject({
  blockOnceOffline: z.enum(SWITCHES.blockOnceOffline).default("204"),
  secondDisable: z.enum(SWITCHES.secondDisable).default("204"),
  pagePastEnd: z.enum(SWITCHES.pagePastEnd).default("empty"),
  total: z.enum(SWITCHES.total).default("all"),
  order: z.enum(SWITCHES.order).default("stable"),
  pauseWithStandby: z.enum(SWITCHES.pauseWithStandby).default("all"),
  statisticsRight: z.enum(SWITCHES.statisticsRight).default("needed"),
  statisticsEmpty: z.enum(SWITCHES.statisticsEmpty).default("empty"),
  statisticsEndTime: z.enum(SWITCHES.statisticsEndTime).default("exclusive"),
  statisticsShortGap: z.enum(SWITCHES.statisticsShortGap).default("split"),
});

/** Calls a minute, and of the statistics a second, for each Huawei user: https://support.huaweicloud.com/intl/en-us/api-live/live_03_0052.html */
const quotasSchema = z.strictObject({
  /** POST stream/block-once. */
  blockOnce: z.int().min(0).default(300),
  /** POST and PUT stream/blocks together. */
  writeBlocks: z.int().min(0).default(4000),
  /** GET and DELETE stream/blocks together. */
  readBlocks: z.int().min(0).default(3000),
  /** GET realtime/streams. */
  online: z.int().min(0).default(1000),
  /** PUT, GET and DELETE notifications/publish. */
  notifications: z.int().min(0).default(300),
  /** PUT and GET domain/stream-backup: inferred from other settings of a domain. */
  domains: z.int().min(0).default(100),
  /** GET stats/stream-detail, a second. */
  statistics: z.int().min(0).default(10),
});

/** Calls of an API by all Huawei users together, in the same times; the same page. */
const ceilingsSchema = z.strictObject({
  blockOnce: z.int().min(0).default(3000),
  writeBlocks: z.int().min(0).default(12_000),
  readBlocks: z.int().min(0).default(6000),
  online: z.int().min(0).default(2000),
  notifications: z.int().min(0).default(3000),
  /** Inferred, like the quota. */
  domains: z.int().min(0).default(1000),
  statistics: z.int().min(0).default(200),
});

const statisticsSchema = z.strictObject({
  /** Age of the newest data. Undocumented. */
  delayMs: z.int().min(0).default(30_000),
  /** Domains that are not on the new Live service, which the statistics do not cover: 400 LIVE.100011001. */
  oldDomains: z.array(z.string()).default([]),
});

/** IAM actions, `live:stream:createStreamForbiddenOnce` and so on; `*` is all of them. */
const actionsSchema = z.array(z.string().min(1));

/** A Huawei user with an access key; one with a `securityToken` is temporary. Two entries may share a name: one user, two keys. */
const userSchema = z.strictObject({
  name: z.string().min(1),
  /** The IAM user id; default: the name. */
  id: z.string().min(1).optional(),
  ak: z.string().min(1),
  sk: z.string().min(1),
  securityToken: z.string().min(1).optional(),
  actions: actionsSchema,
  /** An inactive key is refused. */
  status: z.enum(["active", "inactive"]).default("active"),
  createdAt: z.iso.datetime().default("2026-01-01T00:00:00.000Z"),
});

const tokenSchema = z.strictObject({ token: z.string().min(1), name: z.string().min(1), actions: actionsSchema });

export const settingsSchema = z.strictObject({
  /** 0: any free port. */
  port: z.int().min(0).max(65_535).default(0),
  /** The same seed and the same calls give the same random order, request ids and random faults. */
  seed: z.int().default(1),
  projectId: z.string().min(1).default("0123456789abcdef0123456789abcdef"),
  users: z.array(userSchema).default([]),
  /** The user's `X-Auth-Token`. */
  tokens: z.array(tokenSchema).default([]),
  /** Ingest domains of the account; others are answered with 400 LIVE.100011001. */
  ingestDomains: z.array(z.string().min(1).max(255)).default(["publish.example.huawei.com"]),
  quotas: quotasSchema.prefault({}),
  ceilings: ceilingsSchema.prefault({}),
  /** Whether a call that was answered with 429 counts for the quota, as users of other services report. */
  throttledCallsCount: z.boolean().default(true),
  /** Duration of a key's lock. */
  lockSeconds: z.number().min(0).default(300),
  /** A key is locked after more than this number of wrong signatures in a row, from any sender. */
  lockAfterFailures: z.int().min(0).default(5),
  /** How far Live's clock is ahead of the simulator's: for the Date header, the ±15 minutes and resume times. */
  clockOffsetMs: z.int().default(0),
  /** Delay between carrying a call out and its answer. */
  latencyMs: z.int().min(0).default(0),
  /** The most rows that a page of a list has, whatever is asked for; null: as asked for. */
  maxPageRows: z.int().min(1).nullable().default(null),
  /** Delay before a push appears in the online list; minutes in reality. */
  onlineDelayMs: z.int().min(0).default(0),
  switches: switchesSchema.prefault({}),
  statistics: statisticsSchema.prefault({}),
  /** Ingest domains with standby streams: several encoders may push one stream name. */
  standbyDomains: z.array(z.string()).default([]),
  /** Receivers of callbacks about pushes, at most one for each ingest domain. */
  notifications: notificationsSchema.default([]),
  callbacks: callbacksSchema.prefault({}),
  iam: iamSchema.prefault({}),
});

export type Settings = z.output<typeof settingsSchema>;
/** Settings as given by a caller: each may be omitted. */
export type SettingsInput = z.input<typeof settingsSchema>;
export type User = Settings["users"][number];

/** Replaces some settings; `quotas`, `ceilings`, `switches`, `statistics`, `callbacks` and `iam` may be partial. Throws a ZodError for an unknown or invalid setting. */
export function changeSettings(current: Settings, change: unknown): Settings {
  const {
    quotas = {},
    ceilings = {},
    switches = {},
    statistics = {},
    callbacks = {},
    iam = {},
    ...rest
  } = z.looseObject({}).parse(change);
  if ("port" in rest || "seed" in rest) throw new RangeError("port and seed cannot be changed after the start");
  return settingsSchema.parse({
    ...current,
    ...rest,
    quotas: { ...current.quotas, ...z.looseObject({}).parse(quotas) },
    ceilings: { ...current.ceilings, ...z.looseObject({}).parse(ceilings) },
    switches: { ...current.switches, ...z.looseObject({}).parse(switches) },
    statistics: { ...current.statistics, ...z.looseObject({}).parse(statistics) },
    callbacks: { ...current.callbacks, ...z.looseObject({}).parse(callbacks) },
    iam: { ...current.iam, ...z.looseObject({}).parse(iam) },
  });
}

/** The settings without secrets: no secret key, security token, token or signing key. */
export function publicSettings({ users, tokens, notifications, ...rest }: Settings) {
  return {
    ...rest,
    users: users.map(({ name, ak, actions, status, securityToken }) => {
      return { name, ak, actions, status, temporary: !!securityToken };
    }),
    tokens: tokens.map(({ name, actions }) => ({ name, actions })),
    notifications: notifications.map(({ authSignKey, ...shown }) => ({ ...shown, signed: authSignKey !== undefined })),
  };
}
