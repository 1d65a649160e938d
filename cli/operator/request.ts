import type * as z from "zod";
import type { operatorEventSchema } from "../../lib/operator/contract/request.ts";

type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/** A request of a command. The client adds the id, and the gateway the caller. */
export type OperatorRequest = Without<z.input<typeof operatorEventSchema>, "requestedBy" | "id">;
