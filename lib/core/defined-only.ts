type Optional<T> = { [K in keyof T]: undefined extends T[K] ? K : never }[keyof T];

/** The same object type with each property that may be undefined made optional, as `exactOptionalPropertyTypes` needs it. */
export type DefinedOnly<T> = { [K in Exclude<keyof T, Optional<T>>]: T[K] } & {
  [K in Optional<T>]?: Exclude<T[K], undefined>;
};

/** A copy without the properties whose value is undefined: stored items, messages and log lines have no such properties. */
export const definedOnly = <const T extends object>(properties: T): DefinedOnly<T> =>
  Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== undefined)) as DefinedOnly<T>;
