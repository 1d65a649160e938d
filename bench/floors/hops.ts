/**
 * The ledger operations of a report that disables its stream, in order. `time-to-off` counts offair's before it measures, and refuses
 * to run if they differ. The operations of one line run concurrently; *dated* items are also in the index by time.
 */
export type Hop = "get" | "query" | "put" | "put dated" | "update" | "update dated";
type Hops = readonly (readonly Hop[])[];

/** Before the call that disables the stream. */
export const BEFORE_THE_CALL: Hops = [
  ["get", "get"], // the mode, and the report
  ["query"], // the stream's orders
  ["get"], // the number of live streams
  ["put"], // a place within the limits
  ["put dated", "put"], // the decision, and who reported
  ["query"], // the stream's orders, to give the order its number
  ["put dated"], // the order
  ["update"], // the lock
  ["query"], // the orders, under the lock
  ["update dated"], // the intent
  ["update"], // the lease of the call
];
/** Before the read of Live's list: the lease of that call. */
export const BEFORE_THE_LOOK: Hops = [["update"]];
export const AFTER_THE_LOOK: Hops = [
  ["update dated"], // the order's outcome
  ["update"], // releases the lock
  ["update dated"], // the report's outcome
];

/** The additional content of the floor's report: its two calls to Live, signed in advance. */
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
