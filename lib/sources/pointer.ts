/** Reads an untrusted document by JSON pointer (RFC 6901). Only own members are read, never inherited ones. */

/** Whether a value has members: an object or an array. */
export const isNested = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;

export const isObject = (value: unknown): value is object => isNested(value) && !Array.isArray(value);

/** @returns the value, or undefined if there is none. The pointer `""` is the whole document. */
export function valueAt(document: unknown, pointer: string): unknown {
  if (pointer === "") return document;
  let value = document;
  for (const part of pointer.slice(1).split("/")) {
    const key = part.replaceAll("~1", "/").replaceAll("~0", "~");
    if (!isNested(value) || !Object.hasOwn(value, key)) return undefined;
    // Only elements of an array: `length` is an own property too.
    if (Array.isArray(value) && !/^(0|[1-9]\d*)$/.test(key)) return undefined;
    value = value[key];
  }
  return value;
}

/**
 * Reads a non-empty text, or a number as its digits.
 *
 * @returns undefined for anything else, and for a number that JSON.parse may have rounded, because two ids would become one.
 */
export function textAt(document: unknown, pointer: string): string | undefined {
  const value = valueAt(document, pointer);
  if (typeof value === "number") return Math.abs(value) <= Number.MAX_SAFE_INTEGER ? String(value) : undefined;
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** Reads a number, or a text that consists of one, because some senders quote numbers. */
export function numberAt(document: unknown, pointer: string): number | undefined {
  const value = valueAt(document, pointer);
  const number = typeof value === "string" && /^-?\d{1,20}(\.\d{1,20})?$/.test(value) ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : undefined;
}

/** Reads the elements of an array; none if there is no array. */
export function listAt(document: unknown, pointer: string): readonly unknown[] {
  const value = valueAt(document, pointer);
  return Array.isArray(value) ? value : [];
}

/** Returns the pointer of the first list of which `pointer` reads one element although there are others. */
export function listReadInPart(document: unknown, pointer: string): string | undefined {
  const parts = pointer.split("/");
  const at = parts.findIndex(
    (part, index) => /^\d+$/.test(part) && listAt(document, parts.slice(0, index).join("/")).length > 1,
  );
  return at < 0 ? undefined : parts.slice(0, at).join("/");
}
