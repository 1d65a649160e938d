/** The calls of stream management, as documented: their checks, their answers, and the effects of their writes. */
import type { Stream } from "../../lib/core/stream.ts";
import { type HttpResponse, liveError } from "./answer.ts";
import type { CallContext, Result } from "./calls/call-types.ts";
import { NOTIFICATION_CALLS } from "./calls/notification-calls.ts";
import { STANDBY_CALLS } from "./calls/standby-calls.ts";
import { STATISTICS_CALLS } from "./calls/statistics-calls.ts";
import {
  formatTime,
  integer,
  invalid,
  jsonBody,
  knownDomain,
  type LiveCall,
  name,
  parseTime,
  queryFields,
  Refusal,
} from "./fields.ts";
import type { CallName } from "./routes.ts";
import { sample } from "./sample.ts";

const DAY_MS = 86_400_000;
const DEFAULT_DISABLE_DAYS = 7;
const MAX_DISABLE_DAYS = 90;
const NO_CONTENT: HttpResponse = { status: 204 };

/** `yyyy-mm-ddThh:mm:ssZ`, in the future, at most 90 days ahead; default 7 days. In milliseconds of Live's clock. */
export function parseResumeTime(value: unknown, liveNowMs: number): number {
  if (value === undefined) return Math.floor(liveNowMs / 1_000) * 1_000 + DEFAULT_DISABLE_DAYS * DAY_MS;
  const ms = parseTime(value);
  const isValid = ms !== undefined && ms > liveNowMs && ms <= liveNowMs + MAX_DISABLE_DAYS * DAY_MS;
  return isValid ? ms : invalid("resume_time");
}

/** Answers a call that passed the gateway. Changes nothing: the caller runs `commit` to carry a write out. */
export function answerCall(call: LiveCall, context: CallContext): Result {
  try {
    return CALLS[call.call](call, context);
  } catch (error) {
    if (error instanceof Refusal) return { answer: error.answer };
    throw error;
  }
}

const liveNow = ({ nowMs, settings }: CallContext) => nowMs + settings.clockOffsetMs;

function streamOf(fields: Record<string, unknown>, context: CallContext): Stream {
  const [domain, app] = [name("domain", fields.domain), name("app_name", fields.app_name)];
  return { domain: knownDomain(domain, context), app, stream: name("stream_name", fields.stream_name) };
}

/** The rows that a page has at most. */
const given = (asked: number, { settings: { maxPageRows } }: CallContext): number =>
  Math.min(asked, maxPageRows ?? asked);

/** For stream/blocks: the name must not be `*`. */
function oneStreamOf(fields: Record<string, unknown>, context: CallContext): Stream {
  return fields.stream_name === "*" ? invalid("stream_name") : streamOf(fields, context);
}

/** Forbids pushing until `resumeMs`, and cuts the current push. */
function disable(stream: Stream, resumeMs: number, { disabled, encoders, nowMs }: CallContext): void {
  disabled.set({ ...stream, resumeMs });
  encoders.cut(stream, "disable", nowMs);
}

const CALLS: Readonly<Record<CallName, (call: LiveCall, context: CallContext) => Result>> = {
  ...NOTIFICATION_CALLS,
  ...STANDBY_CALLS,
  ...STATISTICS_CALLS,

  pause(call, context) {
    const stream = streamOf(jsonBody(call), context);
    const { blockOnceOffline, pauseWithStandby } = context.settings.switches;
    if (!context.encoders.isOnline(stream) && blockOnceOffline !== "204") {
      return { answer: liveError(blockOnceOffline === "400" ? "LIVE.100011001" : "LIVE.103011019") };
    }
    return { answer: NO_CONTENT, commit: () => context.encoders.cut(stream, "pause", context.nowMs, pauseWithStandby) };
  },

  disable(call, context) {
    const fields = jsonBody(call);
    const stream = oneStreamOf(fields, context);
    const resumeMs = parseResumeTime(fields.resume_time, liveNow(context));
    if (context.disabled.find(stream) && context.settings.switches.secondDisable === "400") {
      return { answer: liveError("LIVE.103011018") };
    }
    return { answer: NO_CONTENT, commit: () => disable(stream, resumeMs, context) };
  },

  update(call, context) {
    const fields = jsonBody(call);
    const stream = oneStreamOf(fields, context);
    const resumeMs = parseResumeTime(fields.resume_time, liveNow(context));
    if (!context.disabled.find(stream)) return { answer: liveError("LIVE.103011019") };
    return { answer: NO_CONTENT, commit: () => disable(stream, resumeMs, context) };
  },

  enable(call, context) {
    const stream = oneStreamOf(queryFields(call), context);
    if (!context.disabled.find(stream)) return { answer: liveError("LIVE.103011019") };
    return { answer: NO_CONTENT, commit: () => context.disabled.remove(stream) };
  },

  listDisabled(call, context) {
    const fields = queryFields(call);
    const domain = name("domain", fields.domain);
    const app = fields.app_name === undefined ? undefined : name("app_name", fields.app_name);
    const stream = fields.stream_name === undefined ? undefined : name("stream_name", fields.stream_name);
    const page = integer("page", fields.page, 0, 0);
    const size = given(integer("size", fields.size, 10, 1, 100), context);
    const matches = context.disabled.select(knownDomain(domain, context), app, stream);
    const { order, total, pagePastEnd } = context.settings.switches;
    const start = page * size;
    if (pagePastEnd === "400" && page > 0 && start >= matches.length) return { answer: liveError("LIVE.100011001") };
    const count = Math.max(0, Math.min(size, matches.length - start));
    const entries = order === "stable" ? matches.slice(start, start + count) : sample(matches, count, context.random);
    const blocks = entries.map(({ app: app_name, stream: stream_name, resumeMs }) => {
      return { app_name, stream_name, ...(resumeMs !== null && { resume_time: formatTime(resumeMs) }) };
    });
    return { answer: { status: 200, body: { total: total === "all" ? matches.length : blocks.length, blocks } } };
  },

  listOnline(call, context) {
    const fields = queryFields(call);
    const domain = name("publish_domain", fields.publish_domain);
    const app = fields.app === undefined ? undefined : name("app", fields.app);
    const stream = fields.stream === undefined ? undefined : name("stream", fields.stream);
    if (stream !== undefined && app === undefined) return invalid("app"); // `stream` needs `app`
    const offset = integer("offset", fields.offset, 0, 0);
    const limit = given(integer("limit", fields.limit, 10, 1, 100), context);
    const startedBeforeMs = context.nowMs - context.settings.onlineDelayMs;
    const found = context.encoders.online(knownDomain(domain, context), startedBeforeMs, app, stream);
    const streams = found.slice(offset, offset + limit).map((encoder) => ({
      ...{ publish_domain: encoder.domain, app: encoder.app, stream: encoder.stream },
      ...{ video_codec: "H264", audio_codec: "AAC", video_frame_rate: 25, audio_frame_rate: 43 },
      ...{ video_bitrate: 2_000, audio_bitrate: 128, resolution: "1280*720" },
      ...{ client_ip: encoder.client_ip, start_time: encoder.start_time },
    }));
    const total = context.settings.switches.total === "all" ? found.length : streams.length;
    const page = { total_page: Math.ceil(found.length / limit), total_num: total, offset, limit };
    return { answer: { status: 200, body: { ...page, streams } } };
  },
};
