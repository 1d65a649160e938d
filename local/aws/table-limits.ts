/**
 * Requests that DynamoDB refuses and dynalite accepts: keys that are too long in bytes, empty keys of an index, expressions that are too long.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
 */
import * as z from "zod";

const MAX_EXPRESSION_BYTES = 4_096;
const MAX_HASH_BYTES = 2_048;
const MAX_RANGE_BYTES = 1_024;

const keySchema = z.array(z.object({ AttributeName: z.string(), KeyType: z.enum(["HASH", "RANGE"]) }));
const tableSchema = z.object({
  TableName: z.string(),
  KeySchema: keySchema,
  GlobalSecondaryIndexes: z.array(z.object({ IndexName: z.string(), KeySchema: keySchema })).default([]),
});
const attributes = z.record(z.string(), z.object({ S: z.string().optional() }));
const requestSchema = z.object({
  TableName: z.string(),
  Item: attributes.optional(),
  Key: attributes.optional(),
  UpdateExpression: z.string().optional(),
  ConditionExpression: z.string().optional(),
  KeyConditionExpression: z.string().optional(),
  FilterExpression: z.string().optional(),
  ProjectionExpression: z.string().optional(),
});
type Table = z.infer<typeof tableSchema>;
type Request = z.infer<typeof requestSchema>;

export interface TableLimits {
  /** The reason why DynamoDB would refuse the request; undefined if it is passed to dynalite, which checks further rules. */
  fault(operation: string, body: unknown): string | undefined;
}

/** Remembers the keys of each table that is created. */
export function createTableLimits(): TableLimits {
  const tables = new Map<string, Table>();
  return {
    fault(operation, body) {
      if (operation === "CreateTable") {
        const { data } = tableSchema.safeParse(body);
        if (data) tables.set(data.TableName, data);
        return undefined;
      }
      const { data } = requestSchema.safeParse(body);
      const table = data && tables.get(data.TableName);
      return data && (expressionFault(data) ?? (table && keyFault(data, table)));
    },
  };
}

function expressionFault(request: Request): string | undefined {
  for (const [name, value] of Object.entries(request)) {
    if (!name.endsWith("Expression") || typeof value !== "string") continue;
    if (Buffer.byteLength(value) > MAX_EXPRESSION_BYTES)
      return `Invalid ${name}: Expression size has exceeded the maximum allowed size; expression size: ${Buffer.byteLength(value)}`;
  }
  return undefined;
}

function keyFault({ Item, Key }: Request, { KeySchema, GlobalSecondaryIndexes }: Table): string | undefined {
  const item = Item ?? Key ?? {};
  for (const { AttributeName, KeyType } of KeySchema) {
    const bytes = Buffer.byteLength(item[AttributeName]?.S ?? "");
    if (KeyType === "HASH" && bytes > MAX_HASH_BYTES)
      return "Size of hashkey has exceeded the maximum size limit of2048 bytes";
    if (KeyType === "RANGE" && bytes > MAX_RANGE_BYTES)
      return "Size of rangekey has exceeded the maximum size limit of1024 bytes";
  }
  for (const index of GlobalSecondaryIndexes) {
    const empty = index.KeySchema.find(({ AttributeName }) => item[AttributeName]?.S === "");
    if (empty)
      return `The AttributeValue for a key attribute cannot contain an empty string value. IndexName: ${index.IndexName}, IndexKey: ${empty.AttributeName}`;
  }
  return undefined;
}
