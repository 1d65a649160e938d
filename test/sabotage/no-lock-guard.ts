/** Saboteur: every call is sent with whatever pair there is, and nobody remembers a refusal. */
import {
  type Admitted,
  createKeyGuard as createRightGuard,
  type KeyGuardDeps,
} from "../../lib/huawei/admission/key-breaker.ts";

export * from "../../lib/huawei/admission/key-breaker.ts";

const permit: Admitted = { end: async () => false };

export const createKeyGuard = (deps: KeyGuardDeps): ReturnType<typeof createRightGuard> => ({
  ...createRightGuard(deps),
  begin: async () => permit,
});
