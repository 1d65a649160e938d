/**
 * The clock of what waits for a person: every minute, and soon after an urgent case, reads all cases and publishes the alarms that are due
 * (docs/adr/0025). Reads and marks cases, publishes to one topic, and has no other right.
 */
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SNSClient } from "@aws-sdk/client-sns";
import { SQSClient } from "@aws-sdk/client-sqs";
import middy from "@middy/core";
import { AWS_CLIENT } from "../lib/aws/clients.ts";
import { createClockStore } from "../lib/aws/dynamodb/clock.ts";
import { createLedgerReports } from "../lib/aws/dynamodb/reports.ts";
import { openTable } from "../lib/aws/dynamodb/table.ts";
import { createPublish } from "../lib/aws/sns-alerts.ts";
import { createWakeNotify } from "../lib/aws/sqs/wake-notify.ts";
import { type Swept, sweep } from "../lib/clock/sweep.ts";
import { readClockConfig } from "../lib/core/config.ts";
import { emitMetrics } from "../lib/core/metrics.ts";
import { SECOND_MS } from "../lib/core/time.ts";
import { traceInvocation } from "./shared/trace-invocation.ts";

const config = readClockConfig(process.env);
const now = () => new Date();
const dynamo = new DynamoDBClient(AWS_CLIENT);
const notify = createWakeNotify(new SQSClient(AWS_CLIENT), config.NOTIFY_QUEUE_URL);
const ledger = createLedgerReports(openTable(dynamo, config.LEDGER_TABLE, now, notify));
const store = createClockStore(dynamo, config.LEDGER_TABLE);
const publish = createPublish(new SNSClient(AWS_CLIENT), config.ALERTS_TOPIC_ARN);

/** What invoked it does not matter: the schedule's event and a queue's messages are not read. */
const handle = middy<unknown, Swept>({ timeoutEarlyInMillis: 0 }).handler(async () => {
  const swept = await sweep({ ledger, publish, now, stage: config.STAGE }).finally(notify.wake);
  const { open, overdue, oldestAt } = swept;
  const oldestMs = oldestAt === undefined ? 0 : Math.max(0, now().getTime() - Date.parse(oldestAt));
  emitMetrics({ ClockSweeps: 1, CasesOpen: open, CasesOverdue: overdue, OldestCaseAge: oldestMs / SECOND_MS });
  await store.writeSwept(swept);
  return swept;
});

export const handler = traceInvocation(handle);
