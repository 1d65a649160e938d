/**
 * Compiles policy.yml into the value that is bundled, so that a cold start parses no YAML and an invalid policy stops the build.
 * `node build/compile-policy.ts` only checks it; exit code 1 if it has issues.
 */
import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
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
import { policySchema } from "../lib/policy/lint/parse-policy.ts";
import { policyWarnings } from "../lib/policy/lint/warnings.ts";
import type { Policy } from "../lib/policy/policy.ts";
import { ambiguities } from "./ambiguous-yaml.ts";

const ROOT = join(import.meta.dirname, "..");
export const POLICY_FILE = join(ROOT, "policy.yml");

/** An issue with its position. Lines and columns count from 1. */
export interface PolicyIssue {
  readonly line: number;
  readonly column: number;
  /** As in JavaScript: `rules[2].action`; empty for a YAML error. */
  readonly path: string;
  readonly message: string;
}

/** All issues of a policy file, one per line: `policy.yml:12:5 rules[2].action: Invalid option`. */
export class PolicyError extends Error {
  override readonly name = "PolicyError";
  readonly issues: readonly PolicyIssue[];

  constructor(file: string, issues: readonly PolicyIssue[]) {
    const lines = issues.map(
      ({ line, column, path, message }) => `${file}:${line}:${column} ${path && `${path}: `}${message}`,
    );
    const count = issues.length === 1 ? "an issue" : `${issues.length} issues`;
    super(`the policy has ${count}\n${lines.map(visibleLine).join("\n")}`);
    this.issues = issues;
  }
}

/**
 * Parses YAML text by a schema.
 *
 * @param file - the name in error messages
 * @throws PolicyError with every YAML error (including duplicate keys and warnings), otherwise with every issue of the schema
 */
export function parsePolicy<T>(text: string, schema: z.ZodType<T>, file: string): T {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };

  const syntax = [...document.errors, ...document.warnings];
  if (syntax.length > 0) {
    throw new PolicyError(
      file,
      syntax.map(({ pos, message }) => ({ ...at(pos[0]), path: "", message })),
    );
  }

  const unreadable: PolicyIssue[] = [];
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
  if (unreadable.length > 0) throw new PolicyError(file, unreadable);

  const { data, error } = schema.safeParse(document.toJS(), { error: inPlainWords });
  if (error) {
    throw new PolicyError(
      file,
      error.issues.flatMap(namedOneByOne).map(({ path, message }) => {
        return { ...at(offsetOf(document, path)), path: readablePath(path), message };
      }),
    );
  }
  // Bundled as JSON, so a value that JSON cannot represent (a date, a map, an infinite number) would change the policy.
  if (!isDeepStrictEqual(JSON.parse(JSON.stringify(data)), data)) {
    throw new PolicyError(file, [{ ...at(0), path: "", message: "has a value that JSON cannot represent" }]);
  }
  return data;
}

/** @throws PolicyError with every issue; the file system's error if there is no such file */
export function compilePolicy(file = POLICY_FILE): Policy {
  const name = relative(ROOT, file);
  const decoded = decodeUtf8(readFileSync(file));
  if (decoded.text !== undefined) return parsePolicy(decoded.text, policySchema, name);
  throw new PolicyError(name, [{ line: decoded.line, column: 1, path: "", message: decoded.issue }]);
}

/** One line for each warning about the policy. */
export const warningLines = (policy: Policy): string[] =>
  policyWarnings(policy).map(({ path, message }) => `policy.yml: warning: ${readablePath(path)}: ${message}`);

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

const readablePath = (path: readonly PropertyKey[]): string =>
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

if (import.meta.main) {
  try {
    const policy = compilePolicy();
    const { rules, sources } = policy;
    for (const line of warningLines(policy)) console.warn(line);
    console.log(`policy.yml: ${rules.length} rules, ${Object.keys(sources).length} sources, no issues`);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
