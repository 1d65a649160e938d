/** Hands one event to one subscriber of the policy: signs it, and sends it. */

import { OffairError } from "../core/errors.ts";
import type { LoggedEvent } from "../events/event.ts";
import type { SendEvent } from "../notify/send.ts";
import type { EventsKey } from "./events-keys.ts";
import type { PostEvent } from "./post-event.ts";
import { parseSubscriberSecret, type Signer, signDelivery } from "./sign-delivery.ts";
import type { Subscriber } from "./subscriber.ts";

export interface SendWebhookDeps {
  readonly subscribers: Readonly<Record<string, Subscriber>>;
  /** The value of a secret, by its name below offair/{stage}/subscribers/. */
  readonly readSecret: (name: string) => Promise<{ readonly value: string }>;
  /** The keys of `v1a`, the current one first. */
  readonly readKeys: () => Promise<readonly EventsKey[]>;
  readonly post: PostEvent;
  /** The event as it is sent: CloudEvents in JSON. */
  readonly encode: (event: LoggedEvent) => string;
  readonly now: () => Date;
}

/** @returns a function that never rejects: an event that cannot be signed or sent is a failure with its reason. */
export function createSendWebhook({
  subscribers,
  readSecret,
  readKeys,
  post,
  encode,
  now,
}: SendWebhookDeps): SendEvent {
  async function signerOf({ signature, secret }: Subscriber): Promise<Signer> {
    return signature === "v1a"
      ? { signature, keys: await readKeys() }
      : { signature, secrets: parseSubscriberSecret((await readSecret(secret)).value) };
  }

  return async (name, event, { attempt, timeoutMs }) => {
    const subscriber = Object.hasOwn(subscribers, name) ? subscribers[name] : undefined;
    if (!subscriber) return { result: "failed", problem: "the policy has no such subscriber", reached: false };
    try {
      const body = encode(event);
      const signed = signDelivery({ id: event.id, body, now: now() }, await signerOf(subscriber));
      const headers = {
        "content-type": "application/cloudevents+json; charset=utf-8",
        "user-agent": "offair",
        "offair-attempt": `${attempt}`,
        ...signed,
      };
      return await post({ url: subscriber.url, headers, body, timeoutMs });
    } catch (error) {
      if (error instanceof OffairError) return { result: "failed", problem: error.message, reached: false };
      // Another error is about this event alone, so the subscriber counts as reached. Its message could quote the event.
      return { result: "failed", problem: "the event could not be encoded or signed", reached: true };
    }
  };
}
