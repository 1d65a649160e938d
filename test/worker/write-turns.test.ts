import { setImmediate as turn } from "node:timers/promises";
import { beforeEach, describe, expect, it } from "@jest/globals";
import { SECOND_MS } from "../../lib/core/time.ts";
import { createTurns, type EndTurn, type TurnGroup, type Turns } from "../../lib/worker/write-turns.ts";
import { NOON } from "../support/fixtures.ts";

let clock: number;
let turns: Turns;
let group: TurnGroup;
let ends: EndTurn[];
beforeEach(() => {
  clock = NOON.getTime();
  turns = createTurns(2, () => new Date(clock));
  group = turns.join();
  ends = [];
});
const take = (of = group) => of.take().then((end) => void ends.push(end));

describe("a turn", () => {
  it("is for so many at once, and passes to the next in line when one ends, once", async () => {
    const all = [take(), take(), take(), take()];
    await turn();
    expect(ends).toHaveLength(2);
    ends[0]?.();
    ends[0]?.();
    await turn();
    expect(ends).toHaveLength(3);
    ends[1]?.();
    await Promise.all(all);
  });

  it("is not given so late that its order might not end in this invocation; the turn passes on", async () => {
    await Promise.all([take(), take()]);
    const late = [take(), take()].map((each) =>
      expect(each).rejects.toMatchObject({ code: "ERR_BUSY", retryable: true }),
    );
    clock += 23 * SECOND_MS;
    ends[0]?.();
    await Promise.all(late);
    await take();
    expect(ends).toHaveLength(3);
  });

  it("that would come too late at the pace of those before is refused as soon as that pace is known", async () => {
    let refused = 0;
    const all = Array.from({ length: 40 }, () => take().catch(() => void refused++));
    const endOne = async () => {
      clock += 0.6 * SECOND_MS;
      ends.shift()?.();
      await turn();
    };
    await turn();
    for (let count = 0; count < 9; count++) await endOne();
    expect(refused).toBe(0); // 4.8 s after the first end tell nothing yet
    await endOne();
    expect(refused).toBe(40 - 2 - 9 - Math.floor((20 - 6) / 0.6));
    while (ends.length > 0) await endOne();
    await Promise.all(all);
    expect(clock).toBeLessThan(NOON.getTime() + 21.5 * SECOND_MS);
  });

  it("to end an order is beside those to write: the stream of the order is locked", async () => {
    const all = [take(), take(), take()];
    const toEnd = await Promise.all([turns.takeToEnd(), turns.takeToEnd()]);
    const third = turns.takeToEnd();
    for (const end of [...toEnd, ...ends]) end();
    await Promise.all([...all, third]);
  });
});

describe("a group", () => {
  const watch = (of: TurnGroup) => {
    const watched = { isOver: false, over: Promise.resolve() };
    watched.over = of.allEnded().then(() => {
      watched.isOver = true;
    });
    return watched;
  };

  it("has ended when none of its turns is taken or waited for", async () => {
    await group.allEnded();
    const all = [take(), take(), take()];
    const ended = watch(group);
    await turn();
    ends[0]?.();
    ends[1]?.();
    await Promise.all(all);
    expect(ended.isOver).toBe(false);
    ends[2]?.();
    await ended.over;
  });

  it("is of three packs, and waits for no other one", async () => {
    await take();
    expect(new Set([turns.join(), turns.join()])).toEqual(new Set([group]));
    const next = turns.join();
    expect(next).not.toBe(group);
    await take(next);
    expect(turns.join()).toBe(next);
    ends[0]?.();
    await group.allEnded();
  });

  it("takes no pack any more once it has ended", async () => {
    await take();
    ends[0]?.();
    expect(turns.join()).not.toBe(group);
  });
});
