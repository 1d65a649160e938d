/** One page of a listing: prefix, delimiter, limit. Pure; the caller says where the page starts. */

/** S3 lists in the order of the keys' UTF-8 bytes, which is not that of JavaScript's strings beyond U+FFFF. */
export const compareKeys = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

export interface PageQuery {
  readonly prefix: string;
  /** Empty: every key is a row of its own. */
  readonly delimiter: string;
  /** Rows and common prefixes together. */
  readonly maxKeys: number;
}

export interface Page<Row> {
  readonly rows: readonly Row[];
  readonly commonPrefixes: readonly string[];
  /** The last row or common prefix of a page that others follow; the next page starts after it. */
  readonly last: Row | { readonly commonPrefix: string } | undefined;
}

/** @param rows - sorted by key, beginning where the page begins. */
export function listPage<Row extends { readonly key: string }>(
  rows: Iterable<Row>,
  { prefix, delimiter, maxKeys }: PageQuery,
): Page<Row> {
  const taken: Row[] = [];
  const commonPrefixes = new Set<string>();
  let last: Page<Row>["last"];
  if (maxKeys === 0) return { rows: [], commonPrefixes: [], last: undefined };

  for (const row of rows) {
    if (!row.key.startsWith(prefix)) continue;
    const at = delimiter === "" ? -1 : row.key.indexOf(delimiter, prefix.length);
    const commonPrefix = at < 0 ? undefined : row.key.slice(0, at + delimiter.length);
    if (commonPrefix !== undefined && commonPrefixes.has(commonPrefix)) continue;
    if (taken.length + commonPrefixes.size === maxKeys)
      return { rows: taken, commonPrefixes: [...commonPrefixes], last };
    if (commonPrefix === undefined) taken.push(row);
    else commonPrefixes.add(commonPrefix);
    last = commonPrefix === undefined ? row : { commonPrefix };
  }
  return { rows: taken, commonPrefixes: [...commonPrefixes], last: undefined };
}
