/** What a real browser makes of the console's policies: the frame of an image, and the file that opens the page. */
import { writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { Browser, Page } from "playwright-core";
import { redirectPage } from "../../../cli/console/open-browser.ts";
import { useConsole } from "../../cli/console/console-world.ts";
import { useFiles } from "../../cli/offair.ts";
import { executablePath, launch } from "./chromium.ts";

const world = useConsole(() => ({ lookup: async () => ["93.184.215.14"] }));
const files = useFiles();
const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

(executablePath ? describe : describe.skip)("in Chromium", () => {
  let browser: Browser;
  let page: Page;
  /** Requests to other hosts, each with its referrer. */
  const seen: string[] = [];
  beforeAll(async () => {
    browser = await launch();
    page = await browser.newPage();
    await page.route(/^https:/, async (route) => {
      const { referer = "-" } = await route.request().allHeaders();
      seen.push(`${route.request().url()} ${referer}`);
      const isRedirect = route.request().url().endsWith("/redirect.png");
      const to = { status: 302, headers: { location: "https://private.example.net/a.png" } };
      await route.fulfill(isRedirect ? to : { contentType: "image/png", body: PNG });
    });
  });
  afterAll(() => browser?.close());

  /** @returns the width of the image: 0 if it was not loaded. */
  async function widthOf(url: string): Promise<unknown> {
    seen.length = 0;
    const { json } = await world.post("/api/evidence", { url }, await world.open());
    await page.goto(`${world.console.origin}/`);
    const frame = `const frame = document.createElement("iframe"); frame.src = "${json.path}"; document.body.append(frame);`;
    await page.evaluate(`new Promise((resolve) => { ${frame} frame.onload = resolve; })`);
    return page.frames()[1]?.evaluate("document.images[0].naturalWidth");
  }

  it.each([
    "https://images.example.com/frames/42.png?sig=a;b,c",
    "https://images.example.com/a;b,c'd e%zz[x]^`é.png",
    "https://images.example.com/%2e%2e%2fx%0d%0a.png",
    "https://images.example.com/100%/%4",
  ])("the image of a frame is loaded, without a referrer: %s", async (url) => {
    expect(await widthOf(url)).toBe(1);
    expect(seen).toEqual([`${new URL(url).href} -`]);
  });

  it("an image that redirects to another host is not", async () => {
    expect(await widthOf("https://images.example.com/redirect.png")).toBe(0);
    expect(seen).toEqual(["https://images.example.com/redirect.png -"]);
  });

  it("the page itself cannot load an image from elsewhere", async () => {
    await page.goto(`${world.console.origin}/`);
    seen.length = 0;
    const image = `const image = new Image(); image.src = "https://images.example.com/a.png";`;
    await page.evaluate(`new Promise((resolve) => { ${image} image.onload = image.onerror = resolve; })`);
    expect(seen).toEqual([]);
  });

  it("the file that opens the browser leads to the page", async () => {
    const link = world.console.newLink();
    const file = files.path(".html");
    writeFileSync(file, redirectPage(link));
    await page.goto(`file://${file}`);
    await page.waitForURL(link);
    expect(await page.content()).toContain("page");
  });
});
