/** Faults of offair itself: a module swapped for a broken one. The scorecard must find each of them. */
export interface Sabotage {
  /** What is replaced, and by what; both named from the top. */
  readonly module: string;
  readonly replacement: string;
  /** The number of the invariant that breaks. */
  readonly breaks: number;
}

export const SABOTAGES: Readonly<Record<string, Sabotage>> = {
  "no-deduplication": {
    module: "lib/reports/report.ts",
    replacement: "test/sabotage/no-deduplication.ts",
    breaks: 4,
  },
  "outcome-before-call": {
    module: "lib/aws/dynamodb/ledger.ts",
    replacement: "test/sabotage/outcome-before-call.ts",
    breaks: 4,
  },
  "decides-again": { module: "lib/aws/dynamodb/ledger.ts", replacement: "test/sabotage/decides-again.ts", breaks: 4 },
  "no-order-numbers": {
    module: "lib/orders/order-history.ts",
    replacement: "test/sabotage/no-order-numbers.ts",
    breaks: 11,
  },
  "no-key-breaker": {
    module: "lib/huawei/admission/key-breaker.ts",
    replacement: "test/sabotage/no-key-breaker.ts",
    breaks: 6,
  },
  "no-lease": { module: "lib/huawei/admission/rate-leases.ts", replacement: "test/sabotage/no-lease.ts", breaks: 7 },
};
