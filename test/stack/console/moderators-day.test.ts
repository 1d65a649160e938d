/**
 * Three moderators at once in three browsers, one of them killed in the middle: each verdict in the ledger is the one that was clicked, no
 * case is decided twice, nobody sees a case that another person has, and each decides at least forty cases a minute.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "@jest/globals";
import type { Page } from "playwright-core";
import { until } from "../../../local/demo/scene.ts";
import { OPERATORS } from "../../../local/demo/world.ts";
import { diceOf } from "../../support/dice.ts";
import { describeInBrowser, type Person, streamOf, useStackConsole } from "./harness.ts";
import { type Clicked, moderate, type Shift } from "./moderator.ts";

const DEPTH = process.env.TEST_DEPTH || "quick";
const CASES = DEPTH === "quick" ? 30 : DEPTH === "full" ? 60 : 200;
/** Alone on its machine, for a person who looks at the figures: the rate is asserted, and the hold of the killed one is waited for. */
const IS_NIGHTLY = DEPTH === "nightly";
const AT_LEAST_A_MINUTE = 40;
const SEED = 20_261_201;
/** A hold of five minutes, and the margin of the clocks. */
const HELD_MS = 6 * 60_000;
const EVERY_MS = 10_000;
const PATIENCE_MS = 200_000;

const consoles = useStackConsole();

interface Given extends Clicked {
  readonly by: Person;
}

describeInBrowser("three moderators", () => {
  it(`decide ${CASES} cases, one of them killed in the middle`, async () => {
    const names = Array.from({ length: CASES }, (_, index) => `day-${index}`);
    consoles.push(...names);
    const keys = new Set<string>();
    for (const name of names) keys.add(await consoles.report(streamOf(name), { reason: `what ${name} does` }, name));
    await until("all cases wait", async () => ((await waiting()).length >= CASES ? true : undefined), PATIENCE_MS);

    /** The latest decision on each case, by the clicks. */
    const given = new Map<string, Given>();
    const shownTo = new Map<string, Set<Person>>();
    const lost = new Set<string>(); // decisions of the killed one that nobody knows the fate of
    const seen = (key: string, by: Person) => shownTo.set(key, (shownTo.get(key) ?? new Set()).add(by));
    const orders = (by: Person, roll: number, mayGoOn = () => true) => ({
      roll: diceOf(SEED + roll),
      onShown(key: string) {
        seen(key, by);
        return mayGoOn();
      },
      onClicked(key: string, clicked: Clicked) {
        expect(given.has(key) && !lost.has(key)).toBe(false);
        given.set(key, { ...clicked, by });
      },
    });

    // Three at once are served, a fourth request may be refused: what is only read then fails, and is read again.
    const mayFail = { mayFail: true };
    const [alice, bob] = [await consoles.open("alice", mayFail), await consoles.open("bob", mayFail)];
    const running = await consoles.start("carol");
    const carol = await consoles.open(running, mayFail);
    for (const { press } of [alice, bob, carol]) await press("d");
    let left = Math.floor(CASES / 6);
    const [one, two, three] = await Promise.all([
      moderate(alice, orders("alice", 1)),
      moderate(bob, orders("bob", 2)),
      moderate(
        carol,
        orders("carol", 3, () => {
          left -= 1;
          return left >= 0;
        }),
      ).then(async (shift) => {
        await running.stop(); // SIGKILL; what was not sent within its five seconds is lost
        await carol.close();
        carol.events.length = 0; // that the command is gone
        for (const [key] of shift.clicked) if ((await caseOf(key))?.verdict === undefined) lost.add(key);
        return shift;
      }),
    ]);

    const shifts: [Person, Shift][] = [
      ["alice", one],
      ["bob", two],
      ["carol", three],
    ];
    const rates: number[] = [];
    for (const [person, { clicked, decidedInMs }] of shifts) {
      const perMinute = (clicked.length * 60_000) / decidedInMs;
      console.log(`${person}: ${clicked.length} decisions, ${Math.round(perMinute)} a minute`);
      rates.push(perMinute);
    }

    for (const { page } of [alice, bob]) await settled(page);
    // What carol held waits for her, or for others once the hold is over.
    const hers = await waiting();
    expect(hers.length).toBeGreaterThan(0);
    for (const { holder } of hers) expect(holder?.by).toBe(OPERATORS.carol.arn);
    for (const key of lost) expect(hers.map((each) => each.key)).toContain(key);
    if (!IS_NIGHTLY) {
      const again = await consoles.open(await consoles.start("carol"), mayFail);
      await again.press("d");
      await moderate(again, orders("carol", 4));
      await settled(again.page);
    } else {
      const endsAt = performance.now() + HELD_MS + EVERY_MS;
      while ((await waiting()).length > 0 && performance.now() < endsAt) {
        await bob.press("d");
        await moderate(bob, orders("bob", 5));
        await sleep(EVERY_MS);
      }
    }
    for (const { page } of [alice, bob]) await settled(page);

    expect(await waiting()).toEqual([]);
    for (const key of keys) {
      const found = await caseOf(key);
      const clicked = given.get(key);
      const { verdict, reason, action, by, at } = found?.verdict ?? {};
      expect({ key, verdict, reason, action, by }).toEqual({
        ...{ key, verdict: clicked?.verdict, reason: clicked?.reason, action: clicked?.action },
        by: clicked && OPERATORS[clicked.by].arn,
      });
      expect(found?.earlierVerdicts).toEqual([]);
      expect(Date.parse(at ?? "")).toBeLessThan(Date.parse(found?.dueAt ?? "")); // nothing was overdue
    }
    const twice = [...shownTo].filter(([, people]) => people.size > 1).map(([key]) => key);
    expect(twice.filter((key) => !shownTo.get(key)?.has("carol"))).toEqual([]);

    for (const { page } of [alice, bob]) await printMeasured(page);
    if (IS_NIGHTLY) expect(Math.min(...rates)).toBeGreaterThanOrEqual(AT_LEAST_A_MINUTE);
  });
});

/** Every decision is answered, and none came back. */
async function settled(page: Page): Promise<void> {
  await page.locator(".outbox").waitFor({ state: "detached" });
  expect(await page.locator(".returned").count()).toBe(0);
}

async function printMeasured(page: Page): Promise<void> {
  const measured: number[] = await page.evaluate(
    "performance.getEntriesByName('offair-next-case').map((each) => each.duration)",
  );
  const sorted = measured.toSorted((a, b) => a - b);
  const at = (share: number): number => Math.round(sorted[Math.floor((sorted.length - 1) * share)] ?? 0);
  console.log(`from a decision to the next case: median ${at(0.5)} ms, p95 ${at(0.95)} ms of ${sorted.length}`);
}

async function waiting() {
  const found = [];
  for (let after: string | undefined; ; ) {
    const answer = await asked({ action: "review", ...(after !== undefined && { after }) });
    found.push(...(answer.reviews ?? []));
    if (answer.next === undefined) return found;
    after = answer.next;
  }
}

const caseOf = async (report: string) => (await asked({ action: "case", report })).case;

/** The gateway throttles, and a person asks again. */
const asked = (request: object) =>
  until("the deployment answers", async () => {
    const answer = await consoles.ask("alice", request);
    return answer.ok ? answer : undefined;
  });
