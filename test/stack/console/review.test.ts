/** A moderator's story by keyboard only, in a browser against the local stack: each verdict is in the ledger as it was typed. */
import { expect, it } from "@jest/globals";
import type { Page } from "playwright-core";
import { until } from "../../../local/demo/scene.ts";
import { OPERATORS } from "../../../local/demo/world.ts";
import { describeInBrowser, useStackConsole } from "./harness.ts";

const consoles = useStackConsole();

const GUARD_MS = 400;
const caseOn = (page: Page, key: string) => page.locator(`article[data-case="${key}"]`);
async function seen(page: Page, key: string): Promise<void> {
  await caseOn(page, key).waitFor();
  await page.waitForTimeout(GUARD_MS); // nobody presses a key for a case within this time
}

/** As the ledger has it. */
async function verdictOf(report: string) {
  const { case: found } = await consoles.ask("alice", { action: "case", report });
  const { verdict, reason, by, action } = found?.verdict ?? {};
  return { verdict, reason, by, action };
}
/** A decision waits for five seconds, and the machine may be busy. */
const PATIENCE_MS = 60_000;
const decided = (report: string) =>
  until(
    `${report} has a verdict`,
    async () => {
      const verdict = await verdictOf(report);
      return verdict.verdict === undefined ? undefined : verdict;
    },
    PATIENCE_MS,
  );
const by = OPERATORS.alice.arn;

describeInBrowser("a moderator", () => {
  it("decides, takes back, notes, skips, asks another person, and takes a verdict back, by keys", async () => {
    const [toy, raid, other, last] = ["toy", "raid", "other", "last"] as const;
    consoles.push(raid);
    const keys: Record<string, string> = {};
    for (const name of [toy, raid, other, last]) {
      keys[name] = await consoles.reportForReview(name, { reason: `a rifle of ${name} on the table` }, `case-${name}`);
    }
    const keyOf = (name: string): string => keys[name] ?? "";
    const { page, press } = await consoles.open("alice");
    await page.getByText("4 cases wait.").waitFor();
    await press("d");

    await seen(page, keyOf(toy));
    expect(await page.locator("blockquote").first().innerText()).toBe("a rifle of toy on the table");
    await press("n");
    await page.keyboard.type("looks like a toy");
    await press("Enter");
    await page.locator("article").getByText("looks like a toy").waitFor();
    await page.waitForTimeout(GUARD_MS);
    await press("r", "1");
    await seen(page, keyOf(raid));
    await press("u");
    await seen(page, keyOf(toy));
    await press("r", "t");
    await page.keyboard.type("a toy of plastic");
    await press("Enter");
    expect(await verdictOf(keyOf(toy))).toEqual({});

    await seen(page, keyOf(raid));
    await page.getByText(/^LIVE/).waitFor();
    await press("a", "d");
    await page.getByText(/^APPROVE: disable until/).waitFor();
    await page.waitForTimeout(GUARD_MS);
    await press("1");
    await seen(page, keyOf(other));
    await press("s");
    await seen(page, keyOf(last));
    await press("o");
    await page.keyboard.type("is it the same person?");
    await press("Enter");
    await page.getByRole("heading", { name: "No case waits for you." }).waitFor();
    await page.getByText("1 was skipped by you.").waitFor();
    await page.getByText("1 waits for another person's opinion").waitFor();

    expect(await decided(keyOf(toy))).toEqual({
      verdict: "rejected",
      reason: "a toy of plastic",
      by,
      action: undefined,
    });
    expect(await decided(keyOf(raid))).toEqual({
      ...{ verdict: "approved", reason: "seen on the stream", by, action: "disable" },
    });
    await page.locator(".outcomes .good").waitFor();
    const counts = await page.locator(".tally dd").allInnerTexts();
    expect(counts.slice(0, 5)).toEqual(["2", "1", "1", "1", "1"]);
    const measured = await page.evaluate(
      "performance.getEntriesByName('offair-next-case').map((each) => each.duration)",
    );
    console.log(`from a decision to the next case: ${JSON.stringify(measured)} ms`);

    // The queue shows who asked for what; another person decides it.
    await press("Escape");
    await page.getByText("alice asks for a second opinion").waitFor();
    const bob = await consoles.open("bob");
    await bob.press("d");
    await seen(bob.page, keyOf(other));
    await bob.press("r", "3");
    await seen(bob.page, keyOf(last));
    await bob.press("r", "Enter");
    expect(await decided(keyOf(last))).toMatchObject({
      by: OPERATORS.bob.arn,
      reason: "policy: not against the rules",
    });

    // A verdict is taken back.
    await bob.goTo("review", "case", keyOf(last));
    await bob.page.getByRole("button", { name: "Take the verdict back" }).focus();
    await bob.press("Enter");
    await bob.page.keyboard.type("a mistake");
    await bob.press("Enter");
    await bob.page.getByText("Earlier verdicts").waitFor();
    expect(await verdictOf(keyOf(last))).toEqual({});
    expect(await decided(keyOf(other))).toMatchObject({ by: OPERATORS.bob.arn });
  });

  it("in two tabs decides a case once, and the later tab is told what the verdict is", async () => {
    const key = await consoles.reportForReview(
      "twice",
      { occurredAt: new Date(Date.now() - 60_000).toISOString() },
      "twice",
    );
    const carol = await consoles.start("carol");
    const tabs = [
      await consoles.open(carol, { mayFail: true }),
      await consoles.open(carol, { mayFail: true }),
    ] as const;
    for (const { page, press } of tabs) {
      await press("d");
      for (;;) {
        await page.locator("article").waitFor();
        if ((await page.locator("article").getAttribute("data-case")) === key) break;
        await page.waitForTimeout(GUARD_MS);
        await press("s");
        await page.waitForTimeout(GUARD_MS);
      }
      await seen(page, key);
    }
    await tabs[0].press("r", "1");
    await decided(key);
    await tabs[1].press("a", "p");
    await tabs[1].page
      .getByText(/is over|was rejected|rejected by carol|cannot be approved|APPROVE/)
      .first()
      .waitFor();
    await tabs[1].page.waitForTimeout(GUARD_MS);
    await tabs[1].press("1");
    const returned = tabs[1].page.locator(".returned");
    await returned.waitFor();
    expect(await returned.innerText()).toContain("rejected by carol");
    expect(await tabs[1].page.locator('[data-count="decided"] dd').innerText()).toBe("0");
    expect(await verdictOf(key)).toMatchObject({ verdict: "rejected", by: OPERATORS.carol.arn });
  });
});
