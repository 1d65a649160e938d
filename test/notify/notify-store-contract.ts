/** What the delivery of events relies on in its stores: one suite for each implementation. */
import { randomUUID } from "node:crypto";
import { beforeEach } from "@jest/globals";
import type { NotifyStore } from "../../lib/notify/stores.ts";
import { NOON } from "../support/fixtures.ts";
import type { OutboxWriter } from "../support/written-items.ts";
import { deliveriesContract } from "./deliveries-contract.ts";
import { eventLogContract } from "./event-log-contract.ts";
import { outboxContract } from "./outbox-contract.ts";
import { subscribersContract } from "./subscribers-contract.ts";

export interface NotifyWorld extends OutboxWriter {
  readonly store: NotifyStore;
}

/** Of an empty table. */
export type CreateNotifyWorld = (now: () => Date) => NotifyWorld | Promise<NotifyWorld>;

export interface Current extends NotifyWorld {
  /** Moves the clock of the store. */
  setTime(time: Date): void;
}

export const newKey = (): string => `type.${randomUUID()}`;

export function notifyStoreContract(create: CreateNotifyWorld): void {
  let [world, time]: [NotifyWorld | undefined, Date] = [undefined, NOON];
  beforeEach(async () => {
    time = NOON;
    world = await create(() => time);
  });
  const current = (): Current => {
    if (!world) throw new Error("only within a test");
    return {
      ...world,
      setTime(to) {
        time = to;
      },
    };
  };
  outboxContract(current);
  eventLogContract(current);
  deliveriesContract(current);
  subscribersContract(current);
}
