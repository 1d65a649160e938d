/** The simple fields of a response. */
import * as z from "zod";

export const text = z.string();
export const optionalText = text.exactOptional();
export const flag = z.boolean();
export const count = z.number().int().min(0);
/** Any text. The type has the known words. */
export const word = <T extends string>() => z.custom<T>((value) => typeof value === "string", "must be a text");

/** Drops the index signatures of loose objects, so that only declared keys can be read and written. */
export type Known<T> = T extends readonly (infer Item)[]
  ? readonly Known<Item>[]
  : T extends object
    ? { readonly [K in keyof T as string extends K ? (unknown extends T[K] ? never : K) : K]: Known<T[K]> }
    : T;

export const stream = z.looseObject({ domain: text, app: text, stream: text });
export const issue = z.looseObject({ pointer: text, message: text });

/** @see lib/core/build-info.ts */
export const build = z.looseObject({ version: text, commit: optionalText });
