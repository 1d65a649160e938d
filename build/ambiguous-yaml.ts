/**
 * Finds YAML that could be read in two ways: keys that are not text, and unquoted values that YAML 1.1 and 1.2 read differently or that
 * are a number in an unusual form. `007` as a label would become `7`, and `no` as an app name is false for other readers of the file.
 */
import { type Document, isScalar, type Node, type Scalar, visit } from "yaml";

export interface Ambiguous {
  readonly node: Pick<Node, "range">;
  readonly message: string;
}

/** Texts of YAML 1.2 that YAML 1.1 reads as a boolean, a date, a number with `_`, a binary number, or a number in base 60. */
const OTHER_IN_YAML_1_1 = [
  /^(y|n|yes|no|on|off)$/i,
  /^\d{4}-\d{1,2}-\d{1,2}([Tt \t]|$)/,
  /^[-+]?(0b[01_]+|0x[0-9a-f_]+|\d[\d_]*(\.[\d_]*)?)$/i,
  /^[-+]?\d+(:[0-5]?\d)+(\.\d*)?$/,
];
/** Longer texts are names or sentences. */
const MAX_LENGTH = 64;

const PLAIN_NUMBER = /^-?(0|[1-9]\d*)?(\.\d+)?$/;

/** @returns each place with what to do about it, in the order of the file. */
export function ambiguities(document: Document): Ambiguous[] {
  const found: Ambiguous[] = [];
  visit(document, {
    Pair(_key, { key }) {
      const message = isScalar(key) ? keyIssue(key) : NOT_TEXT;
      if (message !== undefined) found.push({ node: key as Pick<Node, "range">, message });
    },
    Scalar(position, scalar) {
      const message = position === "key" ? undefined : valueIssue(scalar);
      if (message !== undefined) found.push({ node: scalar, message });
    },
  });
  return found;
}

const NOT_TEXT = "is a key that is not text: put it in quotes";

const keyIssue = (key: Scalar): string | undefined =>
  typeof key.value !== "string" || isOtherText(key) ? NOT_TEXT : undefined;

function valueIssue(scalar: Scalar): string | undefined {
  const { value, source = "" } = scalar;
  if (isOtherText(scalar)) return "is not text for every reader of YAML: put it in quotes, or write true or false";
  if (typeof value === "boolean" && source !== String(value)) return "must be written true or false, or put in quotes";
  if (typeof value === "number" && Number.isFinite(value) && !PLAIN_NUMBER.test(source))
    return "must be a number in plain digits, or put in quotes if it is text";
  return undefined;
}

/** Whether the scalar has no quotes and no tag, and is text in YAML 1.2 only. */
const isOtherText = ({ value, type, tag }: Scalar): boolean =>
  typeof value === "string" &&
  type === "PLAIN" &&
  tag === undefined &&
  value.length <= MAX_LENGTH &&
  OTHER_IN_YAML_1_1.some((form) => form.test(value));
