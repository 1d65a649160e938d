/** What a person does who uses no mouse. */
import type { Locator, Page } from "playwright-core";

export const hasFocus = (wanted: Locator): Promise<boolean> =>
  wanted.evaluate((element) => element === Reflect.get(globalThis, "document").activeElement);

const MOST_STOPS = 300;

/** Presses Tab until the element has the focus. @throws if it never gets it. */
export async function tabTo(page: Page, wanted: Locator): Promise<void> {
  await wanted.waitFor();
  for (let stop = 0; stop < MOST_STOPS; stop++) {
    if (await hasFocus(wanted)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`${String(wanted)} does not get the focus`);
}

/** Goes to a button, a link or a row by Tab, and presses Enter. */
export async function enter(page: Page, wanted: Locator): Promise<void> {
  await tabTo(page, wanted);
  await page.keyboard.press("Enter");
}

/** Goes to a field by Tab, and replaces what is in it. */
export async function typeInto(page: Page, field: Locator, text: string): Promise<void> {
  await tabTo(page, field);
  await page.keyboard.press("Control+A");
  await page.keyboard.type(text);
}
