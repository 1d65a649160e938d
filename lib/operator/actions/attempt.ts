/** One attempt to carry out a request. Its order id and time are those of every attempt, so that a repeated write is the same write. */
export interface RequestAttempt {
  /** The order id of what the request makes. */
  readonly orderId: string;
  /** When the first attempt began: the time of everything that the request stores. */
  readonly at: Date;
  /** An earlier attempt was interrupted, and may have done a part. */
  readonly isRepeated: boolean;
}
