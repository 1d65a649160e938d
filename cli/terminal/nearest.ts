/** Finds what somebody meant who mistyped a word. */
import { distance } from "fastest-levenshtein";

/**
 * @returns the word of the list that the typed one is nearest to. Undefined: none is near. Near means one mistake in a word of up to five
 * letters, two in a longer one, or the beginning of exactly one word.
 */
export function nearest(typed: string, words: readonly string[]): string | undefined {
  const begun = typed.length < MIN_BEGINNING ? [] : words.filter((word) => word.startsWith(typed));
  if (begun.length === 1) return begun[0];
  const mistakes = typed.length <= SHORT ? 1 : 2;
  const [best] = words
    .map((word) => ({ word, mistakes: mistakesBetween(typed, word) }))
    .filter((each) => each.mistakes <= mistakes)
    .sort((a, b) => a.mistakes - b.mistakes);
  return best?.word;
}

const MIN_BEGINNING = 3;
const SHORT = 5;

/** Two letters in the wrong order are one mistake. Of a long text that somebody pasted, only the length matters. */
function mistakesBetween(typed: string, word: string): number {
  if (Math.abs(typed.length - word.length) > 2) return Number.POSITIVE_INFINITY;
  const swapped = [...word].some(
    (_, at) => word.slice(0, at) + (word[at + 1] ?? "") + word[at] + word.slice(at + 2) === typed,
  );
  return swapped ? 1 : distance(typed, word);
}

/** For the end of a message: `; did you mean history?` @param prefix - as it is typed: `--`. */
export function didYouMean(typed: string, words: readonly string[], prefix = ""): string {
  const word = nearest(typed, words);
  return word === undefined ? "" : `; did you mean ${prefix}${word}?`;
}
