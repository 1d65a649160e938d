/** Sends events: to the event bus, and to the subscribers of the policy. */
import { promises as dns } from "node:dns";
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { AWS_CLIENT } from "../../lib/aws/clients.ts";
import { createEventKeys } from "../../lib/aws/dynamodb/notify/event-keys.ts";
import { createSendToBus } from "../../lib/aws/eventbridge.ts";
import { createReadSecret } from "../../lib/aws/secrets-manager.ts";
import type { readEventSenderConfig } from "../../lib/core/config.ts";
import { SECOND_MS } from "../../lib/core/time.ts";
import { toCloudEvent } from "../../lib/events/cloud-event.ts";
import type { LoggedEvent } from "../../lib/events/event.ts";
import { BUS } from "../../lib/events/types/bus.ts";
import type { SendEvent } from "../../lib/notify/send.ts";
import type { Policy } from "../../lib/policy/policy.ts";
import { createPostEvent } from "../../lib/webhooks/post-event.ts";
import { createReadKeys } from "../../lib/webhooks/publish-keys.ts";
import { createSendWebhook } from "../../lib/webhooks/send-webhook.ts";
import { parseLoopbackSubscribers, type Subscribers, subscribersOf } from "../../lib/webhooks/subscriber.ts";

export interface EventSender {
  readonly subscribers: Subscribers;
  readonly send: SendEvent;
  /** Stores the public keys, unless they are stored. @throws OffairError `ERR_SECRET`, `ERR_LEDGER` */
  publishKeys(): Promise<void>;
}

export function createEventSender(
  settings: ReturnType<typeof readEventSenderConfig>,
  policy: Pick<Policy, "subscribers">,
  dynamo: DynamoDBClient,
): EventSender {
  const now = () => new Date();
  const { LOOPBACK_SUBSCRIBERS: local, AWS_ENDPOINT_URL_DYNAMODB: ledger } = settings;
  const { SUBSCRIBER_SECRET_PREFIX, EVENTS_KEY_SECRET_ID, STAGE } = settings;
  const client = new SecretsManagerClient(AWS_CLIENT);
  const readSecret = createReadSecret({ client, maxAgeMs: settings.SECRET_MAX_AGE_S * SECOND_MS, now });
  const readKeys = createReadKeys({
    readSecret: () => readSecret(EVENTS_KEY_SECRET_ID),
    store: createEventKeys(dynamo, settings.LEDGER_TABLE),
    now,
  });
  const encode = (event: LoggedEvent) => JSON.stringify(toCloudEvent(event, { source: `/offair/${STAGE}` }));
  const subscribers = local === undefined ? subscribersOf(policy) : parseLoopbackSubscribers(local, ledger);
  const sendToBus = createSendToBus({
    client: new EventBridgeClient(AWS_CLIENT),
    busName: settings.EVENT_BUS,
    encode,
    now,
  });
  const sendWebhook = createSendWebhook({
    ...{ subscribers, readKeys, encode, now },
    readSecret: (name) => readSecret(`${SUBSCRIBER_SECRET_PREFIX}${name}`),
    post: createPostEvent({
      resolve: (host) => dns.lookup(host, { all: true }),
      allowLoopback: local !== undefined, // and then every subscriber has a loopback address
      now,
    }),
  });
  return {
    subscribers,
    send: (name, event, options) => (name === BUS ? sendToBus(event, options) : sendWebhook(name, event, options)),
    async publishKeys() {
      await readKeys();
    },
  };
}
