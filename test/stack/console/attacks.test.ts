/**
 * Pages of somebody else in the browser of an operator whose console is open: none of them reads or sends anything by it. Most attacks
 * are given what an attacker can only guess, the code of a link that was not used, so that a link that still works afterwards is the proof.
 */
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "@jest/globals";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { answersOf } from "../../support/console-answers.ts";
import { launch } from "../browser/chromium.ts";
import {
  type Attacker,
  fetchFrom,
  HOST_RULES,
  loadClassicScript,
  loadScript,
  openEvents,
  openSocket,
  showFrame,
  startAttacker,
  submitForm,
} from "./attacker.ts";
import type { ConsoleProcess } from "./console-process.ts";
import { describeInBrowser, useRouteConsole } from "./harness.ts";
import { PATIENCE_MS } from "./open-page.ts";

const consoles = useRouteConsole();
let console_: ConsoleProcess;
let browser: Browser;
let attacker: Attacker;
/** Of the operator, with a session in another tab. */
let context: BrowserContext;
let tab: Page;
let token: string;

const codeOf = (link: string): string => new URL(link).hash.replace("#code=", "");
const JSON_TYPE = { "content-type": "application/json" };

/** Opens a tab of the attacker. */
async function lure(origin: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(`${origin}/`);
  return page;
}

const opensSession = async (link: string): Promise<boolean> => {
  const page = await context.newPage();
  await page.goto(link);
  await page.locator("h1").waitFor();
  const isOpen = (await page.locator("header nav").count()) === 1;
  await page.close();
  return isOpen;
};

describeInBrowser("an attacker", () => {
  beforeAll(async () => {
    [browser, attacker, console_] = await Promise.all([launch(HOST_RULES), startAttacker(), consoles.start("alice")]);
  });
  afterAll(async () => {
    await browser?.close();
    await attacker?.close();
  });
  beforeEach(async () => {
    consoles.route.answer(({ event }) => answersOf()(event));
    context = await browser.newContext();
    context.setDefaultTimeout(PATIENCE_MS);
    tab = await context.newPage();
    await tab.goto(await console_.newLink());
    await tab.locator("header nav").waitFor();
    token = await tab.evaluate<string>(`JSON.parse(sessionStorage.getItem("offair-session")).token`);
    expect(token).toMatch(/^[\w-]{43}$/);
  });
  afterEach(() => context.close());

  const SITES = [
    ["on another port of 127.0.0.1", () => attacker.sameSite],
    ["of another site", () => attacker.otherSite],
  ] as const;

  it.each(SITES)("%s sends no request, by fetch or by a form", async (_, site) => {
    const link = await console_.newLink();
    const url = `${console_.origin}/api/session`;
    const body = JSON.stringify({ code: codeOf(link) });
    const page = await lure(site());
    const tried = [
      fetchFrom(url, { method: "POST", mode: "no-cors", body }),
      fetchFrom(url, { method: "POST", mode: "cors", headers: JSON_TYPE, body }),
      fetchFrom(url, { method: "POST", mode: "cors", body, credentials: "include" }),
      submitForm(url, body),
      `navigator.sendBeacon(${JSON.stringify(url)}, new Blob([${JSON.stringify(body)}], { type: "text/plain" }))`,
    ];
    for (const attempt of tried) expect(String(await page.evaluate(attempt))).not.toMatch(/^done/);
    expect(await opensSession(link)).toBe(true);
  });

  it.each(SITES)("%s sends no request even with a stolen token", async (_, site) => {
    const received = consoles.route.received.length;
    const page = await lure(site());
    const body = JSON.stringify({ action: "mode", mode: "observe", reason: "owned", id: crypto.randomUUID() });
    const headers = { ...JSON_TYPE, "offair-session": token };
    for (const mode of ["cors", "no-cors"])
      expect(
        await page.evaluate(fetchFrom(`${console_.origin}/api/operator`, { method: "POST", mode, headers, body })),
      ).not.toMatch(/^done/);
    const asked = consoles.route.received.slice(received).map(({ event }) => event.action);
    expect(asked).not.toContain("mode");
  });

  it.each(SITES)("%s reads no page and no script of the console", async (_, site) => {
    const page = await lure(site());
    for (const path of ["/", "/console.js", "/console.css", "/api/operator"]) {
      expect(await page.evaluate(fetchFrom(`${console_.origin}${path}`, {}))).toMatch(/^failed/);
    }
    expect(await page.evaluate(loadScript(`${console_.origin}/console.js`))).toBe("failed");
    expect(await page.evaluate(loadClassicScript(`${console_.origin}/console.js`))).toBe("failed");
  });

  it.each(SITES)("%s opens no WebSocket and no stream of events", async (_, site) => {
    const page = await lure(site());
    const { host } = new URL(console_.origin);
    for (const path of ["/", "/api/operator", "/api/session"]) {
      expect(await page.evaluate(openSocket(`ws://${host}${path}`))).toBe("failed");
      expect(await page.evaluate(openEvents(`${console_.origin}${path}`))).toBe("failed");
    }
  });

  it.each(SITES)("%s shows the console in no frame", async (_, site) => {
    const link = await console_.newLink();
    const page = await lure(site());
    await page.evaluate(showFrame(link));
    const [, frame] = page.frames();
    expect(await frame?.locator("#app").count()).toBe(0);
    expect(await opensSession(link)).toBe(true);
  });

  it.each(SITES)("%s that opens the console has no hold on its window", async (_, site) => {
    const link = await console_.newLink();
    const page = await lure(site());
    const [opened] = await Promise.all([
      context.waitForEvent("page"),
      page.evaluate(`void (globalThis.w = window.open(${JSON.stringify(link)}))`),
    ]);
    await opened.locator("h1").waitFor();
    expect(await opened.evaluate("opener === null")).toBe(true);
    expect(await page.evaluate("w.closed")).toBe(true);
    await page.evaluate(`w.location = ${JSON.stringify(`${site()}/taken`)}`);
    expect(await opened.evaluate("location.origin")).toBe(console_.origin);
  });

  it("by a name that now points to 127.0.0.1 gets nothing, although the browser calls it the same origin", async () => {
    const link = await console_.newLink();
    const { port } = new URL(console_.origin);
    const rebound = `http://rebound.example:${port}`;
    const page = await context.newPage();
    const answered = await page.goto(`${rebound}/`);
    expect(answered?.status()).toBe(403);
    expect(await page.locator("#app").count()).toBe(0);
    const body = JSON.stringify({ code: codeOf(link) });
    for (const [path, init] of [
      ["/", {}],
      ["/console.js", {}],
      ["/api/session", { method: "POST", headers: JSON_TYPE, body }],
      [
        "/api/operator",
        { method: "POST", headers: { ...JSON_TYPE, "offair-session": token }, body: `{"action":"doctor"}` },
      ],
    ] as const) {
      expect(await page.evaluate(fetchFrom(`${rebound}${path}`, init))).toBe("refused: basic 403");
    }
    expect(await opensSession(link)).toBe(true);
  });

  it("who serves an evidence image learns no address and no token", async () => {
    const image = "https://1.1.1.1/frames/1.jpg";
    const seen: { url: string; headers: Record<string, string> }[] = [];
    await context.route(/^https:/, async (route) => {
      seen.push({ url: route.request().url(), headers: route.request().headers() });
      await route.fulfill({
        contentType: "image/svg+xml",
        body: `<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`,
      });
    });
    const headers = { ...JSON_TYPE, "offair-session": token };
    const asked = { method: "POST", headers, body: JSON.stringify({ url: image }) };
    const { path } = await tab.evaluate<{ path: string }>(
      `fetch("/api/evidence", ${JSON.stringify(asked)}).then((answer) => answer.json())`,
    );
    const shown = context.waitForEvent("requestfinished", (request) => request.url() === image);
    await tab.evaluate(showFrame(path));
    await shown;
    expect(seen.map(({ url }) => url)).toEqual([image]);
    for (const name of ["referer", "cookie", "origin"]) expect(Object.keys(seen[0]?.headers ?? {})).not.toContain(name);
    expect(JSON.stringify(seen)).not.toContain(token);
  });
});
