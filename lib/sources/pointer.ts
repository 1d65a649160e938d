/** JSON pointers (RFC 6901) into what a sender sent: own members only, so that no inherited name lends a report what it lacks. */

/** @returns undefined where nothing stands there. `""` is the whole document. */
export function valueAt(document: unknown, pointer: string): unknown {
  if (pointer === "") return document;
  let value = document;
  for (const part of pointer.slice(1).split("/")) {
    const key = part.replaceAll("~1", "/").replaceAll("~0", "~");
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
    // Of an array its elements only: `length` is an own property too.
    if (Array.isArray(value) && !/^(0|[1-9]\d*)$/.test(key)) return undefined;
    value = Reflect.get(value, key);
  }
  return value;
}

/**
 * A text that says something, or a number as its digits.
 *
 * @returns undefined for anything else, and for a number that JSON.parse may have rounded: two ids would become one.
 */
export function textAt(document: unknown, pointer: string): string | undefined {
  const value = valueAt(document, pointer);
  if (typeof value === "number") return Math.abs(value) <= Number.MAX_SAFE_INTEGER ? String(value) : undefined;
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** A number, or a text that is one and nothing else; senders quote theirs. */
export function numberAt(document: unknown, pointer: string): number | undefined {
  const value = valueAt(document, pointer);
  const number = typeof value === "string" && /^-?\d{1,20}(\.\d{1,20})?$/.test(value) ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : undefined;
}

/** The elements of an array; none where there is no array. */
export function listAt(document: unknown, pointer: string): readonly unknown[] {
  const value = valueAt(document, pointer);
  return Array.isArray(value) ? value : [];
}
