/** Finds the persons and rules that `--by` names. `personText` shows them. */
import { matchesGlob } from "../../lib/core/stream-name.ts";

/** A claimed name is no ARN, because it ends with " (claimed)". */
const ARN = /^arn:[\w-]+:(?:iam|sts)::\d*:(?:user|assumed-role)\/(\S+)$/;

/** Whether the pattern matches the whole text, or of an ARN the name at its end, with or without the role or the path before it. */
export function isBy(by: string, pattern: string): boolean {
  const [, path] = ARN.exec(by) ?? [];
  const names = path === undefined ? [by] : [by, path, path.slice(path.lastIndexOf("/") + 1)];
  return names.some((each) => matchesGlob(each, pattern));
}
