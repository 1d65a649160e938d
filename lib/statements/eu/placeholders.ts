/** The placeholders of templates: `{name}`. Those of the facts lead to nothing that names a person or a stream, because they are published. */
export const FACTS_PLACEHOLDERS = ["action", "category", "date", "source", "detection", "decision"] as const;
export type FactsPlaceholder = (typeof FACTS_PLACEHOLDERS)[number];

export const BROADCASTER_PLACEHOLDERS = [
  ...FACTS_PLACEHOLDERS,
  ...(["platform", "stream", "from", "until", "restriction", "territory", "facts"] as const),
  ...(["ground", "explanation", "url", "redress", "reference"] as const),
] as const;
export type BroadcasterPlaceholder = (typeof BROADCASTER_PLACEHOLDERS)[number];

/** Anything in braces: a name with a mistake in it must not be printed as it is. */
const PLACEHOLDER = /\{([^{}]*)\}/g;

/** The first placeholder that is not known, with its braces. */
export function unknownPlaceholder(text: string, known: readonly string[]): string | undefined {
  for (const [whole, name = ""] of text.matchAll(PLACEHOLDER)) if (!known.includes(name)) return whole;
  return undefined;
}

/** Replaces every placeholder once: a value that looks like a placeholder stays as it is. */
export const fillTemplate = (text: string, values: Readonly<Record<string, string>>): string =>
  text.replaceAll(PLACEHOLDER, (whole, name: string) =>
    Object.hasOwn(values, name) ? (values[name] ?? whole) : whole,
  );
