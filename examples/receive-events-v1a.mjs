// Receives events that are signed with v1a, without a secret: OFFAIR_KEYS_URL=https://…/events/keys node receive-events-v1a.mjs
import { createPublicKey, verify } from "node:crypto";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";

const { OFFAIR_KEYS_URL, PORT = 9000 } = process.env;
if (!OFFAIR_KEYS_URL) throw new Error("Set OFFAIR_KEYS_URL to the URL of the keys: npm start prints it");
const seen = new Set(); // in your database, in one transaction with what you do about the event
let keys = [];
let readAt = 0;

async function readKeys() {
  readAt = Date.now();
  const document = await (await fetch(OFFAIR_KEYS_URL, { signal: AbortSignal.timeout(5_000) })).json();
  keys = document.keys.map(({ publicKey }) => {
    const x = Buffer.from(publicKey.replace("whpk_", ""), "base64").toString("base64url");
    return createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
  });
}

async function receive(request, response) {
  const body = await text(request); // exactly as received: JSON that is parsed and written again has another signature
  const { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signatures = "" } = request.headers;
  const content = Buffer.from(`${id}.${timestamp}.${body}`);
  const given = signatures.split(" ").filter((each) => each.startsWith("v1a,"));
  const isSigned = () =>
    given.some((each) => keys.some((key) => verify(null, content, key, Buffer.from(each.slice(4), "base64"))));
  if (!isSigned() && Date.now() - readAt > 60_000) await readKeys(); // the first request, or another key: once a minute at most
  if (!isSigned() || Math.abs(Date.now() / 1000 - timestamp) > 300) {
    console.error(`answered 401 to ${id}: none of the keys fits (is the subscriber v1a?), or the clock is off`);
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
