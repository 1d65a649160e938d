/** Order ids as lists show them. */
import { escapeInvisible } from "../../lib/core/escape-invisible.ts";

const PREFIX = "op-";
const DIGITS = 8;

/** @returns a function that shortens an order id to eight digits, or to as many more as tell these ids apart. */
export function shortIds(ids: Iterable<string>): (orderId: string) => string {
  const all = [...new Set(ids)];
  for (let length = PREFIX.length + DIGITS; ; length += 4) {
    const short = new Set(all.map((id) => id.slice(0, length)));
    if (short.size === all.length || length > 64)
      return (id) => escapeInvisible(id.startsWith(PREFIX) ? id.slice(0, length) : id);
  }
}
