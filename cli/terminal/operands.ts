/** Reads the notation of operands: `ID`, `[ID]`, `STREAM…`, `approve | reject`. */

/** The words, if the operand must be one of them. */
export function wordsOf(operand: string): readonly string[] | undefined {
  const words = operand.replace(/^\[|\]$/g, "").split(" | ");
  return words.every((word) => /^[a-z][a-z-]*$/.test(word)) ? words : undefined;
}

/** Whether the last operand may be repeated: `STREAM…`, `[STREAM…]`. */
export const isRepeated = (operands: readonly string[]): boolean => /…\]?$/.test(operands.at(-1) ?? "");

/** `approve, reject or reopen`. */
export function orText(words: readonly string[]): string {
  const last = words.at(-1) ?? "";
  return words.length < 2 ? last : `${words.slice(0, -1).join(", ")} or ${last}`;
}
