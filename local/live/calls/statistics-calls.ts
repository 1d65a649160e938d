/**
 * Answers ListSingleStreamDetail: frame rate and bitrate of one stream for each second, in segments that end where the push was interrupted.
 * https://support.huaweicloud.com/intl/en-us/api-live/ListSingleStreamDetail.html
 *
 * With standby streams, a second has data if any push of the stream ran (inferred).
 */
import { type HttpResponse, liveError } from "../answer.ts";
import { formatTime, invalid, knownDomain, type LiveCall, name, parseTime, queryFields } from "../fields.ts";
import type { PushSpan } from "../push-history.ts";
import type { StatisticsCall } from "../routes.ts";
import type { Settings } from "../settings.ts";
import type { CallContext, Result } from "./call-types.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MAX_AGE_MS = 7 * DAY_MS;

/** The figures of a push: fps, Kbps, fps. */
const FIGURES = { video_framerate: 25, video_bitrate: 2_000, audio_framerate: 43 };

/** Whole seconds with data, both inclusive. */
interface Segment {
  readonly first: number;
  last: number;
}

/** The seconds from `start` to before `end` in which the stream was pushed. Overlapping pushes are one. */
function segmentsOf(
  spans: readonly PushSpan[],
  { start, end, shortGap }: { start: number; end: number; shortGap: Settings["switches"]["statisticsShortGap"] },
): Segment[] {
  const joined: PushSpan[] = [];
  for (const { startedMs, endedMs } of [...spans].sort((a, b) => a.startedMs - b.startedMs)) {
    const before = joined.at(-1);
    if (before && startedMs < before.endedMs) before.endedMs = Math.max(before.endedMs, endedMs);
    else joined.push({ startedMs, endedMs });
  }
  const segments: Segment[] = [];
  for (const { startedMs, endedMs } of joined) {
    const before = segments.at(-1);
    const first = Math.max(Math.floor(startedMs / 1_000), start, before ? before.last + 1 : start);
    const last = Math.min(Math.ceil(endedMs / 1_000), end) - 1;
    if (last < first) continue;
    if (before && shortGap === "merged" && first === before.last + 1) before.last = last;
    else segments.push({ first, last });
  }
  return segments;
}

/** Live's times, in milliseconds. */
function rangeOf(fields: Record<string, string>, liveNowMs: number): { startMs: number; endMs: number } {
  const endMs = fields.end_time === undefined ? liveNowMs : (parseTime(fields.end_time) ?? invalid("end_time"));
  const startMs =
    fields.start_time === undefined ? liveNowMs - HOUR_MS : (parseTime(fields.start_time) ?? invalid("start_time"));
  if (startMs < liveNowMs - MAX_AGE_MS) return invalid("start_time");
  return endMs > startMs && endMs - startMs <= DAY_MS ? { startMs, endMs } : invalid("end_time");
}

function streamDetail(call: LiveCall, context: CallContext): HttpResponse {
  const fields = queryFields(call);
  const domain = name("publish_domain", fields.publish_domain);
  const [app, stream] = [name("app", fields.app), name("stream", fields.stream)];
  const { statistics, switches, clockOffsetMs } = context.settings;
  const liveNowMs = context.nowMs + clockOffsetMs;
  const { startMs, endMs } = rangeOf(fields, liveNowMs);
  if (statistics.oldDomains.includes(knownDomain(domain, context))) return liveError("LIVE.100011001");
  const spans = context.history.spans({ domain, app, stream }).map(({ startedMs, endedMs }) => {
    return { startedMs: startedMs + clockOffsetMs, endedMs: endedMs + clockOffsetMs };
  });
  const segments = segmentsOf(spans, {
    start: Math.floor(startMs / 1_000),
    end: Math.floor(Math.min(endMs, liveNowMs - statistics.delayMs) / 1_000),
    shortGap: switches.statisticsShortGap,
  });
  if (segments.length === 0 && switches.statisticsEmpty === "400") return liveError("LIVE.100011001");
  const about = { publish_domain: domain, app, stream };
  if (segments.length === 0 && switches.statisticsEmpty === "absent") return { status: 200, body: about };
  const past = switches.statisticsEndTime === "exclusive" ? 1 : 0;
  const lists = Object.entries(FIGURES).map(([list, figure]) => [
    list,
    segments.map(({ first, last }) => ({
      start_time: formatTime(first * 1_000),
      end_time: formatTime((last + past) * 1_000),
      data_list: Array.from({ length: last - first + 1 }, () => figure),
    })),
  ]);
  return { status: 200, body: { ...about, ...Object.fromEntries(lists) } };
}

export const STATISTICS_CALLS: Readonly<Record<StatisticsCall, (call: LiveCall, context: CallContext) => Result>> = {
  streamDetail: (call, context) => ({ answer: streamDetail(call, context) }),
};
