/** Saboteur: every call goes out at once, whatever the minute has held already. */
export * from "../../lib/huawei/leases.ts";

export const createLeases = () => ({
  take: async (): Promise<void> => {},
  throttled: async (): Promise<void> => {},
  accepted: (): void => {},
});
