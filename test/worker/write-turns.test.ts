import { setImmediate as turn } from "node:timers/promises";
import { beforeEach, describe, expect, it } from "@jest/globals";
import { SECOND_MS } from "../../lib/core/time.ts";
import { createTurns, type Turns } from "../../lib/worker/write-turns.ts";
import { NOON } from "../support/fixtures.ts";

let clock: number;
let turns: Turns;
let ends: (() => void)[];
beforeEach(() => {
  clock = NOON.getTime();
  turns = createTurns(2, () => new Date(clock));
  ends = [];
});
const take = () => turns.take().then((end) => void ends.push(end));

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
    clock += 16 * SECOND_MS;
    const next = take();
    ends[0]?.();
    await Promise.all([...late, next]);
    expect(ends).toHaveLength(3);
  });
});

it("all have ended when none is taken or waited for", async () => {
  await turns.allEnded();
  const all = [take(), take(), take()];
  let areEnded = false;
  const ended = turns.allEnded().then(() => {
    areEnded = true;
  });
  await turn();
  ends[0]?.();
  ends[1]?.();
  await Promise.all(all);
  expect(areEnded).toBe(false);
  ends[2]?.();
  await ended;
});
