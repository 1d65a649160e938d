/** Sabotages: each replaces a module of offair by a broken one, and the exercise must find it. */
export interface Sabotage {
  /** Path from the root of the repository. */
  readonly module: string;
  readonly replacement: string;
  /** Prefix of the claim that it breaks. */
  readonly breaks: string;
  /** The claim holds only at the end of the day; before that it may fail on any day. */
  readonly isSeenAtTheEnd?: boolean;
  /** It is seen in the archive, so the day has its last audit. */
  readonly isSeenInTheArchive?: boolean;
}

export type Sabotages = Readonly<Record<string, Sabotage>>;

export const GAMEDAY_SABOTAGES: Sabotages = {
  "no-deduplication": {
    module: "lib/reports/report.ts",
    replacement: "test/sabotage/no-deduplication.ts",
    breaks: "a report decides once",
  },
  "outcome-before-call": {
    module: "lib/aws/dynamodb/ledger.ts",
    replacement: "test/sabotage/outcome-before-call.ts",
    breaks: "a report decides once",
  },
  "decides-again": {
    module: "lib/aws/dynamodb/ledger.ts",
    replacement: "test/sabotage/decides-again.ts",
    breaks: "a report decides once",
  },
  "no-order-numbers": {
    module: "lib/orders/order-history.ts",
    replacement: "test/sabotage/no-order-numbers.ts",
    breaks: "every stream is as its newest order",
    isSeenAtTheEnd: true,
  },
  "no-key-breaker": {
    module: "lib/huawei/admission/key-breaker.ts",
    replacement: "test/sabotage/no-key-breaker.ts",
    breaks: "the key is never locked",
  },
  "loses-messages": {
    module: "lib/aws/sqs/queue.ts",
    replacement: "test/sabotage/loses-messages.ts",
    breaks: "nothing accepted is lost",
  },
  "ignores-pushes": {
    module: "lib/worker/handle-republish.ts",
    replacement: "test/sabotage/ignores-pushes.ts",
    breaks: "every re-publish is answered",
  },
  "takes-any-push": {
    module: "lib/orders/push-identity.ts",
    replacement: "test/sabotage/takes-any-push.ts",
    breaks: "a re-publish is another push",
  },
  "verifies-every-pause": {
    module: "lib/aws/dynamodb/ledger.ts",
    replacement: "test/sabotage/verifies-every-pause.ts",
    breaks: "the outcome of a pause",
    isSeenAtTheEnd: true, // before that, a callback that is still to come may prove the pause
  },
  "denies-orders": {
    module: "lib/audit/drift/drift.ts",
    replacement: "test/sabotage/denies-orders.ts",
    breaks: "no order of offair",
    isSeenAtTheEnd: true,
    isSeenInTheArchive: true,
  },
  "no-lease": {
    module: "lib/huawei/admission/rate-leases.ts",
    replacement: "test/sabotage/no-lease.ts",
    breaks: "no sliding minute over",
  },
};

export const DRILL_SABOTAGES: Sabotages = {
  "no-lanes": {
    module: "lib/huawei/admission/pool.ts",
    replacement: "test/sabotage/no-lanes.ts",
    breaks: "never more than",
  },
  "ignores-cancel": {
    module: "lib/worker/handle-operator-order.ts",
    replacement: "test/sabotage/ignores-cancel.ts",
    breaks: "undone while it ran",
  },
};
