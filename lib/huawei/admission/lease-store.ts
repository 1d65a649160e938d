/** The shared counters of leases, and the loans of lanes, as the ledger stores them: one item for each Huawei user and slice of time. */
import type { PriorityLimit, Quota } from "./rate-slices.ts";

/** The counter of one quota in one slice of time. All quotas of a user share one item per slice, unless their slices have other lengths. */
export interface SliceCounter {
  readonly quota: Quota;
  readonly sliceStart: Date;
  /** Default: the usual length. */
  readonly sliceMs?: number;
}

/** Until when a borrowed call of each environment may be in flight, in milliseconds of the clock, or `AHEAD`. */
export type Loans = Readonly<Record<string, number>>;

/** What all quotas of a slice share. */
export interface SharedSlice {
  /** Whether an urgent call took a lease. */
  readonly urgent: boolean;
  readonly loans: Loans;
}

export interface Lease {
  readonly granted: boolean;
  /** Of an urgent lease: all loans of the slice. */
  readonly loans: Loans;
}

/** The shared counters. */
export interface LeaseStore {
  /**
   * Counts one lease, and marks the slice if it is urgent. Nothing is counted if the limit is reached, or if the lease is for a loan and the
   * slice is marked.
   */
  takeLease(
    request: SliceCounter &
      PriorityLimit & {
        readonly urgent: boolean;
        readonly loan?: { readonly environment: string; readonly untilMs: number };
      },
  ): Promise<Lease>;
  /** Reads a slice of the usual length. */
  readSlice(sliceStart: Date): Promise<SharedSlice>;
  /** Notes in a slice that the slice before has a loan. @returns false if an urgent call took a lease of that slice. */
  lendAhead(request: { readonly environment: string; readonly sliceStart: Date }): Promise<boolean>;
  /** Removes the loans of an environment from these slices. */
  endLoans(request: { readonly environment: string; readonly sliceStarts: readonly Date[] }): Promise<void>;
  /** Removes leases from a slice without using them, even more than it has. */
  forfeitLeases(request: SliceCounter & { readonly leases: number }): Promise<void>;
  /** Uses up the budget of these slices. */
  blockSlices(
    request: Omit<SliceCounter, "sliceStart"> & { readonly sliceStarts: readonly Date[]; readonly budget: number },
  ): Promise<void>;
}

/** In the item of a slice: a loan of the slice before, whose time is in that item. */
export const AHEAD = 0;

/** The latest end of these loans, in milliseconds of the clock; 0 if there are none. */
export async function lentUntilMs(loans: Loans, readBefore: () => Promise<{ readonly loans: Loans }>): Promise<number> {
  const ahead = Object.keys(loans).filter((environment) => loans[environment] === AHEAD);
  const before = ahead.length > 0 ? (await readBefore()).loans : {};
  return Math.max(0, ...Object.values(loans), ...ahead.map((environment) => before[environment] ?? 0));
}
