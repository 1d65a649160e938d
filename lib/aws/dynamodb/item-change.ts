/** A change of one item, and the expressions of the request that makes it. */
import { isDeepStrictEqual } from "node:util";
import { OffairError } from "../../core/errors.ts";
import type { Key } from "./time-index.ts";

export interface ItemChange {
  /** Attributes to set; those whose value is undefined are removed. */
  readonly set?: object;
  /** Elements to append to lists, which need not exist. */
  readonly append?: Readonly<Record<string, readonly unknown[]>>;
  readonly remove?: readonly string[];
  /** `#name` is the attribute `name`, and `:name` the value that `set` gives it, or the one in `values`. */
  readonly condition?: string;
  /** Further values of the condition; undefined ones are left out. */
  readonly values?: Readonly<Record<string, unknown>>;
}

/** The condition that an attribute is as it was read, with `:before` as its value; undefined: it is absent. */
export const isUnchanged = (name: string, before: unknown): string =>
  before === undefined ? `attribute_not_exists(#${name})` : `#${name} = :before`;

/** The parameters of an UpdateItem request, besides the table and the key. */
export function expressionsOf({ set = {}, append = {}, remove = [], condition, values = {} }: ItemChange) {
  const given = Object.entries(set);
  const written = given.filter(([, value]) => value !== undefined);
  const removed = [...given.filter(([, value]) => value === undefined).map(([name]) => name), ...remove];
  const sets = [
    ...written.map(([name]) => `#${name} = :${name}`),
    ...Object.keys(append).map((name) => `#${name} = list_append(if_not_exists(#${name}, :empty), :${name})`),
  ];
  const expression = [
    ...(sets.length > 0 ? [`SET ${sets.join(", ")}`] : []),
    ...(removed.length > 0 ? [`REMOVE ${removed.map((name) => `#${name}`).join(", ")}`] : []),
  ].join(" ");
  const names = `${expression} ${condition}`.match(/#\w+/g) ?? [];
  const all = [
    ...[...written, ...Object.entries(append)].map(([name, value]) => [`:${name}`, value]),
    ...(Object.keys(append).length > 0 ? [[":empty", []]] : []),
    ...Object.entries(values).filter(([, value]) => value !== undefined),
  ];
  return {
    UpdateExpression: expression,
    ConditionExpression: condition,
    ...(names.length > 0 && { ExpressionAttributeNames: Object.fromEntries(names.map((n) => [n, n.slice(1)])) }),
    ...(all.length > 0 && { ExpressionAttributeValues: Object.fromEntries(all) }),
  };
}

interface Changeable {
  get(key: Key): Promise<Readonly<Record<string, unknown>> | undefined>;
  update(key: Key, change: ItemChange): Promise<boolean>;
}

/** One writer succeeds in every round. */
const MAX_APPEND_ROUNDS = 40;

/**
 * Adds a value to the end of a list, unless the list has it: the SDK repeats a request whose response was lost.
 *
 * @param mayCreate - attributes of the item that is made if there is none; without them nothing is written then.
 * @throws OffairError `ERR_BUSY` if others add to the list at the same time too often.
 */
export async function appendOnce(
  { get, update }: Changeable,
  key: Key,
  { list, value, mayCreate }: { readonly list: string; readonly value: object; readonly mayCreate?: object },
): Promise<void> {
  for (let round = 0; round < MAX_APPEND_ROUNDS; round++) {
    const item = await get(key);
    if (!item && !mayCreate) return;
    const before = item?.[list];
    const length = Array.isArray(before) ? before.length : 0;
    if (Array.isArray(before) && before.some((each) => isDeepStrictEqual(each, { ...value }))) return;
    const isWritten = await update(key, {
      ...{ set: mayCreate ?? {}, append: { [list]: [value] } },
      ...(length === 0
        ? { condition: `attribute_not_exists(#${list})${mayCreate ? "" : " AND attribute_exists(pk)"}` }
        : { condition: `size(#${list}) = :length`, values: { ":length": length } }),
    });
    if (isWritten) return;
  }
  throw new OffairError("ERR_BUSY", `too many requests add to the ${list} of this item at once`);
}
