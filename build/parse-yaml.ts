/** Parses a YAML file by a schema, and reports every issue with its line and column. Used for policy.yml and for the stage files. */
import { readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import {
  type Document,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type Range,
  visit,
} from "yaml";
import type * as z from "zod";
import { visibleLine } from "../lib/core/escape-invisible.ts";
import { decodeUtf8 } from "../lib/core/utf8.ts";
import { ambiguities } from "./ambiguous-yaml.ts";

/** An issue with its position. Lines and columns count from 1. */
export interface YamlIssue {
  readonly line: number;
  readonly column: number;
  /** As in JavaScript: `rules[2].action`; empty for a YAML error. */
  readonly path: string;
  readonly message: string;
}

/** The names in error messages. */
export interface YamlSource {
  /** The path, as a person would type it. */
  readonly file: string;
  /** As in `the policy`. */
  readonly subject: string;
}

/** All issues of a file, one per line: `policy.yml:12:5 rules[2].action: Invalid option`. */
export class YamlError extends Error {
  override readonly name = "YamlError";
  readonly issues: readonly YamlIssue[];

  /** @param subject - as in `the policy`, for the first line of the message */
  constructor(subject: string, file: string, issues: readonly YamlIssue[]) {
    const lines = issues.map(
      ({ line, column, path, message }) => `${file}:${line}:${column} ${path && `${path}: `}${message}`,
    );
    const count = issues.length === 1 ? "an issue" : `${issues.length} issues`;
    super(`${subject} has ${count}\n${lines.map(visibleLine).join("\n")}`);
    this.issues = issues;
  }
}

/**
 * Parses YAML text by a schema.
 *
 * @throws YamlError with every YAML error (including duplicate keys and warnings), otherwise with every issue of the schema
 */
export function parseYaml<T>(text: string, schema: z.ZodType<T>, { file, subject }: YamlSource): T {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };

  const syntax = [...document.errors, ...document.warnings];
  if (syntax.length > 0) {
    throw new YamlError(
      subject,
      file,
      syntax.map(({ pos, message }) => ({ ...at(pos[0]), path: "", message })),
    );
  }

  const unreadable: YamlIssue[] = [];
  const unreadableAt = (node: { range?: Range | null | undefined }, message: string) =>
    unreadable.push({ ...at(node.range?.[0] ?? 0), path: "", message });
  visit(document, {
    // The parser reports it only when the alias is read.
    Alias(_key, alias) {
      if (!alias.resolve(document)) unreadableAt(alias, `*${alias.source} has no anchor before it`);
    },
    // A schema would ignore it silently, because JavaScript treats this key specially.
    Pair(_key, { key }) {
      if (isScalar(key) && key.value === "__proto__") unreadableAt(key, "__proto__ cannot be a key");
    },
  });
  for (const { node, message } of ambiguities(document)) unreadableAt(node, message);
  if (unreadable.length > 0) throw new YamlError(subject, file, unreadable);

  const { data, error } = schema.safeParse(document.toJS(), { error: inPlainWords });
  if (error) {
    throw new YamlError(
      subject,
      file,
      error.issues.flatMap(namedOneByOne).map(({ path, message }) => {
        return { ...at(offsetOf(document, path)), path: readablePath(path), message };
      }),
    );
  }
  // Bundled as JSON, so a value that JSON cannot represent (a date, a map, an infinite number) would change what was written.
  if (!isDeepStrictEqual(JSON.parse(JSON.stringify(data)), data)) {
    throw new YamlError(subject, file, [{ ...at(0), path: "", message: "has a value that JSON cannot represent" }]);
  }
  return data;
}

/** Reads a file as text. @throws YamlError if it is not UTF-8; the file system's error if there is no such file */
export function readYaml(path: string, { file, subject }: YamlSource): string {
  const decoded = decodeUtf8(readFileSync(path));
  if (decoded.text !== undefined) return decoded.text;
  throw new YamlError(subject, file, [{ line: decoded.line, column: 1, path: "", message: decoded.issue }]);
}

type Issue = Pick<z.core.$ZodIssue, "message"> & { path: PropertyKey[] };

/** Replaces zod's messages that do not say what to do. Messages of a schema have priority. */
const inPlainWords: z.core.$ZodErrorMap = (issue) => {
  if (issue.code === "invalid_type" && issue.input === undefined) return `is missing: ${issue.expected} expected`;
  if (issue.code === "invalid_type" && issue.expected === "string" && isPlainValue(issue.input))
    return "must be text: put it in quotes";
  if (issue.code === "invalid_value") return oneOf(issue.values, issue.input);
  if (issue.code === "invalid_union" && Array.isArray(issue.options)) return oneOf(issue.options, issue.input);
  return undefined;
};

const isPlainValue = (input: unknown): boolean => typeof input === "number" || typeof input === "boolean";

const oneOf = (values: readonly unknown[], input: unknown): string =>
  input === undefined ? `is missing: one of ${values.join(", ")} expected` : `must be one of ${values.join(", ")}`;

/** zod reports all unknown keys of an object at once, at the object; here each has its own line. */
function namedOneByOne(issue: z.core.$ZodIssue): Issue[] {
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({ path: [...issue.path, key], message: "is not a key that is known here" }));
  }
  if (issue.code === "invalid_key") return issue.issues.map(({ message }) => ({ path: issue.path, message }));
  return issue.code === "invalid_union" ? nearest(issue) : [issue];
}

/** The issues of the union member that was probably meant: the right type, with the fewest issues. */
function nearest({ path, message, errors }: z.core.$ZodIssueInvalidUnion): Issue[] {
  const meant = errors
    .filter((issues) => issues.every((issue) => issue.path.length > 0 && issue.code !== "unrecognized_keys"))
    .sort((one, other) => one.length - other.length)[0];
  if (!meant) return [{ path, message }];
  return meant.flatMap(namedOneByOne).map((issue) => ({ ...issue, path: [...path, ...issue.path] }));
}

export const readablePath = (path: readonly PropertyKey[]): string =>
  path.map((key, index) => (typeof key === "number" ? `[${key}]` : `${index ? "." : ""}${String(key)}`)).join("");

/** The offset of a path's key or value; for a missing one, the offset of its parent. */
function offsetOf(document: Document, path: readonly PropertyKey[]): number {
  let node: unknown = document.contents;
  let offset = isNode(node) ? (node.range?.[0] ?? 0) : 0;
  for (const key of path) {
    if (isMap(node)) {
      const pair = node.items.find(
        (item) => isPair(item) && isScalar(item.key) && String(item.key.value) === String(key),
      );
      if (!pair) return offset;
      if (isScalar(pair.key)) offset = pair.key.range?.[0] ?? offset;
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(key)];
      if (!isNode(node)) return offset;
      offset = node.range?.[0] ?? offset;
    } else {
      return offset;
    }
  }
  return offset;
}
