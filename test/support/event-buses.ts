/** EventBridge: our stand-in in this process, or another implementation. */
import { CreateEventBusCommand, EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { afterAll, beforeAll } from "@jest/globals";
import { type EventBuses, startEventBuses } from "../../local/aws/event-bus.ts";
import { clientSettings, otherEndpoint } from "./implementation.ts";

export interface TestEventBuses {
  readonly client: EventBridgeClient;
  create(name: string): Promise<unknown>;
  /** Of our stand-in only. */
  readonly own: EventBuses;
}

/** Call once at the top of a test file; `current` holds the buses while tests run. */
export function useEventBuses(): { current: TestEventBuses } {
  const holder = {} as { current: TestEventBuses };
  let own: EventBuses;
  beforeAll(async () => {
    own = await startEventBuses({ region: "eu-central-1" });
    const other = otherEndpoint("eventbridge");
    const client = new EventBridgeClient(clientSettings(other ?? own.url));
    const create = async (Name: string) =>
      other === undefined ? own.createBus(Name) : client.send(new CreateEventBusCommand({ Name }));
    holder.current = { client, create, own };
  });
  afterAll(async () => {
    holder.current.client.destroy();
    await own.close();
  });
  return holder;
}
