/** Numbers for people: `12,345`. */
export const numberText = (value: number): string => value.toLocaleString("en-US");

/** `1 stream`, `12,345 streams`. */
export const countOf = (count: number, noun: string): string => `${numberText(count)} ${noun}${count === 1 ? "" : "s"}`;
