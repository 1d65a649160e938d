/** The whole incident in two browsers: selected among thousands, planned, approved by the second person, applied, watched, undone. */
import { expect, it } from "@jest/globals";
import type { Page } from "playwright-core";
import { streamKey } from "../../../lib/core/stream.ts";
import { describeInBrowser, streamOf, useStackConsole } from "./harness.ts";

const isQuick = (process.env.TEST_DEPTH || "quick") === "quick";
const [LIVE, RAID] = isQuick ? [800, 50] : [8_000, 500];

const consoles = useStackConsole();
const raid = Array.from({ length: RAID }, (_, index) => streamOf(`raid-${String(index).padStart(4, "0")}`));
const others = Array.from({ length: LIVE - RAID }, (_, index) => streamOf(`room-${String(index).padStart(5, "0")}`));

const disabledNow = (): string[] =>
  consoles.world.simulator
    ?.state()
    .disabled.map((each) => streamKey(each))
    .sort() ?? [];
const keysOf = (streams: readonly { domain: string; app: string; stream: string }[]): string[] =>
  streams.map(streamKey).sort();

/** Types a reason into the open dialog, and sends it by Enter. */
async function giveReason(page: Page, reason: string): Promise<void> {
  await page.locator("dialog[open]").getByLabel("Reason").fill(reason);
  await page.keyboard.press("Enter");
  await page.locator("dialog[open]").waitFor({ state: "detached" });
}

/** Presses a button by the keyboard. */
async function press(page: Page, name: string | RegExp): Promise<void> {
  await page.getByRole("button", { name }).first().focus();
  await page.keyboard.press("Enter");
}

const stateOf = (page: Page, state: string) => page.locator("h2.plan .state", { hasText: state });

describeInBrowser("an incident in the browser", () => {
  it("takes exactly the selected streams off the air with a second person, and undoes exactly that", async () => {
    await consoles.ask("alice", { action: "mode", mode: "enforce", dryRun: false });
    consoles.push(...others, ...raid);

    const alice = await consoles.open("alice");
    await alice.press("2"); // the Live page
    await alice.page.getByText(`${LIVE.toLocaleString("en-US")} shown`).waitFor();
    await alice.page.getByLabel("Name", { exact: true }).fill("raid-*");
    await alice.page.getByText(`${RAID} of ${LIVE.toLocaleString("en-US")} shown`).waitFor();
    await press(alice.page, "Select all that are shown");
    await press(alice.page, "Clear the filter");
    await alice.page.getByText(`${RAID} selected`).waitFor(); // stays selected among all of them
    await press(alice.page, `Plan for ${RAID} streams …`);
    await giveReason(alice.page, "INC-881: a raid");

    await stateOf(alice.page, "waits for approval").waitFor();
    expect(disabledNow()).toEqual([]);
    await alice.page.getByText("Nothing differs.").waitFor();
    expect(await alice.page.getByRole("heading", { name: `Exactly ${RAID} streams` }).count()).toBe(1);
    const sha256 = await alice.page.locator("dd code").innerText();
    const orderId = alice.page.url().split("/").at(-1) ?? "";

    await press(alice.page, "Approve …");
    await alice.page.getByText("was planned by the same person").waitFor(); // told before any question

    const bob = await consoles.open("bob");
    await bob.goTo("plans");
    await bob.page.getByRole("link", { name: orderId }).press("Enter");
    await stateOf(bob.page, "waits for approval").waitFor();
    expect(await bob.page.locator("dd code").innerText()).toBe(sha256);
    await press(bob.page, "Approve …");
    const question = bob.page.locator("dialog[open] .question");
    await question.waitFor();
    expect(await question.innerText()).toMatch(
      new RegExp(
        `disable ${RAID} streams of push.example.com until .*SHA-256 ${sha256.slice(0, 12)}….*INC-881: a raid`,
        "s",
      ),
    );
    await giveReason(bob.page, "looked at ten of them");
    await stateOf(bob.page, "can be applied").waitFor();

    await alice.page.getByText("bob has approved it.").waitFor(); // told without a reload
    await stateOf(alice.page, "can be applied").waitFor();
    await press(alice.page, "Apply …");
    await giveReason(alice.page, "INC-881: a raid");
    await alice.page.getByRole("progressbar").waitFor();
    await bob.page.getByText("alice has applied it.").waitFor();
    await stateOf(alice.page, "done").waitFor();
    await alice.page.getByText(`${RAID} verified`).waitFor();
    expect(disabledNow()).toEqual(keysOf(raid));

    await stateOf(bob.page, "done").waitFor();
    await press(bob.page, "Undo …");
    await giveReason(bob.page, "a false alarm");
    await bob.page.getByRole("heading", { name: `enable ${RAID} streams` }).waitFor();
    expect(disabledNow()).toEqual(keysOf(raid)); // a plan changes nothing
    await alice.goTo("plans", bob.page.url().split("/").at(-1) ?? "");
    await press(alice.page, "Approve …");
    await giveReason(alice.page, "it was a charity");
    await stateOf(bob.page, "can be applied").waitFor();
    await press(bob.page, "Apply …");
    await giveReason(bob.page, "a false alarm");
    await stateOf(bob.page, "done").waitFor();
    expect(disabledNow()).toEqual([]);

    await alice.goTo("plans");
    await alice.page
      .getByRole("row")
      .filter({ hasText: orderId.slice(0, 11) })
      .getByText("undone")
      .waitFor();
    await alice.goTo("plans", orderId);
    await stateOf(alice.page, "undone").waitFor();
  });
});
