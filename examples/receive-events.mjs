// Receives events that are signed with v1: OFFAIR_SECRET=whsec_… node receive-events.mjs
import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";

const { OFFAIR_SECRET, PORT = 9000 } = process.env;
if (!OFFAIR_SECRET) throw new Error("Set OFFAIR_SECRET to the secret of the subscriber: npm start prints it");
const key = Buffer.from(OFFAIR_SECRET.replace("whsec_", ""), "base64");
const seen = new Set(); // in your database, in one transaction with what you do about the event

async function receive(request, response) {
  const body = await text(request); // exactly as received: JSON that is parsed and written again has another signature
  const { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signatures = "" } = request.headers;
  const expected = Buffer.from(`v1,${createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64")}`);
  const given = signatures.split(" ").map((signature) => Buffer.from(signature));
  const isSigned = given.some((each) => each.length === expected.length && timingSafeEqual(each, expected));
  if (!isSigned || Math.abs(Date.now() / 1000 - timestamp) > 300) {
    console.error(`answered 401 to ${id}: OFFAIR_SECRET is not the subscriber's secret, or the clock is off`);
    return response.writeHead(401).end();
  }
  if (!seen.has(id)) console.log(body); // your own work; if it takes longer than a second, queue it and answer first
  seen.add(id);
  return response.writeHead(204).end();
}

createServer((request, response) => receive(request, response).catch(() => response.destroy())).listen(
  PORT,
  "127.0.0.1",
);
