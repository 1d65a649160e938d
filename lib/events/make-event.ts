/** Makes an event with its id and its ordering key. */
import { sha256Hex, shortHash } from "../core/sha256.ts";
import { formatStream, nameOf, type Stream, streamKey } from "../core/stream.ts";
import type { DataOf } from "./catalogue.ts";
import type { OffairEvent } from "./event.ts";
import type { EventType } from "./types/event-types.ts";

/** The ordering key of a stream. */
export const orderingKeyOf = (stream: Stream): string => `stream.${sha256Hex(streamKey(stream))}`;

/** An order in an id: no two orders have the same. */
export const orderInId = (stream: Stream, number: number): string =>
  `${sha256Hex(streamKey(stream)).slice(0, 32)}-${number}`;

/** Something in an id that may have any characters and any length. */
export const hashInId = (...parts: readonly (string | number | boolean)[]): string => shortHash(parts);

interface Made<T extends EventType> {
  readonly id: string;
  readonly time: string;
  readonly stream?: Stream | undefined;
  readonly data: DataOf<T>;
}

export const makeEvent = <T extends EventType>(type: T, { id, time, stream, data }: Made<T>): OffairEvent => ({
  id,
  type,
  time,
  orderingKey: stream ? orderingKeyOf(stream) : `type.${type}`,
  ...(stream && { subject: formatStream(nameOf(stream)) }),
  data,
});
