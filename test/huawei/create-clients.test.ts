import { expect, it } from "@jest/globals";
import { type LiveSettings, writesAMinute } from "../../lib/huawei/create-clients.ts";

const documented: LiveSettings = {
  ...{ HUAWEI_PROJECT_ID: "p", LIVE_ENDPOINT: "https://live.test", LIVE_SECRET_ID: "s" },
  ...{ LIVE_TIMEOUT_MS: 3_000, LIVE_LOCK_S: 300, LIVE_QUOTA_SHARE: 0.8 },
  ...{ LIVE_QUOTA_BLOCK_ONCE: 300, LIVE_QUOTA_WRITE_BLOCKS: 4_000 },
  ...{ LIVE_QUOTA_READ_BLOCKS: 3_000, LIVE_QUOTA_ONLINE: 1_000, LIVE_QUOTA_STATISTICS: 100 },
};

it("a minute has room for what its slices let through, so that no estimate is shorter than the rate limit allows", () => {
  // Twelve slices of 17, 171 and 171: a fourteenth each of 240 and 2,400.
  expect(writesAMinute(documented)).toEqual({ pause: 204, disable: 2_052, enable: 1_026 });
});

it("a quota of a few calls has room for one at least", () => {
  expect(writesAMinute({ ...documented, LIVE_QUOTA_BLOCK_ONCE: 1 }).pause).toBeCloseTo(60 / 70);
});
