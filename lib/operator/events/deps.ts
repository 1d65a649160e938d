/** What the requests about events use. */
import type { LoggedEvent } from "../../events/event.ts";
import { BUS } from "../../events/types/bus.ts";
import type { EventType } from "../../events/types/event-types.ts";
import type { NotifyStore } from "../../notify/stores.ts";
import type { EventRow } from "../contract/response-schema.ts";

/** A subscriber of the policy. */
export interface Subscriber {
  readonly url: string;
  readonly events: readonly EventType[];
}

export interface EventDeps {
  readonly store: Pick<
    NotifyStore,
    | ("readByTime" | "after" | "readDelivery" | "listFailing")
    | ("readSubscriber" | "replaceSubscriber" | "listSubscribers" | "listGivenUp")
    | ("addReplay" | "listReplays" | "listDue")
  >;
  /** Of the policy, by name. */
  readonly subscribers: Readonly<Record<string, Subscriber>>;
  /** The event as subscribers receive it. */
  readonly asSent: (event: LoggedEvent) => EventRow["event"];
  readonly now: () => Date;
}

export const isSubscriber = (name: string, { subscribers }: Pick<EventDeps, "subscribers">): boolean =>
  name === BUS || Object.hasOwn(subscribers, name);

export const NO_SUBSCRIBER = {
  pointer: "/subscriber",
  message: "is not a subscriber of the policy; the event bus is bus",
};
