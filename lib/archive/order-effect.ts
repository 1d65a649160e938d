/** When an order had its effect. */

interface Sent {
  readonly attempts: readonly { readonly at: string; readonly result: string }[];
  readonly sendingSince?: string;
  readonly endedAt?: string;
  readonly placedAt: string;
}

/** The time of the first call that may have had an effect, taken before the call: the stream was off from then or a moment later. */
export const effectAt = ({ attempts, sendingSince, endedAt, placedAt }: Sent): string =>
  attempts.find(({ result }) => result !== "not-done")?.at ?? sendingSince ?? endedAt ?? placedAt;
