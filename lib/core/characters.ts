/** Lengths as people count them: a character is a code point. */

/** Counts only where it has to: no text has more code points than UTF-16 units. */
export const hasAtMost = (max: number, text: string): boolean => text.length <= max || [...text].length <= max;
