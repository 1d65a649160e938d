/** Invariant 11: the streams that Live forbids at the end of the day, equal the newest order of every stream. */
import { formatStream, streamKey } from "../../../lib/core/stream.ts";
import { type CheckFailure, result } from "../scorecard.ts";
import { orderName } from "../stream-checks.ts";
import type { Check, OrderFacts, StreamFacts } from "./facts.ts";

const hadNoEffect = ({ outcome }: OrderFacts): boolean =>
  outcome === "failed" || outcome === "refused" || outcome === "superseded";

/** @param until - its resume time at Live, null if it has none; undefined for a stream that is not disabled. */
function againstNewest({ stream, orders }: StreamFacts, until: string | null | undefined): CheckFailure[] {
  const lasting = orders.filter(({ action }) => action !== "pause");
  const last = lasting.at(-1);
  if (last?.outcome === "superseded") return [`${orderName(last)}: superseded, though it is the newest`];
  const newest = lasting.findLast((order) => !hadNoEffect(order));
  if (newest?.outcome === "unknown") return []; // recorded as unknown: both states are correct
  if (newest === undefined || newest.action === "enable") {
    return until === undefined ? [] : [`${formatStream(stream)}: off, though its newest order is not a disable`];
  }
  const { resumeTime, authority } = newest;
  if (until === undefined) return [`${orderName(newest)}: ${newest.outcome}, but the stream is not off`];
  // A rule accepts a later resume time than its own.
  const isLater = authority.kind === "rule" && until !== null && until > (resumeTime ?? "");
  const isRight = until === null || until === resumeTime || isLater;
  return isRight ? [] : [`${orderName(newest)}: until ${resumeTime}, at Live until ${until}`];
}

const gapsIn = ({ stream, orders }: StreamFacts): CheckFailure[] =>
  orders.flatMap(({ number }, index) =>
    number === index + 1 ? [] : [`${formatStream(stream)}: there is no order ${index + 1}`],
  );

export const lastWordWins: Check = (evidence, { streams }) => {
  const rows = evidence["live-states"].flatMap(({ disabled }) => disabled);
  const disabled = new Map(rows.map((row) => [streamKey(row), row.resume_time]));
  return result(11, "every stream is as its newest order says", `${streams.size} streams, ${disabled.size} off`, [
    ...[...streams].flatMap(([key, facts]) => [...gapsIn(facts), ...againstNewest(facts, disabled.get(key))]),
    ...rows.filter((row) => !streams.has(streamKey(row))).map((row) => `${formatStream(row)}: off without any order`),
  ]);
};
