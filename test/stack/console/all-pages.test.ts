/** What holds on every page of the console: everybody can read and use it, and it looks as it was agreed on. */
import { beforeEach, describe, expect, it } from "@jest/globals";
import type { Page } from "playwright-core";
import { until } from "../../../local/demo/scene.ts";
import { answersOf } from "../../support/console-answers.ts";
import { violations } from "../browser/accessibility.ts";
import { differenceFrom, hasFonts, MAY_DIFFER } from "../browser/screenshot.ts";
import { describeInBrowser, useRouteConsole } from "./harness.ts";
import type { OpenOptions } from "./open-page.ts";
import { PATIENCE_MS } from "./open-page.ts";
import { ADDRESSES, openEvening, settled, show } from "./pages.ts";

const consoles = useRouteConsole();
beforeEach(() => consoles.route.answer(({ event }) => answersOf()(event)));

const PHONE = { width: 360, height: 740 };
const WAYS: readonly [string, OpenOptions][] = [
  ["in light", { colorScheme: "light" }],
  ["in dark", { colorScheme: "dark" }],
  ["on a phone, in dark", { colorScheme: "dark", viewport: PHONE }],
  ["in Simplified Chinese, on a phone", { locale: "zh-CN", viewport: PHONE }],
  ["at 200 %", { viewport: { width: 640, height: 450 }, deviceScaleFactor: 2 }],
];
/** The ways that differ most; in CI all of them. */
const QUICK = new Set([WAYS[0], WAYS[3]]);
const isQuick = (process.env.TEST_DEPTH || "quick") === "quick";

const ON_PHONE = new Set(["review", "plan"]);

/** How far the page is wider than its window. */
const TOO_WIDE = "Math.max(0, document.documentElement.scrollWidth - innerWidth)";

/** What can be used, and is on the page: a group of radio buttons is one stop. */
const USABLE = `[...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")].filter((each) =>
  !each.disabled && each.tabIndex >= 0 && each.checkVisibility({ visibilityProperty: true }) && !each.closest("[inert]")
  && !(each.type === "radio" && !each.checked && document.querySelector(\`input[type=radio][name="\${each.name}"]:checked\`)))`;

/** Marks what has the focus. @returns whether it was marked before, and whether the focus can be seen. */
const MARK = `(() => {
  const on = document.activeElement;
  if (!on || on === document.body) return { is: "body" };
  const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(on);
  const isSeen = (outlineStyle !== "none" && outlineWidth !== "0px") || boxShadow !== "none";
  const before = "focused" in on.dataset;
  on.dataset.focused = "";
  return { is: on.outerHTML.slice(0, 120), isSeen, before };
})()`;

interface Marked {
  readonly is: string;
  readonly isSeen?: boolean;
  readonly before?: boolean;
}

/** More than any page has. */
const MAX_STOPS = 400;

/** Presses Tab until the focus has gone once round. @returns what is wrong. */
async function walk(page: Page): Promise<string[]> {
  const wrong: string[] = [];
  await page.evaluate(`for (const each of document.querySelectorAll("[data-focused]")) delete each.dataset.focused`);
  let isRound = false; // from the top of the page, past the browser's own controls, to where it began
  for (let stop = 0; stop < MAX_STOPS && !isRound; stop++) {
    await page.keyboard.press("Tab");
    const marked = await page.evaluate<Marked>(MARK);
    isRound = marked.before === true;
    if (!isRound && marked.isSeen === false) wrong.push(`the focus is not seen on ${marked.is}`);
  }
  if (!isRound) wrong.push("the focus does not come round");
  const missed = await page.evaluate<string[]>(
    `${USABLE}.filter((each) => !("focused" in each.dataset)).map((each) => each.outerHTML.slice(0, 120))`,
  );
  return [...wrong, ...missed.map((each) => `Tab does not reach ${each}`)];
}

describeInBrowser("every page", () => {
  it.each(WAYS.filter((way) => !isQuick || QUICK.has(way)))(
    "is accessible and fits its window: %s",
    async (_, options) => {
      const opened = await openEvening(consoles, options);
      const found: string[] = [];
      for (const [title, address] of ADDRESSES) {
        await show(opened, address);
        const wide = await opened.page.evaluate<number>(TOO_WIDE);
        if (wide > 0) found.push(`${title} is ${wide} pixels too wide`);
        for (const each of await violations(opened.page)) found.push(`${title}: ${each}`);
      }
      expect(found).toEqual([]);
    },
  );

  it("can be used with the keyboard: Tab reaches everything, is seen, and goes on", async () => {
    const opened = await openEvening(consoles);
    const found: string[] = [];
    for (const [title, address] of ADDRESSES) {
      await show(opened, address);
      for (const each of await walk(opened.page)) found.push(`${title}: ${each}`);
    }
    expect(found).toEqual([]);
  });

  it("is reached by its number, and says where one is", async () => {
    const { page, press } = await openEvening(consoles);
    const names = await page.locator("header nav a").allInnerTexts();
    for (const [index, name] of names.entries()) {
      await press(`${index + 1}`);
      await page.locator("h1", { hasText: name }).waitFor();
      expect(await page.locator("header nav a[aria-current=page]").innerText()).toBe(name);
      await until("the title", async () => (await page.title()) === `${name} · offair` || undefined, PATIENCE_MS);
      await settled(page);
    }
  });

  it("has no English left over in Chinese, beside names and what the deployment says", async () => {
    consoles.route.answer(({ event }) => answersOf({ text: () => "测试" })(event));
    const opened = await openEvening(consoles, { locale: "zh-CN" });
    const found: string[] = [];
    for (const [title, address] of ADDRESSES) {
      await show(opened, address);
      const words = await opened.page.evaluate<string[]>(WORDS);
      for (const each of words.filter((word) => !NAMES.test(word))) found.push(`${title}: ${each}`);
    }
    expect([...new Set(found)]).toEqual([]);
  });

  (hasFonts ? describe : describe.skip)("looks as its screenshot", () => {
    it.each([
      ...ADDRESSES.map(([title, address]) => [title, "light", address] as const),
      ...ADDRESSES.filter(([title]) => ON_PHONE.has(title)).map(
        ([title, address]) => [title, "phone", address] as const,
      ),
    ])("%s, %s", async (title, way, address) => {
      const phone = { colorScheme: "dark", viewport: PHONE } as const;
      const desk = { colorScheme: "light", viewport: { width: 1_000, height: 640 } } as const;
      const opened = await openEvening(consoles, way === "phone" ? phone : desk);
      await show(opened, address);
      const { page } = opened;
      // The port of the deployment differs each time.
      const taken = await page.screenshot({ mask: [page.locator("header .who")], maskColor: "#808080" });
      expect(differenceFrom(`console-${title}-${way}`, taken)).toBeLessThanOrEqual(MAY_DIFFER);
    });
  });
});

/** Texts on the page that are neither foreign nor marked as English. */
const WORDS = `(() => {
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const { parentElement: parent, data } = walker.currentNode;
    if (parent.closest("bdi, [lang=en], time, script, noscript, kbd, code, option, .who")) continue;
    found.push(...(data.match(/[A-Za-z][A-Za-z-]{2,}/g) ?? []));
  }
  return found;
})()`;
/** What no language changes: names of products, settings, files, sources, and words of the wire. */
const NAMES =
  /^(offair|console|English|Huawei|Live|UTC|AWS|CloudWatch|SHA-|STAGE|ARCHIVE|BUCKET|bucket|bundle|history|docs|errors|op-|Shift|csam|own|hive|huawei|community|enforce|observe|urgent|bulk|limit-total|apply|break-glass)$/i;
