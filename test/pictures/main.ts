/**
 * Makes the pictures of the README and of docs/console.md anew: `npm run pictures`. A real session of `offair` and an incident in the console
 * against the local stack, and the page of an audit after three weeks, all drawn by Chromium. It is here because it needs the tests' browser
 * and their page. `npm run pictures -- console` makes those of the console only.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packageAlone } from "../../build/package-alone.ts";
import { reportPage } from "../../lib/audit/page/page.ts";
import { sha256Hex } from "../../lib/core/sha256.ts";
import { OPERATORS, startWorld, type World } from "../../local/demo/world.ts";
import { launch, open } from "../stack/browser/chromium.ts";
import { pageModel } from "../support/page-model.ts";
import { takeConsolePictures } from "./console.ts";
import { runInTerminal, terminalPage } from "./terminal.ts";

const ROOT = join(import.meta.dirname, "../..");
const PICTURES = join(ROOT, "docs/pictures");
const COLUMNS = 100;
const RAID = 6;
/** Sharp where the README shows them 800 pixels wide, and below 300 kB. */
const SCALE = 1.25;
/** Below what a picture ends with. */
const MARGIN = 12;

const prompt = (command: string): string => `\u001b[32m$\u001b[39m \u001b[1m${command}\u001b[22m\r\n`;

/** Somebody plans to disable the streams of a raid, and applies the plan with the command that it prints. */
async function playRaid(): Promise<string> {
  return withWorld(async (world) => {
    const encoder = { domain: "push.example.com", app: "live", client_ip: "198.51.100.7" };
    const names = [...Array(240).keys()].map((i) => (i < RAID ? `raid-00${i + 1}` : `room-${i}`));
    world.simulator?.addEncoders(names.map((stream) => ({ ...encoder, stream })));
    await world.stack.runSchedule(); // an audit counts the live streams, of which one person may disable a share alone
    const { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY } = OPERATORS.alice;
    const env = { OFFAIR_URL: world.stack.gatewayUrl, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY };
    let session = "";
    async function type(command: string): Promise<string> {
      const output = await runInTerminal(command.replace("offair", `node ${ROOT}/cli/offair.mjs`), COLUMNS, env);
      session += `${prompt(command)}${output}\r\n`;
      return output;
    }
    const plan = await type("offair plan --disable --for 24h --reason INC-881 --live push.example.com --name 'raid-*'");
    const apply = /offair apply op-.*INC-881/.exec(plan)?.[0];
    if (apply === undefined) throw new Error(`the plan does not say how to apply it:\n${plan}`);
    await type(`${apply} --yes`);
    return session;
  });
}

async function withWorld<T>(play: (world: World) => Promise<T>): Promise<T> {
  const packaged = await packageAlone();
  const world = await startWorld({ templatePath: packaged.templatePath, ports: { gateway: 0 }, seed: 7 });
  try {
    return await play(world);
  } finally {
    await world.close();
    packaged.remove();
  }
}

const folder = mkdtempSync(join(tmpdir(), "offair-pictures-"));
const browser = await launch();

/** @param until - the element that the picture ends with. */
async function draw(name: string, html: string, until: string, width: number): Promise<void> {
  const file = join(folder, "page.html");
  writeFileSync(file, html);
  const { page } = await open(browser, file, { viewport: { width, height: 4_000 }, deviceScaleFactor: SCALE });
  const box = await page.locator(until).first().boundingBox();
  if (!box) throw new Error(`there is no ${until} on the page`);
  const clip = { x: 0, y: 0, width: box.x + box.width + box.x, height: box.y + box.height + MARGIN };
  await page.screenshot({ path: join(PICTURES, `${name}.png`), clip });
  await page.context().close();
}

const isConsoleOnly = process.argv.includes("console");
try {
  mkdirSync(PICTURES, { recursive: true });
  await withWorld((world) => takeConsolePictures(browser, world, PICTURES));
  if (!isConsoleOnly) {
    const hashes = { policy: sha256Hex("policy.yml"), build: sha256Hex("audit.mjs") };
    const firstRows = "section[aria-labelledby=disabled] tbody tr:nth-child(6)";
    await draw("audit-page", reportPage(pageModel(hashes)), firstRows, 1_040);
    await draw("terminal", terminalPage(await playRaid(), COLUMNS), "main", 1_000);
  }
} finally {
  await browser.close();
  rmSync(folder, { recursive: true });
}
