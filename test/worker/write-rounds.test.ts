import { setImmediate as turn } from "node:timers/promises";
import { beforeEach, describe, expect, it } from "@jest/globals";
import { SECOND_MS } from "../../lib/core/time.ts";
import { createRounds, type Place, type Rounds } from "../../lib/worker/write-rounds.ts";
import { NOON } from "../support/fixtures.ts";

let clock: number;
let rounds: Rounds;
let entered: Place[];
beforeEach(() => {
  clock = NOON.getTime();
  rounds = createRounds(() => new Date(clock));
  entered = [];
});
const enter = () => rounds.enter().then((place) => void entered.push(place));
const leaveAll = () => entered.forEach((place) => void place.leave());

describe("a round", () => {
  it("lets two packs write at once, and the next one when one of them has written", async () => {
    const all = [enter(), enter(), enter(), enter()];
    await turn();
    expect(entered).toHaveLength(2);
    entered[0]?.written();
    await turn();
    expect(entered).toHaveLength(3);
    entered[1]?.written();
    entered[1]?.leave();
    await Promise.all(all);
  });

  it("is writing until every pack of the round has written, so that verification waits for all of them", async () => {
    expect(rounds.isWriting()).toBe(false);
    await enter();
    expect(rounds.isWriting()).toBe(true);
    entered[0]?.written();
    entered[0]?.written();
    expect(rounds.isWriting()).toBe(false);
  });

  it("admits no pack after four seconds: a later pack writes when the round has been verified", async () => {
    await Promise.all([enter(), enter()]);
    clock += 4 * SECOND_MS;
    const late = enter();
    for (const place of entered) place.written();
    await turn();
    entered[0]?.leave();
    await turn();
    expect(entered).toHaveLength(2);
    entered[1]?.leave();
    await late;
    expect(entered).toHaveLength(3);
  });

  it("admits the next pack also when one leaves without having written", async () => {
    await Promise.all([enter(), enter()]);
    const next = [enter(), enter()];
    leaveAll();
    await Promise.all(next);
  });

  it("returns a pack to the queue that waited so long that it might not end in this invocation", async () => {
    await enter();
    await enter();
    const late = expect(enter()).rejects.toMatchObject({ code: "ERR_BUSY", retryable: true });
    clock += 13 * SECOND_MS;
    leaveAll();
    await late;
  });
});
