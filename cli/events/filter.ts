/** Which events are listed: options that the log and the archive have in common. */
import { definedOnly } from "../../lib/core/defined-only.ts";
import { EVENT_TYPES, type EventType } from "../../lib/events/types/event-types.ts";
import { UsageError } from "../terminal/errors.ts";
import { textOf, type Values } from "../terminal/options.ts";
import { streamOf } from "../terminal/streams-argument.ts";

/** @throws UsageError */
export function filterOf(values: Values) {
  const stream = textOf(values, "stream");
  return definedOnly({ type: typeOf(values), stream: stream === undefined ? undefined : streamOf(stream) });
}

function typeOf(values: Values): EventType | undefined {
  const text = textOf(values, "type");
  const type = EVENT_TYPES.find((each) => each === text);
  if (text === undefined || type !== undefined) return type;
  throw new UsageError(`--type ${text}: the types are ${EVENT_TYPES.join(", ")}`);
}
