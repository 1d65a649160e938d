/**
 * Shortens the text of an error response to one line without secrets, so that it can be logged, stored and shown. The gateway's 401 repeats
 * the request as it canonicalised it, with key, signature and security token: https://support.huaweicloud.com/intl/en-us/devg-apisign/api-sign-0001.html
 */

const MAX_CHARACTERS = 200;
/** More of a text is never looked at. */
const MAX_READ = 4_000;

/** The start of an echoed request or header, or of a key, such as that of a push: the rest of the text is cut off. */
const ECHO =
  /canonical[ _-]?request|string[ _-]?to[ _-]?sign|\b(?:GET|POST|PUT|DELETE)\s*[|\n]|(?:SDK|V11)-[A-Z]+-|signature\s*[=:]|(?:authorization|x-[a-z]+-token)\s*[=:|]|\b(?:auth_?(?:key|info)|\w{0,16}(?:secret|token|passw(?:or)?d))"?\s*[=:]/i;

/** As many characters of a secret are enough to recognise a part of it. */
const PART = 8;
const REMOVED = "[removed]";

/** With a digit in it, looks like a key, a token or a signature of somebody else. */
const LONG_WORD = /[A-Za-z0-9+/=_-]{24,}/g;

/**
 * @param secrets - texts of which no part of eight or more characters remains, in upper or lower case.
 * @param anyToken - removes every text that looks like a token, for texts that describe credentials.
 * @returns undefined if nothing is left to read.
 */
export function redact(
  text: string,
  secrets: readonly string[],
  { anyToken = false }: { readonly anyToken?: boolean } = {},
): string | undefined {
  const start = text.slice(0, MAX_READ).toWellFormed();
  const echo = start.search(ECHO);
  const known = removeSecrets(echo < 0 ? start : `${start.slice(0, echo).trimEnd()}…`, secrets);
  const safe = anyToken ? known.replace(LONG_WORD, (word) => (/\d/.test(word) ? REMOVED : word)) : known;
  const line = safe.trim().replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "\ufffd");
  return /[\p{L}\p{N}]/u.test(line) ? [...line].slice(0, MAX_CHARACTERS).join("") : undefined;
}

function removeSecrets(text: string, secrets: readonly string[]): string {
  const seen = lowerAscii(text);
  const secret = new Set<number>(); // indexes of the text
  for (const each of secrets) {
    const length = Math.min(PART, each.length);
    const parts = new Set<string>();
    for (let at = 0; at + length <= each.length; at++) parts.add(lowerAscii(each.slice(at, at + length)));
    for (let at = 0; length > 0 && at + length <= seen.length; at++) {
      if (parts.has(seen.slice(at, at + length))) for (let i = at; i < at + length; i++) secret.add(i);
    }
  }
  if (secret.size === 0) return text;
  let kept = "";
  for (let at = 0; at < text.length; at++) kept += !secret.has(at) ? text[at] : secret.has(at - 1) ? "" : REMOVED;
  return kept;
}

/** Unlike `toLowerCase`, keeps the length. */
const lowerAscii = (text: string): string => text.replace(/[A-Z]+/g, (capitals) => capitals.toLowerCase());
