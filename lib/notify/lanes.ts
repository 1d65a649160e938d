/** A lane for each subscriber: as many calls at a time, so that a subscriber that is slow is waited for by its own events only. */

/** Calls to one subscriber at a time. */
const WIDTH = 8;

export type Lanes = <T>(name: string, work: () => Promise<T>) => Promise<T>;

export function createLanes(width = WIDTH): Lanes {
  const lanes = new Map<string, { free: number; readonly waiting: (() => void)[] }>();

  return async (name, work) => {
    const lane = lanes.get(name) ?? { free: width, waiting: [] };
    lanes.set(name, lane);
    if (lane.free > 0) lane.free -= 1;
    else await new Promise<void>((resolve) => lane.waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = lane.waiting.shift();
      if (next) next();
      else lane.free += 1;
    }
  };
}
