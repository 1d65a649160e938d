/** Saboteur: every call is sent with whatever pair there is, and nobody remembers a refusal. */
import {
  type Admitted,
  createKeyBreaker as createRightGuard,
  type KeyBreakerDeps,
} from "../../lib/huawei/admission/key-breaker.ts";

export * from "../../lib/huawei/admission/key-breaker.ts";

const permit: Admitted = { end: async () => false };

export const createKeyBreaker = (deps: KeyBreakerDeps): ReturnType<typeof createRightGuard> => ({
  ...createRightGuard(deps),
  begin: async () => permit,
});
