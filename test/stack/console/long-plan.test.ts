/** A plan of 5,000 rows: only the rows on the screen are elements, scrolling never keeps the page busy for long, and memory stays small. */
import { expect, it } from "@jest/globals";
import type { Browser, CDPSession, Page } from "playwright-core";
import { answersOf, orderIdOf } from "../../support/console-answers.ts";
import { describeInBrowser, useRouteConsole } from "./harness.ts";

const consoles = useRouteConsole();
const ROWS = 5_000;
const MAX_TASK_MS = 100;
const MAX_BYTES = 150_000_000;

interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  /** Time of the processor in microseconds, which a busy machine does not lengthen. */
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

/** @returns how long the tasks of the page's main thread took while `act` ran, the longest first, in milliseconds. */
async function tasksDuring(browser: Browser, page: Page, act: () => Promise<void>): Promise<number[]> {
  await browser.startTracing(page, { categories: ["toplevel", "disabled-by-default-devtools.timeline"] });
  await act();
  const { traceEvents }: { traceEvents: TraceEvent[] } = JSON.parse((await browser.stopTracing()).toString());
  const mains = traceEvents.filter(({ name, args }) => name === "thread_name" && args?.name === "CrRendererMain");
  const isMain = ({ pid, tid }: TraceEvent) => mains.some((main) => main.pid === pid && main.tid === tid);
  return traceEvents
    .filter((each) => /RunTask$/.test(each.name) && isMain(each))
    .flatMap(({ tdur }) => (tdur === undefined ? [] : [tdur / 1_000]))
    .sort((one, other) => other - one);
}

/** Of scripts and of the document, after what nobody needs is collected. */
async function bytesOf(cdp: CDPSession): Promise<number> {
  await cdp.send("Performance.enable");
  await cdp.send("HeapProfiler.collectGarbage");
  const { metrics } = await cdp.send("Performance.getMetrics");
  return metrics.find(({ name }) => name === "JSHeapUsedSize")?.value ?? Number.NaN;
}

describeInBrowser("a plan of 5,000 streams", () => {
  it("scrolls to its end without a long task, and stays small", async () => {
    const answers = answersOf({ count: ROWS });
    consoles.route.answer(({ event }) => answers(event));
    const { page, context, goTo } = await consoles.open("alice");
    await goTo("plans", orderIdOf(1));
    await page.getByRole("heading", { name: "Exactly 5,000 streams" }).waitFor();
    const grid = page.getByRole("grid");
    await grid.scrollIntoViewIfNeeded();
    await grid.hover();
    const lastRow = page.locator(`[aria-rowindex="${ROWS + 1}"]`);
    const tasks = await tasksDuring(consoles.browser, page, async () => {
      for (let count = 0; count < 60; count++) await page.mouse.wheel(0, 900);
      await grid.focus();
      for (let count = 0; count < 20; count++) await page.keyboard.press("PageDown");
      await page.keyboard.press("End");
      await lastRow.waitFor();
      await page.keyboard.press("Home");
      await page.locator('[aria-rowindex="2"]').waitFor();
    });
    expect(tasks.length).toBeGreaterThan(50);
    expect(tasks[0]).toBeLessThanOrEqual(MAX_TASK_MS);
    expect(await grid.getByRole("row").count()).toBeLessThan(80);
    expect(await bytesOf(await context.newCDPSession(page))).toBeLessThan(MAX_BYTES);
  });

  it("is searched in place, and says how many rows are shown", async () => {
    const answers = answersOf({ count: ROWS });
    consoles.route.answer(({ event }) => answers(event));
    const { page, goTo } = await consoles.open("alice");
    await goTo("plans", orderIdOf(1));
    await page.getByLabel("Search in the list").fill("-4321");
    await page.getByText("1 of 5,000 shown").waitFor();
    expect(await page.getByRole("grid").getAttribute("aria-rowcount")).toBe("2");
  });
});

describeInBrowser("8,000 live streams", () => {
  it("are scrolled, filtered and selected without a long task", async () => {
    const answers = answersOf({ count: 8_000 });
    consoles.route.answer(({ event }) => answers(event));
    const { page } = await consoles.open("alice");
    await page.keyboard.press("2");
    await page.getByText("8,000 of 8,000 shown").waitFor();
    const grid = page.getByRole("grid");
    await grid.hover();
    const tasks = await tasksDuring(consoles.browser, page, async () => {
      for (let count = 0; count < 60; count++) await page.mouse.wheel(0, 900);
      await page.getByLabel("Name", { exact: true }).pressSequentially("raid-*");
      await page.getByText("1,600 of 8,000 shown").waitFor();
      await page.getByRole("button", { name: "Select all that are shown" }).press("Enter");
      await page.getByText("1,600 selected").waitFor();
      await page.getByRole("button", { name: "Clear the filter" }).press("Enter");
      await page.getByText("8,000 of 8,000 shown").waitFor();
    });
    expect(tasks.length).toBeGreaterThan(50);
    expect(tasks[0]).toBeLessThanOrEqual(MAX_TASK_MS);
  });
});
