/** Quotes a word of a command that people copy. */
import { escapeInvisible } from "../../lib/core/escape-invisible.ts";

/** For a POSIX shell. Invisible characters are escaped, so that a pasted command does only what it shows. */
export const quoted = (word: string): string => {
  const text = escapeInvisible(word);
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
};
