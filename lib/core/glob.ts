/** Matches names against patterns: `*` is any text, `?` any one character. Letter case and accents matter. */

/** A character is a code point. Not a regular expression, because names are chosen by strangers and must not make it slow. */
export function matchesGlob(text: string, pattern: string): boolean {
  const [characters, wanted] = [[...text], [...pattern]];
  let [at, next] = [0, 0];
  /** After the last `*`: where the pattern goes on, and how far the `*` reaches in the text. */
  let star: { next: number; at: number } | undefined;
  while (at < characters.length) {
    if (wanted[next] === "*") star = { next: ++next, at };
    else if (next < wanted.length && (wanted[next] === "?" || wanted[next] === characters[at]))
      [at, next] = [at + 1, next + 1];
    else if (star) [at, next] = [++star.at, star.next];
    else return false;
  }
  return wanted.slice(next).every((character) => character === "*");
}
