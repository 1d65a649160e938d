/**
 * The rights that a request to DynamoDB needs. A read or write of an item has the item's partition key as `dynamodb:LeadingKeys`; a query has
 * the key of its key condition. A transaction needs the permission of each of its parts; a batch has a permission of its own for each table.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
 */
import { type AwsCall, arnOf, type Context, fieldsOf, type Place, textOf } from "./aws-call.ts";
import { attributesContext } from "./dynamodb-attributes.ts";

/** The attribute that is the partition key of a table or of one of its indexes; undefined if there is none of this name. */
export type PartitionKeyOf = (table: string, index?: string) => string | undefined;

/** The parts of a transaction, and the action that each needs. */
const TRANSACTION_PARTS = {
  Get: "GetItem",
  Put: "PutItem",
  Update: "UpdateItem",
  Delete: "DeleteItem",
  ConditionCheck: "ConditionCheckItem",
} as const;

export function dynamodbCalls(operation: string, body: unknown, place: Place, keyOf: PartitionKeyOf): AwsCall[] {
  const input = fieldsOf(body);
  switch (operation) {
    case "TransactGetItems":
    case "TransactWriteItems":
      return listOf(input.TransactItems).flatMap((item) =>
        Object.entries(TRANSACTION_PARTS).flatMap(([name, action]) => {
          const part = fieldsOf(item)[name];
          return part === undefined ? [] : [callOf(action, fieldsOf(part), { enclosing: operation })];
        }),
      );
    case "BatchGetItem":
    case "BatchWriteItem":
      return Object.entries(fieldsOf(input.RequestItems)).map(([table, requests]) => ({
        action: `dynamodb:${operation}`,
        resource: tableArn(table),
        context: {
          ...leadingKeys(keysOfBatch(requests).flatMap((key) => partitionValue(key, keyOf(nameOf(table))))),
          ...attributesContext(operation, partsOfBatch(requests)),
        },
      }));
    case "ListTables":
      return [{ action: "dynamodb:ListTables", resource: "*", context: {} }];
    default:
      return [callOf(operation, input)];
  }

  function callOf(action: string, fields: Fields, { enclosing }: { enclosing?: string } = {}): AwsCall {
    const table = textOf(fields.TableName) ?? "";
    const index = textOf(fields.IndexName);
    return {
      action: `dynamodb:${action}`,
      resource: index === undefined ? tableArn(table) : `${tableArn(table)}/index/${index}`,
      context: {
        ...leadingKeys(leadingValues(fields, keyOf(nameOf(table), index))),
        ...attributesContext(action, [fields]),
        ...(enclosing !== undefined && { "dynamodb:EnclosingOperation": enclosing }),
      },
    };
  }

  /** A request may name a table by its ARN. */
  function tableArn(table: string): string {
    return table.startsWith("arn:") ? table : arnOf("dynamodb", place, `table/${table}`);
  }
}

type Fields = Readonly<Record<string, unknown>>;

const nameOf = (table: string): string => table.slice(table.lastIndexOf("/") + 1);
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** Without a key, as in a scan, the condition key is absent, and `ForAllValues` is true. */
const leadingKeys = (values: readonly string[]): Context =>
  values.length === 0 ? {} : { "dynamodb:LeadingKeys": [...new Set(values)] };

function keysOfBatch(requests: unknown): Fields[] {
  const gets = listOf(fieldsOf(requests).Keys);
  const writes = listOf(requests).map((request) => {
    const { PutRequest, DeleteRequest } = fieldsOf(request);
    return fieldsOf(PutRequest).Item ?? fieldsOf(DeleteRequest).Key;
  });
  return [...gets, ...writes].map(fieldsOf);
}

/** A read of several items has one projection; each write has an item or a key. */
function partsOfBatch(requests: unknown): Fields[] {
  const { Keys, ...read } = fieldsOf(requests);
  if (Keys !== undefined) return listOf(Keys).map((key) => ({ ...read, Key: key }));
  return listOf(requests).map((request) => {
    const { PutRequest, DeleteRequest } = fieldsOf(request);
    return { ...fieldsOf(PutRequest), ...fieldsOf(DeleteRequest) };
  });
}

/** Replaces a partition key that cannot be found. No pattern matches it, whereas an absent key would match every pattern. */
const NO_KEY = "";

function leadingValues(fields: Fields, attribute: string | undefined): string[] {
  const condition = textOf(fields.KeyConditionExpression);
  if (condition !== undefined) return known(valuesOfCondition(condition, fields, attribute));
  const key = fields.Key ?? fields.Item;
  return key === undefined ? [] : partitionValue(fieldsOf(key), attribute);
}

/** `#hour = :hour AND #at BETWEEN :since AND :until`: the value that the partition key must equal. */
function valuesOfCondition(condition: string, fields: Fields, attribute: string | undefined): string[] {
  const names = fieldsOf(fields.ExpressionAttributeNames);
  const values = fieldsOf(fields.ExpressionAttributeValues);
  return [...condition.matchAll(/([#\w.-]+)\s*=\s*(:\w+)/g)].flatMap(([, name = "", value = ""]) =>
    (name.startsWith("#") ? names[name] : name) === attribute ? scalar(values[value]) : [],
  );
}

const partitionValue = (key: Fields, attribute: string | undefined): string[] =>
  known(attribute === undefined ? [] : scalar(key[attribute]));

const known = (values: string[]): string[] => (values.length === 0 ? [NO_KEY] : values);

/** A key is text, a number or bytes: `{"S": "STREAM#…"}`. */
function scalar(value: unknown): string[] {
  const { S, N, B } = fieldsOf(value);
  return [S, N, B].filter((one) => typeof one === "string");
}
