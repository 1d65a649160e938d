/** Finds text that looks like a secret in a file that is committed, comments included. No message holds the text that was found. */
import type { YamlIssue } from "../../../build/parse-yaml.ts";

const REMEDY =
  "remove it from the file and from the history of the repository, replace the secret, and store the new one in Secrets Manager (docs/deploy.md)";

/** Secrets that are recognised by their prefix, or by the name before them. */
const LINES: readonly (readonly [kind: string, pattern: RegExp])[] = [
  ["a private key", /-----BEGIN [A-Z ]*(PRIVATE KEY|CERTIFICATE)-----/],
  ["a Standard Webhooks secret", /\bwhs(ec|k)_/],
  ["a secret", /^[\s-]*"?(\w*(secret|password|passwd|token|privatekey|private_key)|ak|sk)"?:\s*\S/i],
];

/** Secrets that are recognised by their length and their characters. */
const WORDS: readonly (readonly [kind: string, pattern: RegExp, needs: readonly RegExp[]])[] = [
  ["an AWS access key id", /^(AKIA|ASIA)[A-Z0-9]{16}$/, []],
  ["an AK of Huawei Cloud", /^[A-Z0-9]{20}$/, [/[A-Z]/, /\d/]],
  ["a secret access key", /^[A-Za-z0-9/+]{40}$/, [/[A-Z]/, /[a-z]/, /\d/]],
  ["a token", /^[\w/+.-]{64,}={0,2}$/, [/[A-Z]/, /[a-z]/, /\d/]],
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
  for (const [kind, pattern] of LINES) {
    const at = line.search(pattern);
    if (at >= 0) return { kind, at };
  }
  for (const { 0: word, index: at } of line.matchAll(/[\w/+.=-]+/g)) {
    const [kind] = WORDS.find(([, whole, needs]) => whole.test(word) && needs.every((each) => each.test(word))) ?? [];
    if (kind !== undefined) return { kind, at };
  }
  return undefined;
}
