/** A sender of the `standard` source: signs a report by Standard Webhooks, and posts it. */
import { createHmac, randomUUID } from "node:crypto";

export interface SignedReport {
  readonly id: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** @param secret - `whsec_` and the key in base64. */
export function signReport(
  payload: object,
  secret: string,
  { id = `msg_${randomUUID()}`, at = new Date() } = {},
): SignedReport {
  const body = JSON.stringify(payload);
  const timestamp = String(Math.floor(at.getTime() / 1_000));
  const key = Buffer.from(secret.replace("whsec_", ""), "base64");
  const signature = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64");
  return {
    id,
    body,
    headers: {
      "content-type": "application/json",
      "webhook-id": id,
      "webhook-timestamp": timestamp,
      "webhook-signature": `v1,${signature}`,
    },
  };
}

export interface ReportAnswer {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

export async function postReport(
  gatewayUrl: string,
  source: string,
  { headers, body }: SignedReport,
): Promise<ReportAnswer> {
  const answer = await fetch(`${gatewayUrl}/reports/${source}`, { method: "POST", headers, body });
  return { status: answer.status, type: answer.headers.get("content-type") ?? "", text: await answer.text() };
}
