/**
 * The canary, on a schedule: sends a signed report for a stream that nobody pushes, and waits for the worker's notes. An alarm names the
 * link at which a run broke (docs/adr/0022). Never calls Live, and has no right to a queue.
 */
import { randomUUID } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import middy from "@middy/core";
import { AWS_CLIENT } from "../lib/aws/clients.ts";
import { createCanaryStore } from "../lib/aws/dynamodb/canary.ts";
import { createReadSecret } from "../lib/aws/secrets-manager.ts";
import type { CanaryResult } from "../lib/canary/canary-run.ts";
import { METRIC_OF_LINK } from "../lib/canary/links.ts";
import { runCanary } from "../lib/canary/run-canary.ts";
import { CANARY_SOURCE } from "../lib/core/canary.ts";
import { readCanaryConfig } from "../lib/core/config.ts";
import { createConnection } from "../lib/core/http-exchange.ts";
import { emitMetrics } from "../lib/core/metrics.ts";
import { SECOND_MS } from "../lib/core/time.ts";
import { canaryStream } from "../lib/policy/policy.ts";
import policy from "../policy.yml";
import { traceInvocation } from "./shared/trace-invocation.ts";

const config = readCanaryConfig(process.env);
const now = () => new Date();
const readSecret = createReadSecret({ client: new SecretsManagerClient(AWS_CLIENT), maxAgeMs: 0, now });
const endpoint = new URL(config.REPORTS_URL);
const exchange = createConnection({ endpoint, maxIdleMs: 0, now });

/** Longer than the webhook's own time limit of 5 s. */
const ANSWER_MS = 6 * SECOND_MS;

async function post(headers: Readonly<Record<string, string>>, body: string): Promise<number | string> {
  const bytes = Buffer.from(body);
  const request = {
    method: "POST",
    target: `${endpoint.pathname.replace(/\/$/, "")}/reports/${CANARY_SOURCE}`,
    headers: { ...headers, host: endpoint.host, "content-length": String(bytes.length) },
    body: bytes,
  };
  const answer = await exchange(request, AbortSignal.timeout(ANSWER_MS));
  return answer.kind === "answered" ? answer.status : [answer.reason, answer.systemCode ?? ""].join(" ").trim();
}

const handle = middy<unknown, CanaryResult>({ timeoutEarlyInMillis: 0 }).handler(async () => {
  const result = await runCanary({
    ...{ stream: canaryStream(policy), post, now, sleep: (ms: number) => setTimeout(ms) },
    readSecret: async () => (await readSecret(config.SOURCE_SECRET_ID)).value,
    store: createCanaryStore(new DynamoDBClient(AWS_CLIENT), config.LEDGER_TABLE),
    newId: () => `canary_${randomUUID()}`,
    waitMs: config.CANARY_WAIT_S * SECOND_MS,
  });
  emitMetrics({ CanaryRuns: 1, ...(result.link && { [METRIC_OF_LINK[result.link]]: 1 }) });
  return result;
});

export const handler = traceInvocation(handle);
