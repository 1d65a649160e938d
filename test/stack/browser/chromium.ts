/** Debian's Chromium, as .ci/run installs it. In CI it has to be there; elsewhere its tests are left out, and say so. */
import { existsSync } from "node:fs";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";

const PATHS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

export const executablePath = PATHS.find((path) => existsSync(path));
if (!executablePath && process.env.CI) throw new Error("Chromium is missing in CI: apt-get install chromium");
if (!executablePath)
  console.warn("There is no Chromium here, so nothing of test/stack/browser runs: apt-get install chromium");

const FLAGS = [
  ...["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"],
  ...["--disable-component-update", "--disable-sync", "--font-render-hinting=none", "--force-color-profile=srgb"],
];

/** With a profile of its own, that is thrown away. @param flags - beside those that every test has. */
export const launch = (...flags: readonly string[]): Promise<Browser> =>
  chromium.launch({
    ...(executablePath && { executablePath }),
    chromiumSandbox: false,
    args: [...FLAGS, ...flags],
    timeout: 0,
  });

export interface Opened {
  readonly page: Page;
  /** All that a page that only shows text never does: errors and refusals, dialogs, windows, requests and navigations beside its own. */
  readonly events: readonly string[];
}

/** From a file, without any network. */
export async function open(browser: Browser, path: string, options: BrowserContextOptions = {}): Promise<Opened> {
  const context = await browser.newContext({ viewport: { width: 1200, height: 1000 }, offline: true, ...options });
  context.setDefaultTimeout(0); // a busy machine makes no test fail
  const page = await context.newPage();
  const events: string[] = [];
  page.on("console", (message) => events.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => events.push(`error: ${error.message}`));
  page.on("popup", () => events.push("popup"));
  page.on("dialog", (dialog) => {
    events.push(`dialog: ${dialog.message()}`);
    dialog.dismiss().catch(() => events.push("a dialog that stays"));
  });
  const url = `file://${path}`;
  page.on("request", (request) => request.url() !== url && events.push(`request: ${request.url()}`));
  page.on("framenavigated", (frame) => frame.url() !== url && events.push(`navigation: ${frame.url()}`));
  await page.goto(url);
  return { page, events };
}
