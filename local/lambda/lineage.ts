/**
 * Lambda's recursive loop detection: a field of the X-Ray trace header counts the invocations of each function in one chain of requests.
 *
 * Documented: after about 16 invocations Lambda refuses the next one, by default, and refuses every retry. X-Ray need not be enabled.
 * Not documented, and chosen here: the field's format (as in the examples of the SDKs' tests); the effect of a message at the limit on the rest
 * of its batch (a batch has the highest count of its messages, and is refused as a whole); and whether repeated deliveries of a message count
 * (they do not, because nothing changes the header of a stored message).
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
 * @see https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
 */
import { createHash, randomBytes } from "node:crypto";

/** Number of invocations of one function in a chain; "approximately" in the documentation. */
export const CHAIN_LIMIT = 16;

/** Identifies a function in the field. */
export const lineageId = (functionArn: string): string =>
  createHash("sha256").update(functionArn).digest("hex").slice(0, 8);

const SECOND_MS = 1_000;
/** A trace that begins now. */
export const newTrace = (now: Date): string =>
  `Root=1-${Math.floor(now.getTime() / SECOND_MS).toString(16)}-${randomBytes(12).toString("hex")}`;

type Fields = Map<string, string>;
const parse = (text: string, separator: string, equals: string): Fields =>
  new Map(
    text.split(separator).flatMap((part) => {
      const at = part.indexOf(equals);
      return at < 0 ? [] : [[part.slice(0, at), part.slice(at + 1)]];
    }),
  );
const format = (fields: Fields, separator: string, equals: string): string =>
  [...fields].map(([name, value]) => `${name}${equals}${value}`).join(separator);

const countsOf = (header: string): Fields => parse(parse(header, ";", "=").get("Lineage") ?? "", "|", ":");

/** The number of invocations of the function before the next one, in the chain that the header belongs to. */
export function invocationsBefore(header: string | undefined, id: string): number {
  const count = countsOf(header ?? "").get(id);
  return count === undefined ? 0 : Number(count) + 1;
}

/** The header of an invocation: the clients of the SDK send it with every request. @param before - the function's invocations so far. */
export function headerWith(header: string, id: string, before: number): string {
  const counts = countsOf(header).set(id, String(before));
  return format(parse(header, ";", "=").set("Lineage", format(counts, "|", ":")), ";", "=");
}
