/** A page of the console in a context of its own, and all that a page of ours never does. */
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";

export interface OpenedConsole {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Errors, refusals by the content security policy, dialogs, and requests to anybody but the local server. A test ends with none. */
  readonly events: string[];
  /** Keys one after the other: "Tab", "a", "Control+Enter". */
  press(...keys: readonly string[]): Promise<void>;
  /** Opens a page by its address. */
  goTo(...path: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

export interface OpenOptions extends BrowserContextOptions {
  /** Requests to the local server may be answered with an error, which Chromium then reports on its console. */
  readonly mayFail?: boolean;
  /** Waits for the first page instead of only the document. Default: true. */
  readonly isReady?: boolean;
  /** The date stands still at it. Timers run. */
  readonly now?: Date;
}

/** How long a page may take for what a test waits for. A busy machine makes no test fail; what never comes is named, and does not wait for jest. */
export const PATIENCE_MS = 100_000;

/** What Chromium writes for every answer that is not 2xx. */
const FAILED = /^Failed to load resource: the server responded with a status of \d+/;

export async function openPage(
  browser: Browser,
  link: string,
  { mayFail = false, isReady = true, now, ...options }: OpenOptions = {},
): Promise<OpenedConsole> {
  const context = await browser.newContext({ viewport: { width: 1200, height: 900 }, ...options });
  context.setDefaultTimeout(PATIENCE_MS);
  if (now) await context.clock.setFixedTime(now);
  const { origin } = new URL(link);
  const events: string[] = [];
  context.on("console", (message) => {
    const isExpected = mayFail && FAILED.test(message.text()) && message.location().url.startsWith(`${origin}/`);
    if (!isExpected) events.push(`console: ${message.text()}`);
  });
  context.on("weberror", (error) => events.push(`error: ${error.error().message}`));
  context.on("dialog", (dialog) => {
    events.push(`dialog: ${dialog.message()}`);
    dialog.dismiss().catch(() => events.push("a dialog that stays"));
  });
  context.on("request", (request) => {
    if (!request.url().startsWith(`${origin}/`)) events.push(`request: ${request.url()}`);
  });
  const page = await context.newPage();
  await page.goto(link);
  if (isReady) await page.locator("h1").waitFor();
  return {
    page,
    context,
    events,
    async press(...keys) {
      for (const key of keys) await page.keyboard.press(key);
    },
    async goTo(...path) {
      // As a person who types an address: no script of the test runs in the page.
      await page.goto(`${origin}/#/${path.map(encodeURIComponent).join("/")}`);
      await page.locator("h1").waitFor();
    },
    close: () => context.close(),
  };
}
