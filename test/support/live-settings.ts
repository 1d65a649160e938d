/** The settings of the Live clients as deployed: Live's documented quotas, one Huawei user in each pool. */
import type { LiveSettings } from "../../lib/huawei/create-clients.ts";

export const liveSettings = (
  more: Partial<LiveSettings> & Pick<LiveSettings, "HUAWEI_PROJECT_ID" | "LIVE_ENDPOINT">,
): LiveSettings => ({
  ...{ LIVE_USER: "worker", LIVE_SECRET_PREFIX: "live/", WORKER_USERS: 1, AUDIT_USERS: 1 },
  ...{ LIVE_TIMEOUT_MS: 4_000, LIVE_LOCK_S: 300, LIVE_QUOTA_SHARE: 0.8 },
  ...{ LIVE_QUOTA_BLOCK_ONCE: 300, LIVE_QUOTA_WRITE_BLOCKS: 4_000, LIVE_QUOTA_READ_BLOCKS: 3_000 },
  ...{ LIVE_QUOTA_ONLINE: 1_000, LIVE_QUOTA_STATISTICS: 100 },
  ...{ LIVE_CEILING_BLOCK_ONCE: 3_000, LIVE_CEILING_WRITE_BLOCKS: 12_000 },
  ...{ LIVE_CEILING_READ_BLOCKS: 6_000, LIVE_CEILING_ONLINE: 2_000 },
  ...more,
});

/** No call is ever refused for its rate. */
export const UNLIMITED = {
  ...{ LIVE_QUOTA_BLOCK_ONCE: 100_000, LIVE_QUOTA_WRITE_BLOCKS: 100_000, LIVE_QUOTA_READ_BLOCKS: 100_000 },
  ...{ LIVE_QUOTA_ONLINE: 100_000, LIVE_QUOTA_STATISTICS: 100_000 },
  ...{ LIVE_CEILING_BLOCK_ONCE: 1_000_000, LIVE_CEILING_WRITE_BLOCKS: 1_000_000 },
  ...{ LIVE_CEILING_READ_BLOCKS: 1_000_000, LIVE_CEILING_ONLINE: 1_000_000 },
};
