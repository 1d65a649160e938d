/** What is done with the name of a stream. Apart from its schemas (stream.ts), so that the console does not contain them. */

/** As in stream.ts. */
interface Stream {
  domain: string;
  app: string;
  stream: string;
}

/** The characters that Live documents for a stream's name (live_faq live_08_0031), in words. */
export const DOCUMENTED_CHARACTERS = "digits, letters, - _ * /";

/**
 * Whether the stream's name has only characters that Live documents. Another name can exist, but is more likely a mistake (a row of a
 * CSV file, two names, a playback URL): Live confirms a disable of any name, and the stream that was meant stays on the air.
 */
export const hasDocumentedName = ({ stream }: Pick<Stream, "stream">): boolean => /^[\w*/-]+$/.test(stream);

/** Formats a stream for people and logs. Not usable as a key: an app or stream name may contain "/". */
export const formatStream = ({ domain, app, stream }: Stream): string => `${domain}/${app}/${stream}`;

/** Returns a key for `Map` and `Set`: equal only if all three parts are equal. */
export const streamKey = ({ domain, app, stream }: Stream): string => JSON.stringify([domain, app, stream]);

/** Picks the three names of an object that has more properties. */
export const nameOf = ({ domain, app, stream }: Stream): Stream => ({ domain, app, stream });

/** Parses the result of `streamKey`. */
export function streamOf(key: string): { domain: string; app: string; stream: string } {
  const [domain, app, stream]: [string, string, string] = JSON.parse(key);
  return { domain, app, stream };
}

/**
 * Matches a name against a pattern: `*` is any text, `?` any one character (code point). Letter case and accents matter. Not a regular
 * expression, because names are chosen by strangers and must not make it slow.
 */
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
