/**
 * Finds YAML that could be read in two ways: keys that are not text, and unquoted values that YAML 1.1 and 1.2 read differently or that
 * are a number in an unusual form. `007` as a label would become `7`, and `no` as an app name is false for other readers of the file.
 */
import { type Document, isScalar, type Node, type Scalar, visit } from "yaml";

export interface Ambiguous {
  readonly node: Pick<Node, "range">;
  readonly message: string;
}

/** Texts of YAML 1.2 that YAML 1.1 reads as a boolean, a date, a number with `_`, a binary number, a number in base 60, or a merge. */
const OTHER_IN_YAML_1_1 = [
  /^(y|n|yes|no|on|off)$/i,
  /^\d{4}-\d{1,2}-\d{1,2}([Tt \t]|$)/,
  /^[-+]?(0b[01_]+|0x[0-9a-f_]+|(\d[\d_]*\.?|\.\d)[\d_]*(e[-+]?\d+)?)$/i,
  /^[-+]?\d[\d_]*(:[0-5]?\d)+(\.[\d_]*)?$/,
  /^(<<|=)$/,
];
/** Longer texts are names or sentences. */
const MAX_LENGTH = 64;

const PLAIN_NUMBER = /^-?(0|[1-9]\d*)?(\.\d+)?$/;
const NOT_PLAIN = "must be a number in plain digits, or put in quotes if it is text";

/** @returns each place with what to do about it, in the order of the file. */
export function ambiguities(document: Document): Ambiguous[] {
  const found: Ambiguous[] = [];
  visit(document, {
    Pair(_key, { key }) {
      const message = isScalar(key) ? keyIssue(key) : NOT_TEXT;
      if (message !== undefined) found.push({ node: key as Pick<Node, "range">, message });
    },
    Scalar(position, scalar) {
      const message = position === "key" ? undefined : valueIssue(scalar, typeof position === "number");
      if (message !== undefined) found.push({ node: scalar, message });
    },
  });
  return found;
}

const NOT_TEXT = "is a key that is not text: put it in quotes";

const keyIssue = (key: Scalar): string | undefined =>
  typeof key.value !== "string" || isOtherText(key) ? NOT_TEXT : undefined;

/** @param isListed - in a list, `1.0` is refused too: the values of `when` are compared as text, and `1` is another text. */
function valueIssue(scalar: Scalar, isListed: boolean): string | undefined {
  const { value, source = "" } = scalar;
  if (isOtherText(scalar)) return "is not text for every reader of YAML: put it in quotes, or write true or false";
  if (typeof value === "boolean" && source !== String(value)) return "must be written true or false, or put in quotes";
  if (typeof value !== "number" || !Number.isFinite(value)) return undefined;
  if (!PLAIN_NUMBER.test(source)) return NOT_PLAIN;
  if (!Number.isInteger(value)) return undefined;
  if (!Number.isSafeInteger(value)) return "has more digits than a number can hold: put it in quotes";
  return isListed && source !== String(value) ? NOT_PLAIN : undefined;
}

/** Whether the scalar has no quotes and no tag, and is text in YAML 1.2 only. */
const isOtherText = ({ value, type, tag }: Scalar): boolean =>
  typeof value === "string" &&
  type === "PLAIN" &&
  tag === undefined &&
  value.length <= MAX_LENGTH &&
  OTHER_IN_YAML_1_1.some((form) => form.test(value));
