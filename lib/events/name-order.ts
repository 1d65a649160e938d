/** DynamoDB returns the attributes of a map in any order. In the order of their names, an item has the same bytes each time. */
export function inNameOrder<T>(value: T): T {
  if (Array.isArray(value)) return value.map(inNameOrder) as T;
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, inner]) => [name, inNameOrder(inner)])) as T;
}
