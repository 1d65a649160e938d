/**
 * Parses a query string: decoded, with the first value of each name. API Gateway's `queryStringParameters` is not used, because it joins
 * repeated values with commas, which a value may contain itself.
 *
 * @param raw - without the leading `?`.
 */
export const readQuery = (raw: string): Record<string, string> =>
  Object.fromEntries([...new URLSearchParams(raw)].reverse());
