/** Four sizes of platform, for docs/cost.md. Shares are of the reports: what is left is ignored. */
import type { Platform } from "./month.ts";

const shares = { reviewed: 0.05, paused: 0.02, disabled: 0.01 };

export const PLATFORMS: readonly Platform[] = [
  {
    ...{ name: "small", reportsADay: 100, shares: { reviewed: 0.2, paused: 0.1, disabled: 0.02 }, ordersADay: 1 },
    ...{ batchesAMonth: 0, disabledStreams: 20, furtherSecrets: 1, isWithCanary: false },
  },
  {
    ...{ name: "medium", reportsADay: 5_000, shares, ordersADay: 10 },
    ...{ batchesAMonth: 1, disabledStreams: 1_000, furtherSecrets: 2, isWithCanary: true },
  },
  {
    ...{ name: "large", reportsADay: 50_000, shares, ordersADay: 50 },
    ...{ batchesAMonth: 4, disabledStreams: 10_000, furtherSecrets: 5, isWithCanary: true },
  },
  {
    ...{ name: "very large", reportsADay: 500_000, shares, ordersADay: 200 },
    ...{ batchesAMonth: 20, disabledStreams: 100_000, furtherSecrets: 12, isWithCanary: true },
  },
];
