/** Saboteur: every call is sent with whatever pair there is, and nobody remembers a refusal. */
import type { Admitted } from "../../lib/huawei/key-guard.ts";

export * from "../../lib/huawei/key-guard.ts";

const permit: Admitted = { end: async () => false };

export const createKeyGuard = () => ({ begin: async (): Promise<Admitted> => permit, alert: (): void => {} });
