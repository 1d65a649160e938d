import * as z from "zod";

export const orderIdSchema = z.string().regex(/^op-[0-9a-f-]{36}$/, "must be an order id");
