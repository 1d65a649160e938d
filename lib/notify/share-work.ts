/**
 * Lets callers share work that has not begun yet: it then sees everything that each of them wrote before. Work that has begun is shared with nobody,
 * and the next one begins when it has ended.
 *
 * @param work - calls `begin` before its first read.
 */
export function shareWork<T>(work: (begin: () => void) => Promise<T>): () => Promise<T> {
  let queued: Promise<T> | undefined;
  let last: Promise<unknown> = Promise.resolve();
  return () => {
    if (queued) return queued;
    const next = last.then(() =>
      work(() => {
        if (queued === next) queued = undefined;
      }),
    );
    queued = next;
    last = next.catch(() => undefined);
    return next;
  };
}
