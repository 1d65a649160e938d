/** The page of the sources: figures, freezing with a reason, the share of the sample, one source in detail. By keyboard only. */
import { describe, expect, it } from "@jest/globals";
import type { OperatorResponse } from "../../../lib/operator/contract/response-schema.ts";
import { answersOf } from "../../support/console-answers.ts";
import { describeInBrowser, useRouteConsole } from "./harness.ts";
import { enter, tabTo, typeInto } from "./keyboard.ts";

const consoles = useRouteConsole();

/** A deployment whose mode changes as it is asked to. */
function answerAsDeployment(): void {
  const answers = answersOf();
  let { mode } = answers({ action: "mode" });
  consoles.route.answer(({ event }): OperatorResponse => {
    const change = { changedAt: new Date().toISOString(), changedBy: "alice", reason: String(event.reason) };
    if (mode && event.dryRun === false && typeof event.source === "string") {
      const { [event.source]: _before, ...frozen } = mode.frozen ?? {};
      mode = { ...mode, frozen: event.frozen ? { ...frozen, [event.source]: change } : frozen };
    }
    if (mode && event.dryRun === false && typeof event.share === "number")
      mode = { ...mode, sample: { ...change, share: event.share } };
    return event.action === "mode" || event.action === "sample"
      ? { ok: true, results: [], errors: [], ...(mode && { mode }) }
      : answers(event);
  });
}
const sent = (action: string) =>
  consoles.route.received.filter(({ event }) => event.action === action && ("source" in event || "share" in event));

describeInBrowser("sources", () => {
  it("are shown with precision, interval and cases", async () => {
    answerAsDeployment();
    const { page, goTo } = await consoles.open("alice");
    await goTo("sources");
    const row = page.getByRole("row").filter({ hasText: "own" });
    await row.getByText("92% (85% to 96%) of 100 cases").waitFor();
    expect(await row.locator("svg rect").count()).toBeGreaterThan(3);
    expect(await page.getByText("there are more reports than are counted").innerText()).toContain("hive");
  });

  it("are frozen and unfrozen with a reason, each after a dry run", async () => {
    answerAsDeployment();
    const { page, goTo } = await consoles.open("alice");
    await goTo("sources");
    const row = page.getByRole("row").filter({ hasText: "own" });
    await enter(page, row.getByRole("button", { name: "Freeze" }));
    await typeInto(page, page.getByLabel("Reason"), "wrong about games");
    await page.keyboard.press("Enter");
    await row.getByText("frozen").waitFor();
    expect(sent("mode").map(({ event }) => event)).toEqual([
      { action: "mode", source: "own", frozen: true, reason: "wrong about games", dryRun: true },
      { action: "mode", source: "own", frozen: true, reason: "wrong about games", dryRun: false },
    ]);
    const button = row.getByRole("button", { name: "Unfreeze" });
    await button.and(page.locator(":focus")).waitFor(); // where it was
    await page.keyboard.press("Enter");
    await typeInto(page, page.getByLabel("Reason"), "repaired");
    await page.keyboard.press("Enter");
    await row.getByText("acts").waitFor();
  });

  it("say what the deployment refuses, and nothing is changed", async () => {
    const answers = answersOf();
    const refusal = { pointer: "/source", message: "is not a source of the policy" };
    consoles.route.answer(({ event }) =>
      event.dryRun === true ? { ok: false, results: [], errors: [refusal] } : answers(event),
    );
    const { page, goTo, press } = await consoles.open("alice");
    await goTo("sources");
    await enter(page, page.getByRole("row").filter({ hasText: "own" }).getByRole("button", { name: "Freeze" }));
    await typeInto(page, page.getByLabel("Reason"), "wrong");
    await press("Enter");
    await page.getByRole("dialog").getByText("is not a source of the policy").waitFor();
    expect(sent("mode").filter(({ event }) => event.dryRun === false)).toEqual([]);
    await press("Escape");
    expect(await page.getByRole("dialog").count()).toBe(0);
  });

  it("have a sample whose share is changed in per cent", async () => {
    answerAsDeployment();
    const { page, goTo, press } = await consoles.open("alice");
    await goTo("sources");
    await enter(page, page.getByRole("button", { name: "Change the share" }));
    await typeInto(page, page.getByLabel("Percent of the actions"), "101");
    await typeInto(page, page.getByLabel("Reason"), "to measure");
    await press("Enter");
    await page.getByText("must be a number from 0 to 100").waitFor();
    await page.keyboard.press("Shift+Tab");
    await page.keyboard.press("Control+A");
    await page.keyboard.type("0.5");
    await press("Enter");
    await page.getByText("0.5% of the actions").waitFor();
    expect(sent("sample").map(({ event }) => [event.share, event.dryRun])).toEqual([
      [0.005, true],
      [0.005, false],
    ]);
  });

  describe("one of them", () => {
    it("has figures by rule, category, score and reporter", async () => {
      answerAsDeployment();
      const { page, goTo } = await consoles.open("alice");
      await goTo("sources");
      await enter(page, page.getByRole("link", { name: "own" }));
      await page.getByRole("heading", { name: "own" }).waitFor();
      for (const caption of ["By rule", "By category", "By score", "Reporters"])
        await page.getByRole("table").filter({ hasText: caption }).waitFor();
      await tabTo(page, page.getByRole("link", { name: "All sources" }));
      await page.keyboard.press("Enter");
      await page.getByRole("link", { name: "community" }).waitFor();
    });
  });
});
