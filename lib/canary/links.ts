/** The links of the canary's way. Each has a metric and an alarm, so that the alarm names the broken link. */
import type { MetricName } from "../core/metrics.ts";

export const METRIC_OF_LINK = {
  /** The webhook cannot be reached, or answers with an error of its own. */
  webhook: "CanaryWebhookBroken",
  /** The webhook does not accept the canary's signature, or the secret cannot be read. */
  signature: "CanarySignatureBroken",
  /** Accepted, but the worker did not begin in time: queue, mapping or worker. */
  queue: "CanaryQueueBroken",
  /** The ledger cannot be read or written. */
  ledger: "CanaryLedgerBroken",
  /** The policy or a safeguard decided otherwise. */
  decision: "CanaryDecisionBroken",
  /** Live does not accept the worker's key. */
  key: "CanaryKeyBroken",
  /** Live refuses the call: a right is missing, or the domain is not the user's. */
  rights: "CanaryRightsBroken",
  /** The calls of a minute are used up. */
  rate: "CanaryRateBroken",
  /** Live does not answer, or answers with an error of its own. */
  live: "CanaryLiveBroken",
  /** Live accepted the disable and does not list it. */
  "disable-listed": "CanaryDisableUnlisted",
  /** The stream was not enabled again in time. */
  enable: "CanaryEnableBroken",
  /** Live accepted the enable and still lists the stream. */
  "enable-listed": "CanaryEnableListed",
} as const satisfies Record<string, MetricName>;

export type Link = keyof typeof METRIC_OF_LINK;
export const LINKS = Object.keys(METRIC_OF_LINK) as Link[];
