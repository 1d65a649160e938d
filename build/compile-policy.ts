/**
 * Turns policy.yml into the value that is bundled: a cold start parses no YAML, and a wrong policy stops the build.
 * `node build/compile-policy.ts` checks only; exit code 1 when there is a fault.
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
import { policySchema } from "../lib/policy/lint/parse-policy.ts";
import type { Policy } from "../lib/policy/policy.ts";

const ROOT = join(import.meta.dirname, "..");
export const POLICY_FILE = join(ROOT, "policy.yml");

/** One thing that is wrong, and where a person finds it. Lines and columns count from 1. */
export interface PolicyIssue {
  readonly line: number;
  readonly column: number;
  /** As in JavaScript: `rules[2].action`; empty where YAML itself is at fault. */
  readonly path: string;
  readonly message: string;
}

/** Every fault of a policy file, one a line: `policy.yml:12:5 rules[2].action: Invalid option`. */
export class PolicyError extends Error {
  override readonly name = "PolicyError";
  readonly issues: readonly PolicyIssue[];

  constructor(file: string, issues: readonly PolicyIssue[]) {
    const lines = issues.map(
      ({ line, column, path, message }) => `${file}:${line}:${column} ${path && `${path}: `}${message}`,
    );
    super(`the policy has ${issues.length === 1 ? "a fault" : `${issues.length} faults`}\n${lines.join("\n")}`);
    this.issues = issues;
  }
}

/**
 * YAML text, checked by a schema.
 *
 * @param file - the name that faults are reported under
 * @throws PolicyError with every fault: of YAML (duplicate keys and warnings included), else of the schema
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
    // The parser itself notices it only when it is read.
    Alias(_key, alias) {
      if (!alias.resolve(document)) unreadableAt(alias, `*${alias.source} has no anchor before it`);
    },
    // A schema would pass over it without a word: in JavaScript it is no key like the others.
    Pair(_key, { key }) {
      if (isScalar(key) && key.value === "__proto__") unreadableAt(key, "__proto__ cannot be a key");
    },
  });
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
  // It is bundled as JSON: what JSON cannot hold (a date, a map, an infinite number) would be another policy when read.
  if (!isDeepStrictEqual(JSON.parse(JSON.stringify(data)), data)) {
    throw new PolicyError(file, [{ ...at(0), path: "", message: "holds a value that JSON cannot" }]);
  }
  return data;
}

/** @throws PolicyError with every fault; the file system's error when there is no such file */
export const compilePolicy = (file = POLICY_FILE): Policy =>
  parsePolicy(readFileSync(file, "utf8"), policySchema, relative(ROOT, file));

type Issue = Pick<z.core.$ZodIssue, "message"> & { path: PropertyKey[] };

/** Where zod's own words would not say what to do. Words that a schema has itself come before these. */
const inPlainWords: z.core.$ZodErrorMap = (issue) => {
  if (issue.code === "invalid_type" && issue.input === undefined) return `is missing: ${issue.expected} expected`;
  if (issue.code === "invalid_value") return oneOf(issue.values, issue.input);
  if (issue.code === "invalid_union" && Array.isArray(issue.options)) return oneOf(issue.options, issue.input);
  return undefined;
};

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

/** Of the shapes that something may have, the one that was meant: it is of the right kind, and lacks least. */
function nearest({ path, message, errors }: z.core.$ZodIssueInvalidUnion): Issue[] {
  const meant = errors
    .filter((issues) => issues.every((issue) => issue.path.length > 0 && issue.code !== "unrecognized_keys"))
    .sort((one, other) => one.length - other.length)[0];
  if (!meant) return [{ path, message }];
  return meant.flatMap(namedOneByOne).map((issue) => ({ ...issue, path: [...path, ...issue.path] }));
}

const readablePath = (path: readonly PropertyKey[]): string =>
  path.map((key, index) => (typeof key === "number" ? `[${key}]` : `${index ? "." : ""}${String(key)}`)).join("");

/** Where the value of a path begins, or its key when it has one; for what is missing, where its parent does. */
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
    const { rules, sources } = compilePolicy();
    console.log(`policy.yml: ${rules.length} rules, ${Object.keys(sources).length} sources, no fault`);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
