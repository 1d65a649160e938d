/** The identifiers of statements and of streams in the files of `offair statements`. */
import { sha256Hex } from "../core/sha256.ts";
import { type Stream, streamKey } from "../core/stream.ts";
import type { Action } from "./action.ts";

/**
 * The platform's unique identifier of a statement: the same action has the same one, so that the database refuses it the second time. It is
 * published, so nobody may find the stream's name by hashing guesses: the hash also covers the order's cause, which has an id that the
 * sender or offair has drawn at random, and which is never published.
 */
export const puidOf = ({ stream: { domain, app, stream }, number, placedAt, cause }: Action): string =>
  `offair-${sha256Hex(JSON.stringify(["offair statement", domain, app, stream, number, placedAt, cause]))}`;

/** As in the ordering key of events: the SHA-256 of the stream's key. Whoever has the names can compute it, so it is not published. */
export const streamSha256 = (stream: Stream): string => sha256Hex(streamKey(stream));
