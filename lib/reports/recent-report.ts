import type { Category } from "./claim.ts";

/**
 * A report of a stream, kept for as long as it can corroborate another one. One entry per source, reporter and category, so that a reporter
 * who reports often cannot push the others out.
 */
export interface RecentReport {
  /** `source#id` of its newest report. */
  readonly key: string;
  readonly source: string;
  readonly category: Category;
  readonly receivedAt: string;
  readonly reporterHash?: string;
  /** DynamoDB deletes the entry after this time. */
  readonly expiresAt: string;
}
