/** The subscribers of a local stack, in place of those of the policy: receivers on the loopback address, each with a secret that is the same at each start. */
import { createHash } from "node:crypto";

export interface LocalSubscriber {
  /** http or https, with a loopback address. */
  readonly url: string;
  /** Types of events; default: all. */
  readonly events?: readonly string[];
  readonly signature?: "v1" | "v1a";
}
export type LocalSubscribers = Readonly<Record<string, LocalSubscriber>>;

export const subscriberSecretName = (name: string): string => `offair/local/subscribers/${name}`;

/** `whsec_` and 32 bytes. For local use only. */
export const subscriberSecretOf = (name: string): string =>
  `whsec_${createHash("sha256").update(`the secret of the local subscriber ${name}`).digest("base64")}`;

/** The values of the subscribers' secrets, by the names of the secrets. */
export const subscriberSecrets = (subscribers: LocalSubscribers): Record<string, string> =>
  Object.fromEntries(
    Object.keys(subscribers).map((name) => [
      subscriberSecretName(name),
      JSON.stringify({ secrets: [subscriberSecretOf(name)] }),
    ]),
  );

/**
 * Always set, so that a local stack sends nothing to the subscribers of the policy.
 *
 * @returns the environment of the functions.
 */
export const subscriberEnvironment = (subscribers: LocalSubscribers): Record<string, string> => ({
  LOOPBACK_SUBSCRIBERS: JSON.stringify(subscribers),
});

/** Reads `URL`, or `v1a=URL`, as `npm start -- --subscriber` has it. The first is `example`, the others are `example-2` and so on. */
export const readSubscribers = (given: readonly string[]): LocalSubscribers =>
  Object.fromEntries(
    given.map((text, index) => [
      index === 0 ? "example" : `example-${index + 1}`,
      text.startsWith("v1a=")
        ? { url: text.slice("v1a=".length), signature: "v1a" as const }
        : { url: text, signature: "v1" as const },
    ]),
  );

/** What `npm start` prints about them: where events go, and how they are verified. */
export const describeSubscribers = (subscribers: LocalSubscribers, gatewayUrl: string): string =>
  Object.entries(subscribers)
    .map(([name, { url, signature }]) => {
      const proof =
        signature === "v1a" ? `OFFAIR_KEYS_URL=${gatewayUrl}/events/keys` : `OFFAIR_SECRET=${subscriberSecretOf(name)}`;
      return `Events are sent to ${url} (subscriber ${name})\n  ${proof}\n`;
    })
    .join("");
