import * as z from "zod";

/** The id of an operator's request. The sender makes it, and sends it with every attempt of the request: a UUID. */
export const requestIdSchema = z.string().regex(/^[0-9a-f-]{36}$/, "must be a UUID in lower case");

export const ORDER_ID = /op-[0-9a-f-]{36}/;
export const orderIdSchema = z.string().regex(new RegExp(`^${ORDER_ID.source}$`), "must be an order id");

/** The order id of the orders or the plan that a request makes. */
export const orderIdOf = (requestId: string): string => `op-${requestId}`;

/** Digits of an order id that a prefix has at least: fewer would soon be ambiguous. */
export const MIN_PREFIX_DIGITS = 4;

/** The beginning of an order id. */
export const orderPrefixSchema = z
  .string()
  .regex(
    /^op-[0-9a-f-]{4,36}$/,
    `must be the beginning of an order id, with ${MIN_PREFIX_DIGITS} characters after op-`,
  );
