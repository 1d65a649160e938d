// Sends one signed report: OFFAIR_REPORTS_URL=https://…/reports/standard OFFAIR_SECRET=whsec_… node send-report.mjs
import { createHmac, randomUUID } from "node:crypto";

const { OFFAIR_REPORTS_URL, OFFAIR_SECRET } = process.env;
const stream = { domain: "publish.example.huawei.com", app: "live", stream: "room-1" };
const body = JSON.stringify({ occurredAt: new Date().toISOString(), stream, category: "nudity", score: 0.93 });

const id = `msg_${randomUUID()}`; // the same id when you send this report again
const timestamp = String(Math.floor(Date.now() / 1000));
const key = Buffer.from(OFFAIR_SECRET.replace("whsec_", ""), "base64");
const signature = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64");

const response = await fetch(OFFAIR_REPORTS_URL, {
  method: "POST",
  headers: {
    "content-type": "application/json",
    "webhook-id": id,
    "webhook-timestamp": timestamp,
    "webhook-signature": `v1,${signature}`,
  },
  body,
});
console.log(response.status, await response.text());
process.exitCode = response.ok ? 0 : 1;
