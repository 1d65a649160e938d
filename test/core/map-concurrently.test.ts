import { describe, expect, it } from "@jest/globals";
import { mapConcurrently } from "../../lib/core/map-concurrently.ts";

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("mapConcurrently", () => {
  it("returns the results in the order of the items, whichever is first", async () => {
    const map = async (item: number, index: number): Promise<string> => {
      for (let turns = 5 - item; turns > 0; turns--) await turn();
      return `${index}:${item}`;
    };
    expect(await mapConcurrently([1, 2, 3, 4, 5], 3, map)).toEqual(["0:1", "1:2", "2:3", "3:4", "4:5"]);
    expect(await mapConcurrently([], 3, map)).toEqual([]);
  });

  it("makes no more calls at a time than allowed, and as many", async () => {
    let running = 0;
    let most = 0;
    await mapConcurrently([...Array(20).keys()], 4, async () => {
      running += 1;
      most = Math.max(most, running);
      await turn();
      running -= 1;
    });
    expect(most).toBe(4);
  });

  it("rejects with the first error, and starts no further call", async () => {
    const begun: number[] = [];
    const map = async (item: number): Promise<void> => {
      begun.push(item);
      await turn();
      if (item === 1) throw new Error("the second");
    };
    await expect(mapConcurrently([0, 1, 2, 3, 4, 5, 6, 7], 2, map)).rejects.toThrow("the second");
    for (let turns = 0; turns < 10; turns++) await turn();
    expect(begun.length).toBeLessThan(5);
  });
});
