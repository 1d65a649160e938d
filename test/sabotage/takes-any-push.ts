/** Saboteur: every callback after a cut reports another push than the one that was cut, however late it comes. */
import type { beganWhen as compareRightly } from "../../lib/orders/push-identity.ts";

export * from "../../lib/orders/push-identity.ts";

export const beganWhen: typeof compareRightly = () => "after";
