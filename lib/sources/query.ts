/**
 * Parses a query string: decoded, with the first value of each name. API Gateway's `queryStringParameters` is not used, because it joins
 * repeated values with commas, which a value may contain itself.
 *
 * @param raw - without the leading `?`.
 */
export const readQuery = (raw: string): Record<string, string> =>
  Object.fromEntries([...new URLSearchParams(raw)].reverse());

/**
 * Whether a query is percent-encoded UTF-8. `readQuery` replaces other bytes by U+FFFD, so that two ids or two names could become one. A
 * `%` without two digits stands for itself there.
 */
export function isUtf8Query(raw: string): boolean {
  if (!/^[\x21-\x7e]*$/.test(raw)) return false; // a byte that is not percent-encoded has lost its encoding on the way
  try {
    decodeURIComponent(raw.replace(/%(?![\da-f]{2})/gi, "%25"));
    return true;
  } catch {
    return false;
  }
}

/** Why `readQuery` would lose a part of the query; undefined if it would not. */
export function queryIssue(raw: string): string | undefined {
  if (!isUtf8Query(raw)) return "is not percent-encoded UTF-8";
  const names = [...new URLSearchParams(raw).keys()];
  return new Set(names).size < names.length ? "has one name several times" : undefined;
}
