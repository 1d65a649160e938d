/** What is asked of a day, from texts. */
import { type Stream, withoutQuery } from "../../lib/core/stream.ts";
import { DAY_MS } from "../../lib/core/time.ts";
import type { HistoryQuery } from "./day.ts";

interface DayAsked {
  /** The first moment of the day. */
  readonly day: Date;
  readonly domain?: string | undefined;
  /** `app/name` */
  readonly stream?: string | undefined;
  /** Further conditions. */
  readonly isWanted?: (stream: Stream) => boolean;
}

export const dayQuery = ({ day, domain, stream, isWanted = () => true }: DayAsked): HistoryQuery => ({
  span: { from: day, until: new Date(day.getTime() + DAY_MS) },
  domain: domain?.toLowerCase(),
  stream,
  isWanted,
});

/** @returns what is wrong with the `app/name` of a stream, to follow a name for it; undefined if nothing is. */
export function streamTextIssue(stream: string | undefined): string | undefined {
  if (stream === undefined) return undefined;
  if (!stream.includes("/")) return "must be APP/NAME, such as live/room-42";
  const whole = withoutQuery(stream);
  return whole === stream ? undefined : `${whole}: a name ends before the "?" of its push URL`;
}
