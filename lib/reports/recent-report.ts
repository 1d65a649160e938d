import type { Category } from "./claim.ts";

/**
 * That somebody said something of a stream, for as long as a rule may ask for others beside a report. One entry a voice (a source, its
 * reporter and a category), however often it speaks: nobody hides the others by speaking often.
 */
export interface RecentReport {
  /** `source#id` of its newest report. */
  readonly key: string;
  readonly source: string;
  readonly category: Category;
  readonly receivedAt: string;
  readonly reporterHash?: string;
  /** Then it is forgotten. */
  readonly expiresAt: string;
}
