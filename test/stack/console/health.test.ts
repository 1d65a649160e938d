/** The page of the health: checks with remedies, the mode with its question, dead letters. By keyboard only. */
import { expect, it } from "@jest/globals";
import type { OperatorResponse } from "../../../lib/operator/contract/response-schema.ts";
import { answersOf } from "../../support/console-answers.ts";
import { describeInBrowser, useRouteConsole } from "./harness.ts";
import { enter, hasFocus, tabTo, typeInto } from "./keyboard.ts";

const consoles = useRouteConsole();
const asked = (action: string) => consoles.route.received.filter(({ event }) => event.action === action);

function answer(change: (event: Record<string, unknown>) => Partial<OperatorResponse> | undefined): void {
  const answers = answersOf();
  consoles.route.answer(({ event }) => {
    const changed = change(event);
    return changed ? { ok: true, results: [], errors: [], ...changed } : answers(event);
  });
}

describeInBrowser("health", () => {
  it("shows failed checks first, with what to do, and checks again when it is asked to", async () => {
    let isRepaired = false;
    answer(({ action }) =>
      action === "doctor" && isRepaired ? { checks: [{ name: "mode", state: "ok", says: "enforce" }] } : undefined,
    );
    const { page, goTo } = await consoles.open("alice");
    await goTo("health");
    const failed = page.getByRole("region", { name: "Failed" });
    await failed.getByText("2 dead letters.").waitFor();
    expect(await failed.innerText()).toContain("→ See the alarm dead-letters in docs/errors.md.");
    isRepaired = true;
    await enter(page, page.getByRole("button", { name: "Check again" }));
    await page.getByText("Every check is in order.").waitFor();
    expect(asked("doctor")).toHaveLength(2);
  });

  it("does not ask the deployment by itself: each check calls Live", async () => {
    answer(() => undefined);
    const { page, goTo } = await consoles.open("alice");
    await page.clock.install();
    await goTo("health");
    await page.getByRole("region", { name: "Failed" }).waitFor();
    await page.clock.runFor(10 * 60_000);
    expect(asked("doctor")).toHaveLength(1);
  });

  it("tells a clock that is off", async () => {
    answer(() => undefined);
    consoles.route.setClock(() => new Date(Date.now() + 3 * 60_000));
    const { page, goTo } = await consoles.open("alice");
    await goTo("health");
    await page.getByText("This machine's clock is 2 min behind.").or(page.getByText("clock is 3 min behind")).waitFor();
  });

  it("changes the mode after a question, with a reason", async () => {
    let mode: "observe" | "enforce" = "enforce";
    answer(({ action, dryRun, mode: wanted }) => {
      if (action !== "mode") return undefined;
      if (dryRun === false) mode = wanted as typeof mode;
      return { mode: { mode } };
    });
    const { page, goTo, press } = await consoles.open("alice");
    await goTo("health");
    await enter(page, page.getByRole("button", { name: "Change to observe" }));
    await page.getByText("shall rules no longer pause or disable anything?").waitFor();
    await typeInto(page, page.getByLabel("Reason"), "a bad rule");
    await press("Enter"); // the question is not answered yet
    expect(await page.getByRole("dialog").count()).toBe(1);
    const yes = page.getByLabel("Yes, no rule shall act");
    while (!(await hasFocus(yes))) await press("Shift+Tab");
    await press("Space");
    await enter(page, page.getByRole("button", { name: "Change the mode", exact: true }));
    await page.getByText("observe: decisions are recorded").waitFor();
    expect(asked("mode").flatMap(({ event }) => ("mode" in event ? [event.dryRun] : []))).toEqual([true, false]);
  });

  it("shows dead letters with their reasons before they are sent back", async () => {
    const redriven = [
      { id: "m-1", reason: "ERR_LIVE_REJECTED: \u202eeruces" },
      { id: "m-2", reason: "ERR_LEDGER" },
    ];
    answer(({ action }) => (action === "redrive" ? { redriven } : undefined));
    const { page, goTo, press } = await consoles.open("alice");
    await goTo("health");
    await enter(page, page.getByRole("button", { name: "Dead letters of the queue bulk" }));
    await page.getByText("\\u{202e}").waitFor();
    await tabTo(page, page.getByLabel("Reason"));
    await page.keyboard.type("the key is renewed");
    await press("Enter");
    await page.getByText("Sent back: 2 dead letters.").waitFor();
    expect(asked("redrive").map(({ event }) => [event.queue, event.dryRun, event.reason])).toEqual([
      ["bulk", true, "offair console"],
      ["bulk", false, "the key is renewed"],
    ]);
  });

  it("says where the alarms are", async () => {
    answer(() => undefined);
    const { page, goTo } = await consoles.open("alice");
    await goTo("health");
    await page.getByText("aws cloudwatch describe-alarms").waitFor();
  });
});
