/** The page of the history, over evidence in the stand-in of S3: a day, its audits with their pages, the export. By keyboard only. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { startOfProcess } from "../../../cli/terminal/local-stack.ts";
import { createArchive } from "../../../lib/aws/s3-archive.ts";
import { type Storage, startStorage } from "../../../local/aws/storage.ts";
import { writeLocalFile } from "../../../local/demo/local-file.ts";
import { OPERATORS } from "../../../local/demo/world.ts";
import { exportedObjects } from "../../cli/export-objects.ts";
import { offair, useFiles } from "../../cli/offair.ts";
import { createChainWorld, type Objects } from "../../support/chain.ts";
import type { ConsoleProcess } from "./console-process.ts";
import { describeInBrowser, useRouteConsole } from "./harness.ts";
import { enter, tabTo, typeInto } from "./keyboard.ts";

const consoles = useRouteConsole();
const files = useFiles();
const DAY = "2026-03-14";
const folder = mkdtempSync(join(tmpdir(), "offair-console-history-"));
let storage: Storage;
let s3: S3Client;
let buckets = 0;

beforeAll(async () => {
  storage = await startStorage();
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  s3 = new S3Client({ endpoint: storage.url, region: "eu-central-1", forcePathStyle: true, credentials });
});
afterAll(async () => {
  s3.destroy();
  await storage.close();
  rmSync(folder, { recursive: true });
});

/** A console of a local stack with these objects. */
async function startWith(objects: Objects): Promise<{ readonly running: ConsoleProcess; readonly bucket: string }> {
  const bucket = `history-${buckets++}`;
  storage.createBucket(bucket);
  const archive = createArchive(s3, bucket);
  for (const [name, bytes] of objects) await archive.store(name, bytes, { contentType: "application/json" });
  const file = join(folder, `${bucket}.json`);
  writeLocalFile(file, {
    ...{ pid: process.pid, pidStart: startOfProcess(process.pid), url: consoles.route.url, region: "eu-central-1" },
    ...{ operators: OPERATORS, sources: {}, archive: { endpoint: storage.url, bucket } },
    ledger: { endpoint: storage.url, table: "ledger" },
    storeKeys: { accessKeyId: "local", secretAccessKey: "local" },
    auditKey: "none",
  });
  const none = { OFFAIR_URL: "", AWS_ACCESS_KEY_ID: "", AWS_SECRET_ACCESS_KEY: "", AWS_SESSION_TOKEN: "" };
  const running = await consoles.start("alice", { ...none, OFFAIR_LOCAL_FILE: file, OFFAIR_AS: "alice" });
  return { running, bucket };
}

describeInBrowser("history", () => {
  it("shows the periods of a day with the objects that prove them, and those of one stream", async () => {
    const { running } = await startWith(await exportedObjects());
    const { page, goTo, press } = await consoles.open(running);
    await goTo("history", DAY);
    await page.getByText("2 streams were off at some time of the day.").waitFor();
    await page.getByText("every object that was read is as its manifest states").waitFor();
    const grid = page.getByRole("grid", { name: "Off the air on 2026-03-14" });
    await tabTo(page, grid);
    await press("Enter");
    const dialog = page.getByRole("dialog");
    await dialog.getByText("snapshots/domain=push.example.com/dt=2026-03-13/230000Z.ndjson.gz").waitFor();
    expect(await dialog.innerText()).toContain("rule severe");
    await press("Escape");
    await page.locator("h1").click();
    await typeInto(page, page.getByLabel("Stream (app/name)"), "live/room-43");
    await press("Enter");
    await page.getByText("1 stream was off at some time of the day.").waitFor();
    expect(page.url()).toContain("#/history/2026-03-14//live%2Froom-43");
  });

  it("tells first what is not as it was signed", async () => {
    const { running, bucket } = await startWith(await exportedObjects());
    storage.overwrite(bucket, "snapshots/domain=push.example.com/dt=2026-03-14/120000Z.ndjson.gz", "altered");
    const { page, goTo } = await consoles.open(running);
    await goTo("history", DAY);
    const alert = page.getByRole("alert").filter({ hasText: "Something is not as it was signed" });
    await alert.first().waitFor();
    expect(await alert.first().innerText()).toContain("dt=2026-03-14/120000Z.ndjson.gz");
  });

  it("exports days for an auditor, who verifies them with what is sent beside the file", async () => {
    const { running } = await startWith(await exportedObjects());
    const { page, goTo } = await consoles.open(running, { acceptDownloads: true });
    await goTo("history", DAY);
    await page.getByText("2 streams were off").waitFor();
    await enter(page, page.getByRole("button", { name: "Make the export" }));
    const link = page.getByRole("link", { name: /^Download offair-/ });
    await link.waitFor();
    const command = await page.getByText(/^offair verify /).innerText();
    const download = page.waitForEvent("download");
    await enter(page, link);
    const path = files.path(".tar");
    await (await download).saveAs(path);
    expect(readFileSync(path).length).toBeGreaterThan(10_000);
    const [, options = ""] = command.split("KEY.pem ");
    const verified = await offair(["verify", path, "--key", files.key(3), ...options.split(" ")]);
    expect(verified).toMatchObject({ code: 0, stdout: expect.stringContaining("intact: 26 chain entries") });
  });

  it("shows the page of an audit in a frame, and not if it is not as it was signed", async () => {
    const world = createChainWorld();
    for (const hour of ["08", "09", "10"]) await world.audit(`${DAY}T${hour}:00:00.000Z`);
    const { running, bucket } = await startWith(world.objects);
    storage.overwrite(bucket, `pages/dt=${DAY}/100000Z.html`, "<!doctype html><h1>all is well");
    const { page, goTo } = await consoles.open(running);
    await goTo("history", DAY);
    const row = (hour: string) => page.getByRole("row").filter({ hasText: `${DAY} ${hour}:00:00 UTC` });
    await enter(page, row("09").getByRole("button", { name: "Show" }));
    const frame = page.locator("iframe");
    await frame.waitFor();
    expect(await frame.getAttribute("sandbox")).toBe("");
    await page.frameLocator("iframe").locator("html").waitFor({ state: "attached" });
    const [, framed] = page.frames();
    expect(await framed?.content()).toContain(`<title>${DAY}T09:00:00.000Z</title>`);
    await page.locator("h1").click();
    await enter(page, row("10").getByRole("button", { name: "Show" }));
    await page.getByText("The page is not shown").waitFor();
    expect(await page.locator("iframe").count()).toBe(0);
  });

  it("says which setting is missing without an archive", async () => {
    const { page, goTo } = await consoles.open("alice");
    await goTo("history");
    expect(await page.locator("main").innerText()).toContain("ARCHIVE_BUCKET");
  });
});
