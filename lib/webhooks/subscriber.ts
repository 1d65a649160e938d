/** A subscriber: an endpoint of the platform that events are delivered to. */
import * as z from "zod";
import { OffairError } from "../core/errors.ts";
import { formatIssues, issuesOf } from "../core/issues.ts";
import { parseJson } from "../core/parse-json.ts";
import { EVENT_TYPES, type EventType } from "../events/types/event-types.ts";
import type { Policy } from "../policy/policy.ts";
import { isLoopbackAddress } from "./address/public-address.ts";

export interface Subscriber {
  /** https, without credentials; checked again, with its addresses, at each delivery. */
  readonly url: string;
  readonly events: readonly EventType[];
  /** `v1`: HMAC-SHA256 with a secret that both sides have. `v1a`: Ed25519 with offair's own key, whose public part is at a URL. */
  readonly signature: "v1" | "v1a";
  /** Name of the secret of `v1` below offair/{stage}/subscribers/; by default the subscriber's name. */
  readonly secret: string;
}

export type Subscribers = Readonly<Record<string, Subscriber>>;

/** The subscribers of the policy, by name. */
export const subscribersOf = ({ subscribers }: Pick<Policy, "subscribers">): Subscribers =>
  Object.fromEntries(
    Object.entries(subscribers).map(([name, { secret = name, ...entry }]) => [name, { ...entry, secret }]),
  );

const isLoopbackUrl = (text: string): boolean => {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return /^https?:$/.test(protocol) && isLoopbackAddress(hostname.replace(/^\[|\]$/g, ""));
};

/** Replaces the subscribers of the policy in the local stack. A URL with another host than a loopback address is refused, so that nothing leaves the machine. */
const loopbackSchema = z.record(
  z.string().regex(/^[a-z0-9-]{1,64}$/),
  z.object({
    url: z.string().refine(isLoopbackUrl, "must be http or https with a loopback address"),
    events: z.array(z.enum(EVENT_TYPES)).default([...EVENT_TYPES]),
    signature: z.enum(["v1", "v1a"]).default("v1"),
  }),
);

/**
 * The subscribers of `LOOPBACK_SUBSCRIBERS`, which only the local stack sets: JSON, by name.
 *
 * @param ledgerEndpoint - where the SDK finds the ledger. Only where that is a loopback address is this a local stack: a deployed stage with both
 * settings could not read a single event.
 * @throws OffairError `ERR_CONFIG`
 */
export function parseLoopbackSubscribers(text: string, ledgerEndpoint: string | undefined): Subscribers {
  if (!isLoopbackUrl(ledgerEndpoint ?? "")) {
    throw new OffairError("ERR_CONFIG", "LOOPBACK_SUBSCRIBERS: is only for the local stack: remove it");
  }
  const { data, error } = loopbackSchema.safeParse(parseJson(text));
  if (error) throw new OffairError("ERR_CONFIG", `LOOPBACK_SUBSCRIBERS: ${formatIssues(issuesOf(error))}`);
  return Object.fromEntries(Object.entries(data).map(([name, entry]) => [name, { ...entry, secret: name }]));
}
