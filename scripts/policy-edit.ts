/** Changes single values of a policy file as text, so that its comments and its order stay, and shows the change as a unified diff. */
import { isScalar, parseDocument } from "yaml";

/**
 * @param path - of a value that the file has, as `["rules", 2, "minScore"]`.
 * @returns undefined if the file has no such value, or has it by an alias.
 */
export function withValue(text: string, path: readonly (string | number)[], value: string): string | undefined {
  const node = parseDocument(text).getIn(path, true);
  if (!isScalar(node) || !node.range) return undefined;
  const [start, end] = node.range;
  return `${text.slice(0, start)}${value}${text.slice(end)}`;
}

const CONTEXT = 3;

const linesOf = (text: string): string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];

/** The unified diff of two texts with the same number of lines. */
export function unifiedDiff(before: string, after: string, file: string): string {
  const [old, now] = [linesOf(before), linesOf(after)];
  const changed = old.flatMap((line, index) => (line === now[index] ? [] : [index]));
  const hunks: { from: number; to: number }[] = [];
  for (const index of changed) {
    const last = hunks.at(-1);
    const [from, to] = [Math.max(0, index - CONTEXT), Math.min(old.length, index + CONTEXT + 1)];
    if (last && from <= last.to) last.to = to;
    else hunks.push({ from, to });
  }
  const lines = hunks.flatMap(({ from, to }) => [
    `@@ -${from + 1},${to - from} +${from + 1},${to - from} @@\n`,
    ...hunkLines(old.slice(from, to), now.slice(from, to)),
  ]);
  return [`--- ${file}\n`, `+++ ${file}\n`, ...lines].join("");
}

const marked = (mark: string, line = ""): string =>
  line.endsWith("\n") ? `${mark}${line}` : `${mark}${line}\n\\ No newline at end of file\n`;

function* hunkLines(old: readonly string[], now: readonly string[]): Generator<string> {
  for (let index = 0; index < old.length; ) {
    if (old[index] === now[index]) {
      yield marked(" ", old[index++]);
      continue;
    }
    const from = index;
    while (index < old.length && old[index] !== now[index]) index++;
    for (const line of old.slice(from, index)) yield marked("-", line);
    for (const line of now.slice(from, index)) yield marked("+", line);
  }
}
