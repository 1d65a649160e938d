/** Checks four functions on the local stack. offair and the rival must pass the same checks before they are timed. */
import { strict as assert } from "node:assert";
import { gunzipSync } from "node:zlib";
import { GetObjectCommand, ListObjectsV2Command } from "@aws-sdk/client-s3";
import { DAY_MS, toSecondsUtc } from "../lib/core/time.ts";
import { FOREIGN_SECRET, readEvent, until } from "../local/demo/scene.ts";
import { postReport, signReport } from "../local/demo/send-report.ts";
import { SOURCE, SOURCE_SECRET, startWorld } from "../local/demo/world.ts";
import type { Stack } from "../local/stack/stack.ts";

const DOMAIN = "publish.example.huawei.com";
const OFF = "off-the-air-already";
const LIVE = "huawei";

/** @param taskRoot - contains the rival's `dist/<function>/index`; if absent, offair's package is checked. */
export async function checkFunctions(templatePath: string, taskRoot?: string): Promise<void> {
  const world = await startWorld({ templatePath, ports: { gateway: 0 }, ...(taskRoot && { taskRoot }) });
  const { simulator, stack } = world;
  try {
    assert(simulator);
    const resume_time = toSecondsUtc(new Date(Date.now() + DAY_MS));
    simulator.addDisabled([{ domain: DOMAIN, app: "live", stream: OFF, resume_time }]);
    simulator.addEncoders([{ domain: DOMAIN, app: "live", stream: LIVE, reconnectAfterMs: 60_000 }]);
    // offair starts in mode observe; the rival has no modes
    if (taskRoot === undefined) await stack.invoke("incident", await readEvent("incident-mode"));

    const report = { ...(await readEvent("report-nudity")), occurredAt: new Date().toISOString() };
    const forged = await postReport(stack.gatewayUrl, SOURCE, signReport(report, FOREIGN_SECRET));
    assert.equal(forged.status, 401, `a forged report: ${forged.text}`);
    const invalid = await postReport(stack.gatewayUrl, SOURCE, signReport({ ...report, score: "high" }, SOURCE_SECRET));
    assert.equal(invalid.status, 400, `no report: ${invalid.text}`);
    const genuine = signReport(report, SOURCE_SECRET);
    for (const signed of [genuine, genuine])
      assert.equal((await postReport(stack.gatewayUrl, SOURCE, signed)).status, 202);
    const pauses = () => simulator.calls().filter(({ path }) => path === "stream/block-once");
    await until("the stream is paused", async () => (pauses().length > 0 ? true : undefined));

    const listed = await stack.invoke("incident", await readEvent("incident-list"));
    assert(JSON.stringify(listed).includes(OFF), "the incident function does not list what is off");
    await stack.runSchedule();
    assert(
      (await storedTexts(stack)).some((text) => text.includes(OFF)),
      "the audit stores nothing of what is off",
    );
    assert.equal(pauses().length, 1, "what was delivered twice was done twice");
  } finally {
    await world.close();
  }
}

async function storedTexts({ clients, bucket }: Stack): Promise<string[]> {
  const { Contents = [] } = await clients.s3.send(new ListObjectsV2Command({ Bucket: bucket }));
  const texts: string[] = [];
  for (const { Key } of Contents.filter(({ Key = "" }) => Key.endsWith(".gz"))) {
    const { Body } = await clients.s3.send(new GetObjectCommand({ Bucket: bucket, Key }));
    texts.push(gunzipSync((await Body?.transformToByteArray()) ?? new Uint8Array()).toString());
  }
  return texts;
}
