/** A subscriber as the policy has it: an endpoint of the platform that events are delivered to. */
import type { EventType } from "../events/types/event-types.ts";

export interface Subscriber {
  /** https, without credentials; checked again, with its addresses, at each delivery. */
  readonly url: string;
  readonly events: readonly EventType[];
  /** `v1`: HMAC-SHA256 with a secret that both sides have. `v1a`: Ed25519 with offair's own key, whose public part is at a URL. */
  readonly signature: "v1" | "v1a";
  /** Name of the secret of `v1` below offair/{stage}/subscribers/; by default the subscriber's name. */
  readonly secret: string;
}
