/** Finds text that looks like a secret in a file that is committed, comments included. No message holds the text that was found. */
import type { YamlIssue } from "../../../build/parse-yaml.ts";

const REMEDY =
  "remove it from the file and from the history of the repository, replace the secret, and store the new one in Secrets Manager (docs/deploy.md)";

/** What the text looks like, and how it is recognised. */
const KINDS: readonly (readonly [kind: string, pattern: RegExp])[] = [
  ["a private key", /-----BEGIN [A-Z ]*(PRIVATE KEY|CERTIFICATE)-----/],
  ["a Standard Webhooks secret", /\bwhs(ec|k)_\S{8,}/],
  ["an AWS access key id", /\b(AKIA|ASIA)[A-Z0-9]{16}\b/],
  ["an AK of Huawei Cloud", /(?<![A-Za-z0-9/+])(?=[A-Z0-9]*[A-Z])(?=[A-Z0-9]*\d)[A-Z0-9]{20}(?![A-Za-z0-9/+=])/],
  ["a secret access key", /(?<![\w/+])(?=[\w/+]*[a-z])(?=[\w/+]*[A-Z])(?=[\w/+]*\d)[A-Za-z0-9/+]{40}(?![\w/+=])/],
  ["a token", /(?<![\w/+.-])(?=\S*[a-z])(?=\S*[A-Z])(?=\S*\d)[\w/+.-]{64,}={0,2}/],
  // By the key: a value is written beside a name that says what it is.
  ["a secret", /^[\s-]*"?\w*(secret|password|passwd|token|privatekey|private_key)"?\s*:\s*\S/i],
  ["a secret", /^[\s-]*"?(ak|sk)"?\s*:\s*\S/i],
];

/** @returns an issue for the first secret of each line. */
export function pastedSecrets(text: string): YamlIssue[] {
  return text.split("\n").flatMap((content, index) => {
    const found = KINDS.map(([kind, pattern]) => ({ kind, at: content.search(pattern) })).find(({ at }) => at >= 0);
    if (!found) return [];
    const message = `looks like ${found.kind}: ${REMEDY}`;
    return [{ line: index + 1, column: found.at + 1, path: "", message }];
  });
}
