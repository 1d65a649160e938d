/** Sends a request of an operator to the local stack, signed as the command signs it. */
import { randomUUID } from "node:crypto";
import { signedHeaders } from "../../cli/operator/sign.ts";
import type { OPERATORS } from "../../local/demo/world.ts";
import { REGION } from "../../local/stack/stack.ts";

/** @param event - without `id` and `reason` it gets some. */
export async function askOperator(
  gatewayUrl: string,
  operator: (typeof OPERATORS)[keyof typeof OPERATORS],
  event: object,
): Promise<Response> {
  const url = new URL("/operator", gatewayUrl);
  const body = Buffer.from(JSON.stringify({ id: randomUUID(), reason: "INC-881", ...event }));
  const headers = await signedHeaders({ url, region: REGION, body }, operator, new Date());
  return fetch(url, { method: "POST", headers, body });
}
