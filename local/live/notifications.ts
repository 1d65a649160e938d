/**
 * Who receives Live's callbacks about pushes, and the JSON that Live posts.
 * https://support.huaweicloud.com/intl/en-us/iLive-live/live_01_0043.html
 */
import { createHmac } from "node:crypto";
import * as z from "zod";
import type { Push } from "./encoders.ts";

const LOOPBACK = ["127.0.0.1", "localhost", "[::1]"];

/** Live accepts no URL with parameters, and the simulator calls this machine only. */
function isPlainLoopback(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !["http:", "https:"].includes(url.protocol) || !LOOPBACK.includes(url.hostname)) return false;
  return url.username === "" && url.password === "" && url.search === "" && url.hash === "";
}

export const notificationSchema = z.strictObject({
  domain: z.string().min(1).max(255),
  url: z.string().refine(isPlainLoopback, "must be an http or https URL of the loopback address, without parameters"),
  /** If absent, messages are not signed. */
  authSignKey: z.string().min(32).max(128).optional(),
  callBackArea: z.enum(["mainland_china", "outside_mainland_china"]).optional(),
});
export type Notification = z.output<typeof notificationSchema>;

export const notificationsSchema = z
  .array(notificationSchema)
  .refine((all) => new Set(all.map(({ domain }) => domain)).size === all.length, "must name each domain once");

const probability = z.number().min(0).max(1).default(0);

/** Delivery of messages, and its faults. Undocumented, except that 200 means success. */
export const callbacksSchema = z.strictObject({
  /** Maximum number of attempts; the first answer of 200 ends them. */
  attempts: z.int().min(1).default(3),
  /** Time from the end of an attempt to the next one. */
  retryAfterMs: z.int().min(0).default(1_000),
  /** Time limit for the answer. By the wall clock, not by the simulator's. */
  timeoutMs: z.int().min(1).max(60_000).default(5_000),
  /** Time from the event to the `auth_timestamp` of its message; 6 in Huawei's example. */
  validSeconds: z.int().min(0).default(60),
  /** Share of messages that are never sent. */
  drop: probability,
  /** Share of messages that are sent twice. */
  duplicate: probability,
  /** Share of messages that are sent after the stream's next message, or seconds later if there is none. Huawei warns of wrong order. */
  swap: probability,
  /** Delay of each message. */
  delayMs: z.int().min(0).default(0),
  /** More delay of the messages about one kind of event. */
  publishDelayMs: z.int().min(0).default(0),
  publishDoneDelayMs: z.int().min(0).default(0),
  /** Maximum of a random delay that each message has in addition. */
  jitterMs: z.int().min(0).default(0),
  /** Share of messages with a comma at the end of `publish_timestamp`, as in one of Huawei's examples. */
  strayComma: probability,
});

const NODE_IP = "198.51.100.7"; // the edge node of the push; an address reserved for documentation

/** Seconds, as text; the other time is a number. */
export const publishTimestamp = ({ startedMs, startedAheadMs }: Pick<Push, "startedMs" | "startedAheadMs">): string =>
  String(Math.floor((startedMs + startedAheadMs) / 1_000));

/** The body. With a key, it has `auth_sign`: HMAC-SHA256 in hexadecimal over some of the fields, without separators. */
export function formatMessage(
  push: Push,
  { authSignKey }: Pick<Notification, "authSignKey">,
  {
    clockOffsetMs,
    validSeconds,
    strayComma = false,
  }: { clockOffsetMs: number; validSeconds: number; strayComma?: boolean },
): string {
  const { event, domain, app, stream, user_args, client_ip, atMs } = push;
  const message = {
    ...{ domain, app, stream, user_args, client_ip, node_ip: NODE_IP },
    ...{ publish_timestamp: `${publishTimestamp(push)}${strayComma ? "," : ""}`, event },
  };
  if (authSignKey === undefined) return JSON.stringify(message);
  const auth_timestamp = Math.floor((atMs + clockOffsetMs) / 1_000) + validSeconds;
  const signed = `${event}${domain}${app}${stream}${auth_timestamp}`;
  const auth_sign = createHmac("sha256", authSignKey).update(signed).digest("hex");
  return JSON.stringify({ ...message, auth_timestamp, auth_sign });
}
