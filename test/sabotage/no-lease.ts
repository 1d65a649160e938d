/** Saboteur: every call goes out at once, whatever the minute has held already. */
import { createLeases as createRightLeases, type LeaseDeps } from "../../lib/huawei/admission/rate-leases.ts";

export * from "../../lib/huawei/admission/rate-leases.ts";

export const createLeases = (deps: LeaseDeps): ReturnType<typeof createRightLeases> => ({
  ...createRightLeases(deps),
  take: async () => undefined,
  throttled: async () => {},
});
