/** Every page of the console with the answers of an ordinary evening. */
import type { Page } from "playwright-core";
import { PAGE_NAMES } from "../../../console/i18n/pages.ts";
import { NOW, orderIdOf } from "../../support/console-answers.ts";
import type { RouteConsoles } from "./harness.ts";
import type { OpenedConsole, OpenOptions } from "./open-page.ts";

/** Titles and addresses: the pages of the navigation, the desk, one case, one plan and one batch. */
export const ADDRESSES: readonly (readonly [title: string, address: readonly string[]])[] = [
  ...Object.keys(PAGE_NAMES).map((name) => [name, [name]] as const),
  ["desk", ["review", "next"]],
  ["case", ["review", "case", "own#msg-1"]],
  ["plan", ["plans", orderIdOf(1)]],
  ["batch", ["plans", orderIdOf(3)]],
];

/** Opens a session at the time of the answers. */
export const openEvening = (consoles: RouteConsoles, options: OpenOptions = {}): Promise<OpenedConsole> =>
  consoles.open("alice", { now: NOW, ...options });

/** Shows a page, and waits until it has read what it shows. */
export async function show({ page, goTo }: OpenedConsole, [name, ...rest]: readonly string[]): Promise<void> {
  await goTo(name ?? "", ...rest);
  if (name === "review" && rest[0] === "next") await page.locator("article h2:focus").waitFor(); // the case that was handed out
  await settled(page);
}

/** Nothing is being loaded any more. */
export const settled = (page: Page): Promise<void> =>
  page.locator("main p:not(.buttons)").filter({ hasText: /…$/ }).first().waitFor({ state: "detached" });
