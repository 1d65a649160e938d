/** A change that is refused, not answered, or still being sent. */
import { beforeEach, expect, it } from "@jest/globals";
import type { Page } from "playwright-core";
import { answersOf, orderIdOf } from "../../support/console-answers.ts";
import { describeInBrowser, useRouteConsole } from "./harness.ts";
import { hasFocus } from "./keyboard.ts";
import { openEvening, show } from "./pages.ts";

const consoles = useRouteConsole();
const answers = answersOf();
beforeEach(() => consoles.route.answer(({ event }) => answers(event)));

const LATE = { error: { kind: "unanswered", message: "the function is busy (503)", maybeDone: true } };
const isChange = ({ event }: { readonly event: Record<string, unknown> }) => event.dryRun === false;
const changes = () => consoles.route.received.filter(isChange);

/** The local server's answer to every change until `answer()` is called: that nobody knows whether it was carried out. */
async function leaveUnanswered(page: Page): Promise<{ readonly ids: string[]; answer(): Promise<void> }> {
  const ids: string[] = [];
  await page.route("**/api/operator", async (route) => {
    const { id, ...event } = route.request().postDataJSON();
    if (!isChange({ event })) return route.continue();
    ids.push(id);
    await route.fulfill({ status: 504, json: LATE });
  });
  return { ids, answer: () => page.unroute("**/api/operator") };
}

async function askToFreeze(page: Page, reason: string): Promise<void> {
  await page.getByRole("row").filter({ hasText: "own" }).getByRole("button", { name: "Freeze" }).click();
  await page.getByLabel("Reason").fill(reason);
  await page.keyboard.press("Enter");
}

describeInBrowser("a change", () => {
  it("that was refused is another request when it is sent again", async () => {
    const refusal = { ok: false, results: [], errors: [{ pointer: "", message: "somebody else was first" }] };
    consoles.route.answer((received) => (isChange(received) ? refusal : answers(received.event)));
    const opened = await openEvening(consoles);
    await show(opened, ["sources"]);
    const dialog = opened.page.getByRole("dialog");
    await askToFreeze(opened.page, "wrong");
    await dialog.getByText("somebody else was first").waitFor();
    expect(await hasFocus(dialog.getByLabel("Reason"))).toBe(true);
    consoles.route.answer(({ event }) => answers(event));
    await dialog.getByLabel("Reason").fill("wrong about games");
    await opened.press("Enter");
    await dialog.waitFor({ state: "detached" });
    expect(changes().map(({ event }) => event.reason)).toEqual(["wrong", "wrong about games"]);
    expect(new Set(changes().map(({ id }) => id)).size).toBe(2);
  });

  it("that was not answered can only be sent again as it was", async () => {
    const opened = await openEvening(consoles, { mayFail: true });
    const { page } = opened;
    await show(opened, ["sources"]);
    const late = await leaveUnanswered(page);
    const dialog = page.getByRole("dialog");
    await askToFreeze(page, "wrong");
    await dialog.getByText("Sending again sends exactly the same request").waitFor();
    expect(await dialog.getByLabel("Reason").isDisabled()).toBe(true);
    expect(await hasFocus(dialog.getByRole("button", { name: "Freeze the source" }))).toBe(true);
    await late.answer();
    const dryRuns = consoles.route.received.filter(({ event }) => event.dryRun === true).length;
    await opened.press("Enter");
    await dialog.waitFor({ state: "detached" });
    expect(changes().map(({ id, event }) => [id, event.reason])).toEqual([[late.ids[0], "wrong"]]);
    expect(consoles.route.received.filter(({ event }) => event.dryRun === true)).toHaveLength(dryRuns);
  });

  it("keeps its dialog while it is sent, so that its outcome is seen", async () => {
    const { promise: isAnswered, resolve: answer } = Promise.withResolvers<void>();
    consoles.route.answer(async (received) => {
      if (isChange(received)) await isAnswered;
      return answers(received.event);
    });
    const opened = await openEvening(consoles);
    await show(opened, ["sources"]);
    const dialog = opened.page.getByRole("dialog");
    await askToFreeze(opened.page, "wrong");
    await dialog.getByText("It is being sent.").waitFor();
    await opened.press("Escape", "Escape", "Escape");
    expect(await dialog.isVisible()).toBe(true);
    expect(await dialog.getByRole("button", { name: "Cancel" }).isDisabled()).toBe(true);
    answer();
    await dialog.waitFor({ state: "detached" });
  });

  it("of a page that was left is told, and leads nowhere", async () => {
    const { promise: isAnswered, resolve: answer } = Promise.withResolvers<void>();
    consoles.route.answer(async ({ event }) => {
      if (event.action === "plan") await isAnswered;
      return answers(event);
    });
    const opened = await openEvening(consoles);
    const { page } = opened;
    await show(opened, ["live"]);
    await page.getByRole("button", { name: "Select all that are shown" }).click();
    await page.getByRole("button", { name: /^Plan for \d+ streams/ }).click();
    await page.getByLabel("Reason").fill("a raid");
    await opened.press("Enter");
    await page.getByText("It is being sent.").waitFor();
    await opened.goTo("health");
    await page.getByText("Live accepts the key").waitFor();
    answer();
    await page.getByText("The plan was made. Nothing is changed yet.").waitFor();
    expect(page.url()).toMatch(/#\/health$/);
  });

  it("of streams is looked at again after a refusal, so that another end can be agreed to", async () => {
    const one = answersOf({ count: 1 });
    const error = { pointer: "/streams/0", message: "is disabled until later" };
    consoles.route.answer((received) => {
      const { event } = received;
      if (event.action !== "disable") return one(event);
      if (isChange(received)) return { ok: false, results: [], errors: [error] };
      const [stream] = event.streams as [never];
      return { ok: true, results: [{ stream, resumeTime: "2026-03-15T20:40:00Z" }], errors: [] };
    });
    const opened = await openEvening(consoles);
    const { page } = opened;
    await show(opened, ["off"]);
    await page.getByRole("button", { name: "Prolong 1 stream" }).first().click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Reason").fill("longer");
    await opened.press("Enter");
    const act = dialog.getByRole("button", { name: "Disable 1 stream until then" });
    await act.click();
    await dialog.getByText("is disabled until later").waitFor();
    await dialog.getByRole("button", { name: "Look at what it does" }).click();
    await act.click();
    await dialog.getByRole("button", { name: "Look at what it does" }).waitFor();
    expect(changes()).toHaveLength(2);
    expect(new Set(changes().map(({ id }) => id)).size).toBe(2);
  });
});

describeInBrowser("the page of what is live", () => {
  it("keeps filter and selection while another page is shown", async () => {
    const opened = await openEvening(consoles);
    const { page } = opened;
    await show(opened, ["live"]);
    await page.getByLabel("Name", { exact: true }).fill("raid-*");
    await page.getByRole("button", { name: "Select all that are shown" }).click();
    const selected = await page.getByText(/^\d+ selected$/).innerText();
    await show(opened, ["plans", orderIdOf(1)]);
    await show(opened, ["live"]);
    await page.getByText(selected, { exact: true }).waitFor();
    expect(await page.getByLabel("Name", { exact: true }).inputValue()).toBe("raid-*");
  });

  it("shows invisible characters of an app in the filter, and filters by its real name", async () => {
    const app = "li\u202eve";
    consoles.route.answer(({ event }) => {
      const answer = answers(event);
      const { live } = answer;
      return live ? { ...answer, live: { ...live, rows: live.rows.map((row) => ({ ...row, app })) } } : answer;
    });
    const opened = await openEvening(consoles);
    await show(opened, ["live"]);
    const field = opened.page.locator(".live-filters select").nth(1);
    expect(await field.innerText()).toContain("li\\u{202e}ve");
    await field.selectOption(app);
    expect(await opened.page.locator("[role=grid] .body > .row").count()).toBeGreaterThan(5);
  });
});
