/**
 * A query as sources read it: decoded, the first value of each name. The gateway's own `queryStringParameters` joins values with commas,
 * which a value may hold itself.
 *
 * @param raw - without `?`.
 */
export const readQuery = (raw: string): Record<string, string> =>
  Object.fromEntries([...new URLSearchParams(raw)].reverse());
