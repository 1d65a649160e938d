/** The page of an audit in a real browser: hostile names are text, everybody can read it, and it looks as it was agreed on. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { Browser } from "playwright-core";
import { MAX_LISTED, type PageModel } from "../../../lib/audit/page/model.ts";
import { reportPage } from "../../../lib/audit/page/page.ts";
import { HOSTILE_TEXTS } from "../../support/hostile-names.ts";
import { bareModel, disabledOnPage, domainOnPage, everyDrift, pageModel } from "../../support/page-model.ts";
import { runs } from "../../support/runs.ts";
import { violations } from "./accessibility.ts";
import { executablePath, launch, type Opened, open } from "./chromium.ts";
import { difference, readPng } from "./png.ts";
import { differenceFrom, hasFonts, MAY_DIFFER } from "./screenshot.ts";

const folder = mkdtempSync(join(tmpdir(), "offair-page-"));
let browser: Browser;
let opened = 0;

const show = (model: PageModel, options: Parameters<typeof open>[2] = {}): Promise<Opened> => {
  const path = join(folder, `${++opened}.html`);
  writeFileSync(path, reportPage(model));
  return open(browser, path, options);
};

/** Each hostile name as it is, and then within others until there are enough. */
const hostileName = (i: number): string => {
  const { name = "" } = HOSTILE_TEXTS[i % HOSTILE_TEXTS.length] ?? {};
  if (i < HOSTILE_TEXTS.length) return name;
  return i % 2 === 0 ? `${name}${i}` : `${i}${name}`;
};
const NAMES = Array.from({ length: MAX_LISTED }, (_, i) => hostileName(i));

/** Two days of slots: axe-core takes long over tables, and all slots are alike. */
const RECENT = pageModel().history.slice(-48);

const manyModel = (names: readonly string[]): PageModel =>
  pageModel({
    history: RECENT,
    domains: [domainOnPage(names[0] ?? "", names.length)],
    disabled: names.map((text, i) => {
      const { order, ...row } = disabledOnPage(text, i);
      return { ...row, domain: text, app: text, ...(order && { order: { ...order, reason: text, by: text } }) };
    }),
  });

/** How often there is an element of each name; our mark of an escape apart. */
const ELEMENTS = `(() => {
  const counts = {};
  for (const { localName } of document.querySelectorAll("*:not(.esc)")) counts[localName] = (counts[localName] ?? 0) + 1;
  return counts;
})()`;

/** Names that reach out of their cell, and cells that do not begin where their column does. */
const MISPLACED = `[...document.querySelectorAll("section[aria-labelledby=disabled] tr")].flatMap((row) => {
  const heads = [...row.closest("table").querySelectorAll("thead th")].map((head) => head.getBoundingClientRect());
  return [...row.children].flatMap((cell, i) => {
    const box = cell.getBoundingClientRect();
    const within = [...cell.querySelectorAll("bdi")].every((name) => {
      const { left, right, top, bottom } = name.getBoundingClientRect();
      return left >= box.left - 1 && right <= box.right + 1 && top >= box.top - 1 && bottom <= box.bottom + 1;
    });
    return within && Math.abs(box.left - heads[i].left) < 1 ? [] : [cell.textContent];
  });
})`;

const readBack = (shown: string): string =>
  shown.replace(/\\(\\|u\{([0-9a-f]+)\})/g, (_, all: string, hex?: string) =>
    all === "\\" ? "\\" : String.fromCodePoint(Number.parseInt(hex ?? "", 16)),
  );

(executablePath ? describe : describe.skip)("the page in Chromium", () => {
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true });
  });

  describe("of 5,000 streams with hostile names", () => {
    let hostile: Opened;
    beforeAll(async () => {
      hostile = await show(manyModel(NAMES));
    });

    it("shows each as text that can be read back", async () => {
      const rows = hostile.page.locator("section[aria-labelledby=disabled] tbody tr");
      expect((await rows.locator("th bdi").allInnerTexts()).map(readBack)).toEqual(NAMES);
      expect((await rows.locator("td:nth-child(3) bdi").allInnerTexts()).map(readBack)).toEqual(NAMES);
    });

    it("has no element of theirs, and does nothing", async () => {
      const plain = await show(manyModel(NAMES.map((_, i) => `room-${i}`)));
      expect(await hostile.page.evaluate(ELEMENTS)).toEqual(await plain.page.evaluate(ELEMENTS));
      expect(hostile.events).toEqual([]);
      await plain.page.context().close();
    });

    it("keeps each in its cell, and each cell in its column", async () => {
      expect(await hostile.page.locator("section[aria-labelledby=disabled] tbody tr").count()).toBe(MAX_LISTED);
      expect(await hostile.page.evaluate(MISPLACED)).toEqual([]);
    });

    it("is accessible", async () => {
      const { page } = await show(manyModel(NAMES.slice(0, runs(NAMES.length)))); // a minute for all of them
      expect(await violations(page)).toEqual([]);
      await page.context().close();
    });
  });

  it("notices a page that does more than show text", async () => {
    const path = join(folder, "active.html");
    writeFileSync(
      path,
      `<img src="x.png"><svg></svg><p style="color:#999">grey</p><script>alert(1);console.log(2)</script>`,
    );
    const { page, events } = await open(browser, path);
    await page.waitForLoadState("networkidle");
    expect(events).toEqual(
      expect.arrayContaining([expect.stringMatching(/^request: .*x\.png$/), "dialog: 1", "console: 2"]),
    );
    expect(await violations(page)).toEqual(expect.arrayContaining([expect.stringMatching(/^color-contrast: 1/)]));
  });

  it.each([
    ["an ordinary audit, light", pageModel(), "light"],
    ["an ordinary audit, dark", pageModel({ history: RECENT }), "dark"],
    ["an audit that could compare nothing", bareModel(), "light"],
    ["every kind of drift, dark", pageModel({ history: RECENT, findings: everyDrift(5) }), "dark"],
  ] as const)("is accessible: %s", async (_, model, colorScheme) => {
    const { page, events } = await show(model, { colorScheme });
    expect(await violations(page)).toEqual([]);
    expect(events).toEqual([]);
    await page.context().close();
  });

  it("fits a narrow window: only what is wide scrolls, and can be scrolled with keys", async () => {
    const { page } = await show(manyModel(NAMES.slice(0, 100)), { viewport: { width: 320, height: 640 } });
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(320);
    expect(
      await page.evaluate(
        `[...document.querySelectorAll(".wide")].filter((each) => each.scrollWidth > each.clientWidth && each.tabIndex !== 0).length`,
      ),
    ).toBe(0);
    await page.context().close();
  });

  it("prints on white paper, with nothing cut off and no columns lost", async () => {
    const { page } = await show(manyModel(NAMES.slice(0, 200)), {
      colorScheme: "dark",
      viewport: { width: 690, height: 980 },
    });
    await page.emulateMedia({ media: "print" });
    expect(await page.evaluate("getComputedStyle(document.documentElement).backgroundColor")).toBe(
      "rgb(255, 255, 255)",
    );
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(690);
    expect(await page.locator("nav").isVisible()).toBe(false);
    expect((await page.pdf({ format: "A4" })).toString("latin1", 0, 5)).toBe("%PDF-");
    await page.context().close();
  });

  (hasFonts ? describe : describe.skip)("looks as its screenshots", () => {
    it.each([
      ["top-light", "light", "screen", "", 1200],
      ["top-dark", "dark", "screen", "", 1200],
      ["top-print", "dark", "print", "", 690],
      ["done-light", "light", "screen", "done", 1200],
      ["over-time-light", "light", "screen", "over-time", 1200],
      ["domains-light", "light", "screen", "domains", 1200],
      ["changes-dark", "dark", "screen", "changes", 1200],
      ["chain-light", "light", "screen", "chain", 1200],
    ] as const)("%s", async (title, colorScheme, media, section, width) => {
      const { page } = await show(pageModel(), { colorScheme, viewport: { width, height: 1000 } });
      await page.emulateMedia({ media });
      const part = page.locator(`section[aria-labelledby=${section}]`);
      const taken = await (section ? part.screenshot() : page.screenshot());
      await page.context().close();
      expect(differenceFrom(title, taken)).toBeLessThanOrEqual(MAY_DIFFER);
    });

    it("and notices a line more", async () => {
      const takenOf = async (model: PageModel) => {
        const { page } = await show(model);
        const taken = await page.screenshot();
        await page.context().close();
        return readPng(taken);
      };
      const more = pageModel({ lacks: [{ part: "drift", error: "ERR_LIVE_UNAVAILABLE" }] });
      expect(difference(await takenOf(pageModel()), await takenOf(more))).toBeGreaterThan(4 * MAY_DIFFER);
    });
  });
});
