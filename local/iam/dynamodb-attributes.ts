/**
 * The attributes that a request to DynamoDB names, for `dynamodb:Attributes`, and what a read returns of an item, for `dynamodb:Select`. Of a
 * path the first name counts, because IAM knows attributes of the item only. The attributes of keys and of conditions count as well.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
 */
import { type Context, fieldsOf, textOf } from "./aws-call.ts";

type Fields = Readonly<Record<string, unknown>>;

const EXPRESSIONS = [
  ...["ProjectionExpression", "UpdateExpression", "ConditionExpression"],
  ...["KeyConditionExpression", "FilterExpression"],
];
const KEYWORDS = new Set(["SET", "REMOVE", "ADD", "DELETE", "AND", "OR", "NOT", "BETWEEN", "IN"]);

/** A name at the beginning of a path: not a value (`:v`), a further part of a path (`.name`) or a function (`size(`). */
const NAME = /(?<![\w.:#-])#?[a-zA-Z_][\w-]*(?![\w-]*\s*\()/g;

/** @param fields - of one request, or of one part of a transaction or batch. */
export function attributesOf(fields: Fields): string[] {
  const names = fieldsOf(fields.ExpressionAttributeNames);
  const inExpressions = EXPRESSIONS.flatMap((name) => textOf(fields[name])?.match(NAME) ?? [])
    .filter((word) => !KEYWORDS.has(word.toUpperCase()))
    .map((word) => (word.startsWith("#") ? (textOf(names[word]) ?? word) : word));
  return [...new Set([...Object.keys(fieldsOf(fields.Key)), ...Object.keys(fieldsOf(fields.Item)), ...inExpressions])];
}

const READS = new Set(["GetItem", "BatchGetItem", "Query", "Scan"]);

/** @param parts - the request, or the parts of a batch that concern one table. */
export function attributesContext(operation: string, parts: readonly Fields[]): Context {
  const attributes = [...new Set(parts.flatMap(attributesOf))];
  return {
    ...(attributes.length > 0 && { "dynamodb:Attributes": attributes }),
    ...(READS.has(operation) && { "dynamodb:Select": selectOf(parts) }),
  };
}

/** All attributes if one of the reads asks for all. */
function selectOf(parts: readonly Fields[]): string {
  const selected = parts.map(
    ({ Select, ProjectionExpression }) =>
      textOf(Select) ?? (ProjectionExpression === undefined ? "ALL_ATTRIBUTES" : "SPECIFIC_ATTRIBUTES"),
  );
  return selected.find((each) => each !== "SPECIFIC_ATTRIBUTES") ?? "SPECIFIC_ATTRIBUTES";
}
