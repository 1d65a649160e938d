/** A word of a command to copy: what a shell would take for something else is quoted. */
import { escapeInvisible } from "../../lib/core/escape-invisible.ts";

/** For a POSIX shell. What cannot be seen is spelled out, so that nothing that is pasted does more than it shows. */
export const quoted = (word: string): string => {
  const text = escapeInvisible(word);
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
};
