/** As many calls at a time for each name, so that a subscriber that is slow is waited for by its own events only. */

const AT_ONCE = 8;

export type CallLimit = <T>(name: string, call: () => Promise<T>) => Promise<T>;

export function createCallLimit(atOnce = AT_ONCE): CallLimit {
  const names = new Map<string, { free: number; readonly waiting: (() => void)[] }>();

  return async (name, call) => {
    const calls = names.get(name) ?? { free: atOnce, waiting: [] };
    names.set(name, calls);
    if (calls.free > 0) calls.free -= 1;
    else await new Promise<void>((resolve) => calls.waiting.push(resolve));
    try {
      return await call();
    } finally {
      const next = calls.waiting.shift();
      if (next) next();
      else calls.free += 1;
    }
  };
}
