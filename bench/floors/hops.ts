/**
 * What a report that disables its stream asks of the ledger, in its order: `time-to-off` counts ours before it times anything, and refuses
 * to run where this is not the same. Those of one line are under way together; what is dated is in the index by time as well.
 */
export type Hop = "get" | "query" | "put" | "put dated" | "update" | "update dated";
type Hops = readonly (readonly Hop[])[];

/** Before Live is asked to disable the stream. */
export const BEFORE_THE_CALL: Hops = [
  ["get", "get"], // the mode, and the report
  ["query"], // the stream's orders
  ["get"], // the number of live streams
  ["put"], // a place within the limits
  ["put dated"], // the decision
  ["query"], // the stream's orders, to give the order its number
  ["put dated"], // the order
  ["update"], // the lock
  ["query"], // the orders, under the lock
  ["update dated"], // the intent
  ["update"], // the lease of the call
];
/** Before its list is asked whether the stream stands there: the lease of that call. */
export const BEFORE_THE_LOOK: Hops = [["update"]];
export const AFTER_THE_LOOK: Hops = [
  ["update dated"], // the order's outcome
  ["update"], // the lock is given back
  ["update dated"], // the report's outcome
];

/** What the floor's report carries beside the report itself: its two calls of Live, signed before. */
export interface SignedCall {
  /** `X-Sdk-Date` */
  readonly date: string;
  readonly authorization: string;
}
export interface SignedCalls {
  readonly resumeTime: string;
  readonly disable: SignedCall;
  readonly look: SignedCall;
}
