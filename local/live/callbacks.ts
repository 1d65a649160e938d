/**
 * Sends callbacks when a push begins or ends. Encoders have no timers, so a timer here checks for due callbacks while any are
 * configured. The simulator's clock decides what is due; the settings define repetition and delay.
 */
import { type Stream, streamKey } from "../../lib/core/stream.ts";
import type { Push } from "./encoders.ts";
import { createLog } from "./log.ts";
import { formatMessage, type Notification, publishTimestamp } from "./notifications.ts";
import type { Settings } from "./settings.ts";

/** One attempt to deliver a message. */
export interface CallbackRecord {
  readonly seq: number;
  /** Time of the answer or of giving up, by the simulator's clock; RFC 3339. */
  readonly time: string;
  /** Time of sending; null if it was never sent. */
  readonly sentAt: string | null;
  readonly event: Push["event"];
  readonly domain: string;
  readonly app: string;
  readonly stream: string;
  readonly publish_timestamp: string;
  /** Starts at 1; a duplicate has its own count. */
  readonly attempt: number;
  /** Null if there was no answer. */
  readonly status: number | null;
  readonly fault?: "drop" | "duplicate" | "swap" | "again";
}

/** Names a message about a push that had one, also if it was dropped. */
export interface CallbackChoice extends Stream {
  readonly event: Push["event"];
  /** Default: the newest push. */
  readonly publish_timestamp?: string | undefined;
  /** Time from now to the sending; default 0. */
  readonly afterMs?: number | undefined;
}

interface Message extends Pick<CallbackRecord, "event" | "domain" | "app" | "stream" | "publish_timestamp" | "fault"> {
  readonly url: string;
  readonly body: string;
}

interface Waiting {
  readonly message: Message;
  readonly attempt: number;
  dueMs: number;
  /** Delivered after the next message of its stream. */
  yields: boolean;
}

export interface CallbacksDeps {
  readonly settings: () => Settings;
  readonly now: () => Date;
  readonly random: () => number;
  /** Makes all events happen that are due. */
  readonly look: () => void;
}

const LOOK_EVERY_MS = 20;
/** Limit of open connections, for many encoders that start at once. */
const MAX_UNDER_WAY = 50;
const DUPLICATE_AFTER_MS = 100;
const OVERTAKEN_BY_MS = 100;
const YIELDS_FOR_MS = 3_000;
const KEPT_PUSHES = 50_000;

export function createCallbacks({ settings, now, random, look }: CallbacksDeps) {
  const log = createLog<Omit<CallbackRecord, "seq">>();
  const pushes = createLog<Push>(KEPT_PUSHES);
  const closing = new AbortController();
  let waiting: Waiting[] = [];
  let underWay = 0;
  let timer: NodeJS.Timeout | undefined;

  function stop(): void {
    clearInterval(timer);
    timer = undefined;
  }

  function watch(): void {
    if (!closing.signal.aborted) timer ??= setInterval(deliver, LOOK_EVERY_MS).unref();
  }

  function wait(message: Message, dueMs: number, { attempt = 1, yields = false } = {}): void {
    waiting.push({ message, dueMs, attempt, yields });
    watch();
  }

  function record({ url, body, ...about }: Message, attempt: number, sentAt: string | null, status: number | null) {
    log.add({ time: now().toISOString(), sentAt, ...about, attempt, status });
  }

  async function send({ message, attempt }: Waiting): Promise<void> {
    const sentAt = now().toISOString();
    const status = await post(
      message,
      AbortSignal.any([closing.signal, AbortSignal.timeout(settings().callbacks.timeoutMs)]),
    );
    if (closing.signal.aborted) return;
    record(message, attempt, sentAt, status);
    const { attempts, retryAfterMs } = settings().callbacks;
    if (status !== 200 && attempt < attempts) wait(message, now().getTime() + retryAfterMs, { attempt: attempt + 1 });
  }

  function deliver(): void {
    look();
    const nowMs = now().getTime();
    const due = waiting.filter(({ dueMs }) => dueMs <= nowMs).sort((a, b) => a.dueMs - b.dueMs);
    const sent = new Set(due.slice(0, MAX_UNDER_WAY - underWay));
    if (sent.size > 0) waiting = waiting.filter((each) => !sent.has(each));
    for (const each of sent) {
      underWay += 1;
      void send(each).finally(() => {
        underWay -= 1;
      });
    }
    if (settings().notifications.length === 0 && waiting.length === 0) stop();
  }

  const notificationOf = (stream: Stream) => settings().notifications.find(({ domain }) => domain === stream.domain);

  function messageAbout(push: Push, notification: Notification, strayComma = false): Message {
    const { clockOffsetMs, callbacks } = settings();
    const { event, domain, app, stream } = push;
    const body = formatMessage(push, notification, { clockOffsetMs, validSeconds: callbacks.validSeconds, strayComma });
    const publish_timestamp = publishTimestamp(push);
    return { event, domain, app, stream, publish_timestamp, url: notification.url, body };
  }

  return {
    /** Queues messages about an event, if callbacks are configured for its domain. */
    push(push: Push): void {
      const { callbacks } = settings();
      const notification = notificationOf(push);
      if (!notification) return;
      const { drop, duplicate, swap, jitterMs } = callbacks;
      const [dropped, twice, yields] = [drop, duplicate, swap].map((chance) => random() < chance);
      const strayComma = callbacks.strayComma > 0 && random() < callbacks.strayComma;
      pushes.add(push);
      const message = messageAbout(push, notification, strayComma);
      if (dropped) {
        record({ ...message, fault: "drop" }, 1, null, null);
        return;
      }
      const eventDelayMs = push.event === "PUBLISH" ? callbacks.publishDelayMs : callbacks.publishDoneDelayMs;
      const jitter = jitterMs > 0 ? Math.floor(random() * (jitterMs + 1)) : 0;
      const dueMs = push.atMs + callbacks.delayMs + eventDelayMs + jitter;
      for (const older of waiting) {
        if (!older.yields || streamKey(older.message) !== streamKey(push)) continue;
        older.yields = false;
        older.dueMs = dueMs + OVERTAKEN_BY_MS;
      }
      if (yields) wait({ ...message, fault: "swap" }, dueMs + YIELDS_FOR_MS, { yields });
      else wait(message, dueMs);
      if (twice) wait({ ...message, fault: "duplicate" }, dueMs + DUPLICATE_AFTER_MS);
    },
    /** Sends a message again, with a new signature. Throws a RangeError if there was none. */
    again({ event, publish_timestamp, afterMs = 0, ...stream }: CallbackChoice): void {
      const push = pushes.since(0).findLast((known) => {
        const timestamp = publishTimestamp(known);
        const isChosen = known.event === event && (publish_timestamp ?? timestamp) === timestamp;
        return isChosen && streamKey(known) === streamKey(stream);
      });
      const notification = notificationOf(stream);
      if (!push || !notification) throw new RangeError(`there was no ${event} message about this push`);
      const dueMs = now().getTime() + afterMs;
      wait({ ...messageAbout({ ...push, atMs: dueMs }, notification), fault: "again" }, dueMs);
    },
    settingsChanged(): void {
      if (settings().notifications.length > 0) watch();
    },
    log: (since: number): CallbackRecord[] => log.since(since),
    close(): void {
      stop();
      closing.abort();
      waiting = [];
    },
  };
}

/** Sends a message. Returns the status of the answer; null without an answer. */
async function post({ url, body }: Message, signal: AbortSignal): Promise<number | null> {
  try {
    const headers = { "content-type": "application/json" };
    const answer = await fetch(url, { method: "POST", headers, body, redirect: "manual", signal });
    await answer.arrayBuffer(); // otherwise the connection stays in use
    return answer.status;
  } catch {
    return null; // refused, reset or timed out
  }
}
