/**
 * DynamoDB's maps and the attributes of an item are unordered; dynalite returns them as they were written. This module changes their order in
 * every response, so that no code can rely on one.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
 */
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** @param value - of a response: items, keys and attribute values in DynamoDB's JSON. */
export function shuffled(value: unknown, random: () => number = Math.random): unknown {
  if (Array.isArray(value)) return value.map((each) => shuffled(each, random));
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([name, inner]) => ({
    name,
    inner: shuffled(inner, random),
    at: random(),
  }));
  return Object.fromEntries(entries.sort((a, b) => a.at - b.at).map(({ name, inner }) => [name, inner]));
}
