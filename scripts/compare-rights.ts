/**
 * Compares rights by their lines, `ROLE ACTION RESOURCE KEYS`.
 *
 * @param given - by the template.
 * @param used - recorded; may repeat.
 * @param explained - rights that may be unused, each with its reason.
 * @returns one line for each problem, with what to do about it.
 */
export function compareRights(
  given: readonly string[],
  used: readonly string[],
  explained: Readonly<Record<string, string>>,
): string[] {
  const usedSet = new Set(used);
  const isExplained = (right: string) => Object.hasOwn(explained, right);
  const problems = (rights: readonly string[], text: string) =>
    [...new Set(rights)].map((right) => `${right}: ${text}`);
  return [
    ...problems(
      given.filter((right) => !usedSet.has(right) && !isExplained(right)),
      "no function used it; remove it from resources/roles.yml, or exercise it",
    ),
    ...problems(
      Object.keys(explained).filter((right) => usedSet.has(right)),
      "it is used; remove it from the list in scripts/unused-rights.ts",
    ),
    ...problems(
      Object.keys(explained).filter((right) => !given.includes(right)),
      "no role has it; remove it from the list in scripts/unused-rights.ts",
    ),
    ...problems(
      used.filter((right) => !given.includes(right)),
      "it was used, but this template does not give it; package the template that was exercised",
    ),
  ];
}
