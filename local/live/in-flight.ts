/** Counts the calls of each Huawei user that are in flight: from their arrival until the answer is sent, or the caller has disconnected. */
export function createInFlight() {
  const now = new Map<string, number>();
  const most = new Map<string, number>();
  return {
    /** @returns the user's calls in flight, with this one; and `end`, which may be called more than once. */
    begin(user: string): { count: number; end: () => void } {
      const count = (now.get(user) ?? 0) + 1;
      now.set(user, count);
      most.set(user, Math.max(count, most.get(user) ?? 0));
      let isOver = false;
      const end = () => {
        if (!isOver) now.set(user, (now.get(user) ?? 1) - 1);
        isOver = true;
      };
      return { count, end };
    },
    /** The most at a time, by user. */
    most: (): Record<string, number> => Object.fromEntries(most),
  };
}
