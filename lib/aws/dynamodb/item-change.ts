/** A change of one item, and the expressions of the request that makes it. */

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
