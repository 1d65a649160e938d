/**
 * The messages that wake `notify`. A message has only keys of items: it is never the authority to send anything, because `notify` reads the items
 * itself. A lost message delays events until the next sweep.
 */
import * as z from "zod";
import { OffairError } from "../core/errors.ts";
import { formatIssues, issuesOf } from "../core/issues.ts";
import { parseJson } from "../core/parse-json.ts";
import type { ItemKey } from "./stores.ts";

/** DynamoDB's limits for keys, in bytes; the shortest key is one byte. */
const keyText = (most: number) =>
  z
    .string()
    .min(1)
    .refine((text) => Buffer.byteLength(text) <= most, `must be at most ${most} bytes`);
const keySchema = z.strictObject({ pk: keyText(2_048), sk: keyText(1_024) });

/** More than fit into a message of `MAX_BYTES`. */
const MAX_KEYS = 500;

const messageSchema = z.union([
  z.strictObject({ version: z.literal(1), keys: z.array(keySchema).min(1).max(MAX_KEYS) }),
  z.strictObject({ version: z.literal(1), sweep: z.literal(true) }),
]);
export type WakeMessage = z.infer<typeof messageSchema>;

/** @throws OffairError `ERR_MESSAGE_INVALID`, which is permanent. */
export function parseWakeMessage(body: string): WakeMessage {
  const { data, error } = messageSchema.safeParse(parseJson(body));
  if (data) return data;
  throw new OffairError(
    "ERR_MESSAGE_INVALID",
    `the message does not wake notify: it has neither keys nor a sweep of version 1: ${formatIssues(issuesOf(error))}`,
  );
}

export const SWEEP: string = JSON.stringify({ version: 1, sweep: true } satisfies WakeMessage);

/** Of one message. Keys are about 100 bytes each. */
export const MAX_BYTES = 10_000;

/** @returns the bodies of messages that have each key once, in the order of the keys. */
export function formatWakeMessages(keys: readonly ItemKey[]): string[] {
  const unique = new Map(keys.map(({ pk, sk }) => [`${pk} ${sk}`, { pk, sk }]));
  const bodies: string[] = [];
  let [some, bytes]: [ItemKey[], number] = [[], 0];
  const close = () => {
    if (some.length > 0) bodies.push(JSON.stringify({ version: 1, keys: some } satisfies WakeMessage));
    [some, bytes] = [[], FRAME_BYTES];
  };
  close();
  for (const key of unique.values()) {
    const more = Buffer.byteLength(JSON.stringify(key)) + 1;
    if (bytes + more > MAX_BYTES || some.length === MAX_KEYS) close();
    some.push(key);
    bytes += more;
  }
  close();
  return bodies;
}

/** `{"version":1,"keys":[]}` */
const FRAME_BYTES = 24;
