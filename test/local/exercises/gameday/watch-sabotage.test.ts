import { expect, it } from "@jest/globals";
import { watchSabotage } from "../../../../local/exercises/gameday/watch-sabotage.ts";
import { at, goodDay, withItem } from "./good-day.ts";

const broken = withItem(1, { endedAt: at(1_200) }); // its outcome was written before the call
const brokenElsewhere = withItem(2, { endedAt: at(1_200) });

/** What the looks answer that are made two seconds apart, one for each state of the evidence. */
async function looks(sabotage: string, days: readonly ReturnType<typeof goodDay>[]): Promise<boolean[]> {
  let nowMs = 0;
  const left = [...days];
  const look = watchSabotage(
    sabotage,
    async () => left.shift() ?? goodDay(),
    () => nowMs,
  );
  const answers: boolean[] = [];
  for (const _ of days) {
    nowMs += 2_000;
    answers.push(await look());
  }
  return answers;
}

it("finds a saboteur when the same evidence is there at two looks in a row", async () => {
  expect(await looks("outcome-before-call", [goodDay(), broken, broken, goodDay()])).toEqual([
    false,
    false,
    true,
    true,
  ]);
});

it("is not content with evidence that is gone at the next look, nor with that of another check", async () => {
  expect(await looks("outcome-before-call", [broken, goodDay(), broken, brokenElsewhere])).not.toContain(true);
  expect(await looks("no-lease", [broken, broken, broken])).not.toContain(true);
});

it("waits for the end of the day where the claim is about that", async () => {
  const missing = {
    ...goodDay(),
    ledger: goodDay().ledger.filter(({ number, pk }) => number !== 3 && !pk.startsWith("OPERATOR#")),
  };
  expect(await looks("no-order-numbers", [missing, missing, missing])).not.toContain(true);
});
