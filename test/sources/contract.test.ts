/** The sources that need no adapter of their own, and the standard, against the contract of every source. */
import { createHash, createHmac } from "node:crypto";
import { Webhook } from "standardwebhooks";
import { describeSource, type FixtureRequest, type Sign, withValue } from "./contract.ts";

const md5 = (text: string): string => createHash("md5").update(text).digest("hex");
const withHeader = (request: FixtureRequest, name: string, value: string): FixtureRequest =>
  withValue(request, `/headers/${name}`, value);

/** The reference library of the standard. */
describeSource("standard", (request, secret) => {
  const { "webhook-id": id = "", "webhook-timestamp": seconds = "" } = request.headers;
  const signature = new Webhook(secret).sign(id, new Date(Number(seconds) * 1_000), request.body);
  return withHeader(request, "webhook-signature", signature);
});

/** `sign` = MD5(key + t). @see https://www.tencentcloud.com/document/product/267/38084 */
describeSource("tencent-css", (request, secret) => {
  const { t } = JSON.parse(request.body);
  return withValue(request, "/body/sign", md5(`${secret}${t}`));
});

/** MD5 of host, time and key. @see https://www.alibabacloud.com/help/en/live/developer-reference/usage-notes-for-callback-authentication */
describeSource("alibaba-live", (request, secret) => {
  const { host, "ali-live-timestamp": seconds } = request.headers;
  return withHeader(request, "ali-live-signature", md5(`${host}|${seconds}|${secret}`));
});

/** A value for the Authorization header, as its user sets it in the dashboard. */
describeSource("hive", (request, secret) => withHeader(request, "authorization", `Token ${secret}`));

const hmacHex =
  (header: string, prefix = ""): Sign =>
  (request, secret) =>
    withHeader(request, header, `${prefix}${createHmac("sha256", secret).update(request.body).digest("hex")}`);

/** A form of one's own, whose server signs as many others do. */
describeSource("user-report", hmacHex("x-form-signature", "sha256="));
