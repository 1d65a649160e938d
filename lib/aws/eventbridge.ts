/** Puts events onto the bus, one a request, so that each has its own result. */
import { type EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import type { LoggedEvent } from "../events/event.ts";
import type { SendOptions, SendResult } from "../notify/send.ts";

/** The source of every event, by which rules match them. */
const EVENT_SOURCE = "offair";

export interface SendToBusDeps {
  readonly client: EventBridgeClient;
  readonly busName: string;
  /** The event as it is sent: CloudEvents in JSON. */
  readonly encode: (event: LoggedEvent) => string;
  readonly now: () => Date;
}

/**
 * Codes that are about this one event: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsResultEntry.html. With all others the bus
 * takes no event, so nothing else needs to be tried.
 */
const OF_THE_EVENT = new Set([
  "InvalidArgument",
  "MalformedDetail",
  "ValidationException",
  "RequestEntityTooLargeException",
]);

/** @returns a function that never rejects. `reached` is true if the bus refused this event alone. */
export function createSendToBus({ client, busName, encode, now }: SendToBusDeps) {
  return async function sendToBus(event: LoggedEvent, { timeoutMs }: SendOptions): Promise<SendResult> {
    const startedAt = now().getTime();
    let Detail: string;
    try {
      Detail = encode(event);
    } catch {
      return { result: "failed", problem: "the event could not be encoded", reached: true }; // this one only
    }
    const entry = {
      EventBusName: busName,
      Source: EVENT_SOURCE,
      DetailType: event.type,
      Detail,
      Time: new Date(event.time),
    };
    try {
      const abortSignal = AbortSignal.timeout(timeoutMs);
      const { Entries: [result] = [] } = await client.send(new PutEventsCommand({ Entries: [entry] }), { abortSignal });
      if (result?.EventId) return { result: "delivered", tookMs: Math.max(0, now().getTime() - startedAt) };
      return failed(result?.ErrorCode ?? "no result");
    } catch (error) {
      return failed(error instanceof Error ? error.name : typeof error); // its message may quote the event
    }
  };
}

const failed = (code: string): SendResult => ({
  result: "failed",
  problem: `the event bus did not accept the event: ${code.slice(0, 100)}`,
  reached: OF_THE_EVENT.has(code),
});
