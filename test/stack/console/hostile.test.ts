/** Texts and answers that somebody chose to be obeyed rather than read, on every page of the console. */
import { expect, it } from "@jest/globals";
import type { Said } from "../../cli/gateway.ts";
import { answersOf, orderIdOf } from "../../support/console-answers.ts";
import { HOSTILE_TEXTS, OBEYED } from "../../support/hostile-names.ts";
import { describeInBrowser, useRouteConsole } from "./harness.ts";
import { ADDRESSES, openEvening, show } from "./pages.ts";

const consoles = useRouteConsole();

const TEXTS = [
  ...HOSTILE_TEXTS.map(({ name }) => name),
  "🎥".repeat(512),
  "‮".repeat(64),
  "javascript:alert(1)",
  "data:text/html,<script>alert(1)</script>",
  `<a href="javascript:alert(1)">click</a>`,
  "{{constructor.constructor('alert(1)')()}}",
];
const LINKS = [
  "javascript:alert(1)//.jpg",
  "JaVaScRiPt:alert(1)",
  "data:text/html,<script>alert(1)</script>",
  "http://evidence.example/plain.jpg",
  "https://user:password@evidence.example/1.jpg",
  "https://127.0.0.1/1.jpg",
  "https://evidence.example/\u202egpj.exe",
  `https://evidence.example/"><script>alert(1)</script>`,
];
const hostileText = (_: string, index: number): string => TEXTS[index % TEXTS.length] ?? "";

/** Elements that no page of ours has, and what a click could follow. */
const FOUND = `(() => ({
  active: [...document.querySelectorAll("img, svg:not([aria-hidden=true]), svg *:not(rect), object, embed, iframe, body script, [onerror], [onclick], [onload], [style*=url]")].map((each) => each.outerHTML.slice(0, 99)),
  links: [...document.querySelectorAll("a[href], [src], form[action]")].map((each) => each.getAttribute("href") ?? each.getAttribute("src") ?? "form").filter((to) => !/^(#\\/|\\/console\\.js$)/.test(to)),
}))()`;

/** Rows of long tables all have one height, and their cells reach out of none. */
const MISPLACED = `[...document.querySelectorAll("[role=grid] .body > .row")].filter((row, _, [first]) => {
  const box = row.getBoundingClientRect();
  return Math.abs(box.height - first.getBoundingClientRect().height) > 0.5 || row.scrollHeight > row.clientHeight + 1;
}).map((row) => row.textContent.slice(0, 60))`;

const TEXT = `document.querySelector("main").textContent`;

describeInBrowser("hostile texts", () => {
  it("run nothing, lead nowhere and move nothing, on any page", async () => {
    const answers = answersOf({ text: hostileText, count: 60, links: LINKS });
    consoles.route.answer(({ event }) => answers(event));
    const opened = await openEvening(consoles);
    for (const [where, address] of ADDRESSES) {
      await show(opened, address);
      const { active, links } = await opened.page.evaluate<{ active: string[]; links: string[] }>(FOUND);
      expect([where, active]).toEqual([where, []]);
      expect([where, links.filter((to) => !/^https:\/\/[^@]*$/.test(to))]).toEqual([where, []]);
      expect([where, await opened.page.evaluate(MISPLACED)]).toEqual([where, []]);
      expect([where, OBEYED.exec(await opened.page.evaluate<string>(TEXT))?.[0]]).toEqual([where, undefined]);
      expect(await opened.page.evaluate("document.documentElement.scrollWidth - innerWidth")).toBeLessThanOrEqual(0);
    }
  });

  it("are 5,000 rows of a plan, and the page stays quick and small", async () => {
    const answers = answersOf({ text: hostileText, count: 5_000 });
    consoles.route.answer(({ event }) => answers(event));
    const opened = await openEvening(consoles);
    await show(opened, ["plans", orderIdOf(1)]);
    const { page } = opened;
    const grid = page.locator("[role=grid]").first();
    expect(await grid.getAttribute("aria-rowcount")).toBe("5001");
    expect(await page.locator("*").count()).toBeLessThan(3_000);
    await grid.focus();
    await page.evaluate(WATCH_LONG_TASKS);
    const longest: number[] = [];
    // A busy machine makes it slower, and nothing makes it faster: one of some rounds is enough.
    for (let round = 0; round < MOST_ROUNDS && !longest.some((ms) => ms <= LONG_TASK_MS); round++) {
      await page.evaluate("void long.splice(0)");
      for (const key of ["End", "Home", ...Array<string>(20).fill("PageDown")]) await page.keyboard.press(key);
      longest.push(Math.max(0, ...(await page.evaluate<number[]>("long"))));
    }
    expect(Math.min(...longest)).toBeLessThanOrEqual(LONG_TASK_MS);
    expect(await page.evaluate(MISPLACED)).toEqual([]);
    const cdp = await opened.context.newCDPSession(page);
    await cdp.send("HeapProfiler.collectGarbage");
    const { usedSize } = await cdp.send("Runtime.getHeapUsage");
    expect(usedSize).toBeLessThan(MOST_BYTES);
  });
});

const MOST_ROUNDS = 8;
const LONG_TASK_MS = 100;
const MOST_BYTES = 150e6;
const WATCH_LONG_TASKS = `(globalThis.long = [], new PerformanceObserver((list) => long.push(...list.getEntries().map((each) => each.duration))).observe({ type: "longtask" }))`;

/** What each shows is read from the deployment. */
const ALL = ["review", "live", "off", "plans", "sources", "health"];
const ASKING = (process.env.TEST_DEPTH || "quick") === "quick" ? ALL.slice(0, 2) : ALL;

describeInBrowser("an answer that is none", () => {
  const answers = answersOf();
  const nineMegabytes = JSON.stringify({ ...answers({ action: "doctor" }), more: "x".repeat(9_000_000) });
  it.each<[string, Said]>([
    ["a page of HTML", { status: 200, body: "<!doctype html><script>alert(1)</script><h1>Sign in</h1>" }],
    ["JSON of another kind", { status: 200, body: `{"ok":"yes","results":{}}` }],
    ["9 MB", { status: 200, body: nineMegabytes }],
    ["nothing at all", { status: 200, body: "" }],
    [
      "a refusal with a script in it",
      { ok: false, results: [], errors: [{ pointer: "", message: "<img src=x onerror=alert(1)>" }] },
    ],
  ])("%s is told in words, on every page that asks", async (_, said) => {
    const opened = await openEvening(consoles, { mayFail: true });
    consoles.route.answer(() => said);
    for (const name of ASKING) {
      await show(opened, [name]);
      const alert = opened.page.locator("[role=alert]").first();
      await alert.waitFor();
      expect((await alert.innerText()).length).toBeGreaterThan(20);
      expect((await opened.page.evaluate<{ active: string[] }>(FOUND)).active).toEqual([]);
    }
  });
});
