/** A request as a client writes it: the client adds the id when it sends the request, and the gateway the caller. */
import type * as z from "zod";
import type { operatorEventSchema } from "./request.ts";

type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

export type OperatorRequest = Without<z.input<typeof operatorEventSchema>, "requestedBy" | "id">;
