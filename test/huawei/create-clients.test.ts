import { expect, it } from "@jest/globals";
import { rateLimitsOf, writesAMinute } from "../../lib/huawei/create-clients.ts";
import { liveSettings } from "../support/live-settings.ts";

const documented = liveSettings({ HUAWEI_PROJECT_ID: "p", LIVE_ENDPOINT: "https://live.test" });

it("a minute has room for what its slices let through, so that no estimate is shorter than the rate limit allows", () => {
  // Twelve slices of 17, 171 and 171: a fourteenth each of 240 and 2,400.
  expect(writesAMinute(documented)).toEqual({ pause: 204, disable: 2_052, enable: 1_026 });
});

it("a quota of a few calls has room for one at least", () => {
  expect(writesAMinute({ ...documented, LIVE_QUOTA_BLOCK_ONCE: 1 }).pause).toBeCloseTo(60 / 70);
});

it.each([
  // [users of the worker, users of the audit] → leases a slice, a fourteenth of 80 % of what one user may send a minute
  [[1, 1], { "block-once": 17, "write-blocks": 228, "read-blocks": 171, online: 57, statistics: 5 }],
  // 12,000 ÷ 3 is one user's quota; 6,000 ÷ 5 for reads, 2,000 ÷ 2 for the online list
  [[3, 2], { "block-once": 17, "write-blocks": 228, "read-blocks": 68, online: 57, statistics: 5 }],
  // 12,000 ÷ 8 = 1,500; 6,000 ÷ 16 = 375; 2,000 ÷ 8 = 250
  [[8, 8], { "block-once": 17, "write-blocks": 85, "read-blocks": 21, online: 14, statistics: 5 }],
])(
  "users %p: each has its quota, or its part of the ceiling for all users",
  ([WORKER_USERS = 1, AUDIT_USERS = 1], leases) => {
    const limits = Object.entries(rateLimitsOf({ ...documented, WORKER_USERS, AUDIT_USERS }));
    const budgets = Object.fromEntries(
      limits.map(([quota, { budget, sliceMs }]) => [quota, (budget * 5_000) / sliceMs]),
    );
    expect(Object.keys(budgets)).toEqual(Object.keys(leases));
    for (const [quota, budget] of Object.entries(leases))
      expect([quota, Math.floor(budgets[quota] ?? 0)]).toEqual([quota, budget]);
  },
);
