/** The parts of the incident function that have stores of their own, in a test that is about others. */
import { toCloudEvent } from "../../lib/events/cloud-event.ts";
import type { OperatorRequestDeps } from "../../lib/operator/handle-request.ts";
import { NOON } from "./fixtures.ts";
import { createMemoryNotifyStore } from "./memory-notify-store.ts";

const fail = async (): Promise<never> => {
  throw new Error("it is not asked for in this test");
};
const now = () => NOON;

export const notAsked: Pick<OperatorRequestDeps, "doctor" | "redrive" | "events"> = {
  doctor: fail,
  redrive: fail,
  events: {
    ...{ store: createMemoryNotifyStore({ now }), subscribers: {}, now },
    asSent: (event) => toCloudEvent(event, { source: "/offair/test" }),
  },
};
