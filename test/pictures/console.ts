/** The steps of an incident in the console, played by two people against the local stack: one picture each. */
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { OPERATORS, type World } from "../../local/demo/world.ts";
import { buildConsoles } from "../stack/console/console-process.ts";
import { type OpenedConsole, openPage } from "../stack/console/open-page.ts";

const [LIVE, RAID] = [600, 150];
const SIZE = { width: 1_100, height: 720 };

/** @param folder - gets console-*.png. @param world - without limits of its own; live streams are started in it. */
export async function takeConsolePictures(browser: Browser, world: World, folder: string): Promise<void> {
  const names = Array.from({ length: LIVE }, (_, i) =>
    i < RAID ? `raid-${String(i + 1).padStart(3, "0")}` : `room-${String(i).padStart(3, "0")}`,
  );
  world.simulator?.addEncoders(
    names.map((stream, i) => ({
      ...{ domain: "push.example.com", app: "live", stream },
      client_ip: i < RAID ? "198.51.100.7" : `203.0.113.${i % 200}`,
    })),
  );
  const consoles = await buildConsoles();
  const openAs = async (person: "alice" | "bob"): Promise<OpenedConsole> => {
    const { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY } = OPERATORS[person];
    const env = { OFFAIR_URL: world.stack.gatewayUrl, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY };
    const { newLink } = await consoles.start(env);
    return openPage(browser, await newLink(), { viewport: SIZE, colorScheme: "light", locale: "en-GB" });
  };
  const take = async (page: Page, step: string): Promise<void> => {
    await page.screenshot({ path: join(folder, `console-${step}.png`) });
  };
  try {
    const alice = await openAs("alice");
    await alice.goTo("live");
    await alice.page.getByLabel("Name", { exact: true }).fill("raid-*");
    await alice.page.getByText(`${RAID} of ${LIVE} shown`).waitFor();
    await click(alice.page, "Select all that are shown");
    await take(alice.page, "select");
    await click(alice.page, `Plan for ${RAID} streams …`);
    await giveReason(alice.page, "INC-881: a raid of one sender");
    await inState(alice.page, "waits for approval");
    await take(alice.page, "plan");

    const bob = await openAs("bob");
    await bob.goTo("plans", alice.page.url().split("/").at(-1) ?? "");
    await inState(bob.page, "waits for approval");
    await click(bob.page, "Approve …");
    await bob.page.locator("dialog[open] .question").waitFor();
    await bob.page.locator("dialog[open]").getByLabel("Reason").fill("looked at ten of them");
    await take(bob.page, "approve");
    await giveReason(bob.page, "looked at ten of them");

    await inState(alice.page, "can be applied");
    await click(alice.page, "Apply …");
    await giveReason(alice.page, "INC-881: a raid of one sender");
    await alice.page.getByText(new RegExp(`^[1-9]\\d* of ${RAID} have a result`)).waitFor();
    await take(alice.page, "watch");
    await inState(alice.page, "done");

    await inState(bob.page, "done");
    await click(bob.page, "Undo …");
    await giveReason(bob.page, "a false alarm");
    await bob.page.getByRole("heading", { name: `enable ${RAID} streams` }).waitFor();
    await take(bob.page, "undo");
  } finally {
    await consoles.close();
  }
}

const click = (page: Page, name: string): Promise<void> => page.getByRole("button", { name }).first().click();

const inState = (page: Page, state: string): Promise<void> =>
  page.locator("h2.plan .state", { hasText: state }).waitFor();

async function giveReason(page: Page, reason: string): Promise<void> {
  const dialog = page.locator("dialog[open]");
  await dialog.getByLabel("Reason").fill(reason);
  await page.keyboard.press("Enter");
  await dialog.waitFor({ state: "detached" });
}
