/** Invariant 11: what Live forbids at the end of the day, held against the newest order of every stream. */
import { formatStream, streamKey } from "../../../lib/core/stream.ts";
import { finding } from "../finding.ts";
import type { OrderFacts } from "./facts.ts";
import { type Check, nameOf } from "./finding.ts";

const hadNoEffect = ({ outcome }: OrderFacts): boolean =>
  outcome === "failed" || outcome === "refused" || outcome === "superseded";

export const lastWordWins: Check = (material, { streams }) => {
  const disabled = new Map(material["live-disabled"].map((row) => [streamKey(row), row.resume_time]));
  const broken = [...streams.values()].flatMap(({ stream, orders }) => {
    const name = formatStream(stream);
    const gaps = orders.flatMap(({ number }, index) =>
      number === index + 1 ? [] : [`${name}: there is no order ${index + 1}`],
    );
    const last = orders.findLast(({ action }) => action !== "pause");
    if (last?.outcome === "superseded") return [...gaps, `${nameOf(last)}: superseded, though it is the newest`];
    const newest = orders.findLast((order) => order.action !== "pause" && !hadNoEffect(order));
    const isOff = disabled.has(streamKey(stream));
    if (newest === undefined || newest.action === "enable") {
      return isOff && newest?.outcome !== "unknown"
        ? [...gaps, `${name}: off, though its newest order is not a disable`]
        : gaps;
    }
    if (newest.outcome === "unknown") return gaps; // said to be unknown: either is true
    if (!isOff) return [...gaps, `${nameOf(newest)}: ${newest.outcome}, but the stream is not off`];
    const until = disabled.get(streamKey(stream)) ?? null;
    // A rule is content with a later end than it asked for.
    const isRight =
      until === null ||
      until === newest.resumeTime ||
      (newest.authority.kind === "rule" && until > (newest.resumeTime ?? ""));
    return isRight ? gaps : [...gaps, `${nameOf(newest)}: until ${newest.resumeTime}, at Live until ${until}`];
  });
  const known = new Set(streams.keys());
  const unordered = [...disabled.keys()].filter((key) => !known.has(key)).map((key) => `${key}: off without any order`);
  return finding(11, "every stream is as its newest order says", `${streams.size} streams, ${disabled.size} off`, [
    ...broken,
    ...unordered,
  ]);
};
