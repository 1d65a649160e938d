/** Finds text that looks like a secret in a file that is committed, comments included. No message holds the text that was found. */
import type { YamlIssue } from "../../../build/parse-yaml.ts";

const REMEDY =
  "remove it from the file and from the history of the repository, replace the secret, and store the new one in Secrets Manager (docs/deploy.md)";

/** Secrets that are recognised by how they begin. */
const BEGINNINGS: readonly (readonly [kind: string, pattern: RegExp])[] = [
  ["a private key", /-----BEGIN [A-Z ]*(PRIVATE KEY|CERTIFICATE)-----/],
  ["a Standard Webhooks secret", /whs(ec|k)_/],
  ["a token", /(?<![A-Za-z0-9])(gh[a-z]_|github_pat_|glpat-|xox[a-z]-|[sr]k_(live|test)_|eyJ[\w-]{6,}\.)/],
];

/** Secrets that are recognised by their length and their characters. */
const WORDS: readonly (readonly [kind: string, word: RegExp, needs: readonly RegExp[]])[] = [
  ["an AWS access key id", /(?<![A-Za-z0-9])(AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])/g, []],
  ["an AK of Huawei Cloud", /(?<![A-Za-z0-9])[A-Z0-9]{20}(?![A-Za-z0-9])/g, [/[A-Z]/]],
  ["a token", /[\w/+.-]{64,}/g, [/[A-Z]/, /[a-z]/, /\d/]],
  ["a secret access key", /(?<![A-Za-z0-9])[A-Za-z0-9]{40}(?![A-Za-z0-9])/g, [/[A-Z]/, /[a-z]/, /\d/]],
  ["a secret access key", /(?<![A-Za-z0-9/+])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+])/g, [/[A-Z]/, /[a-z]/, /\d/]],
];

const NAME = String.raw`(\w*(secret|passwd|password|passphrase|token|(private|secret|access)_?key)|ak|sk)`;
/** Secrets that are recognised by the name beside them. In a comment, a sentence after the name is none. */
const NAMED = [
  new RegExp(`^[^#]*?(?<![\\w-])${NAME}["']?\\s*:\\s*\\S`, "i"),
  new RegExp(`(?<![\\w-])${NAME}["']?\\s*[:=]\\s*\\S+\\s*$`, "i"),
];

/** @returns an issue for the first secret of each line. */
export function pastedSecrets(text: string): YamlIssue[] {
  return text.split("\n").flatMap((content, index) => {
    const found = secretIn(content);
    if (!found) return [];
    return [{ line: index + 1, column: found.at + 1, path: "", message: `looks like ${found.kind}: ${REMEDY}` }];
  });
}

function secretIn(line: string): { readonly kind: string; readonly at: number } | undefined {
  for (const [kind, pattern] of BEGINNINGS) {
    const at = line.search(pattern);
    if (at >= 0) return { kind, at };
  }
  for (const [kind, word, needs] of WORDS) {
    const found = [...line.matchAll(word)].find(([text]) => needs.every((each) => each.test(text)));
    if (found) return { kind, at: found.index };
  }
  const at = Math.max(...NAMED.map((pattern) => line.search(pattern)));
  return at < 0 ? undefined : { kind: "a secret", at };
}
