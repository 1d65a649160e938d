/** The parts of a failed call to Live that are stored with its order and shown to people. */
import { definedOnly } from "../core/defined-only.ts";
import type { OffairError } from "../core/errors.ts";
import type { Order, Waiting } from "./order.ts";

export interface Failure {
  /** Live's code, or offair's. */
  readonly error: string;
  readonly message: string;
  readonly requestId?: string;
}

/** Stored with up to a hundred attempts, so that an order stays far below DynamoDB's item size. */
const MAX_MESSAGE = 400;

/** The message of an error of Live has its status and Live's text, without secrets. */
export function failureOf({ code, message, details }: OffairError): Failure {
  const bounded = [...message].slice(0, MAX_MESSAGE).join("");
  return definedOnly({ error: details.liveCode ?? code, message: bounded, requestId: details.requestId });
}

/** @returns undefined if the order waits for the same already, so that nothing has to be written. */
export function waitingOf({ waiting }: Pick<Order, "waiting">, failure: Failure, at: string): Waiting | undefined {
  const { error, message } = failure;
  if (waiting?.error !== error) return { error, message, since: at };
  return waiting.message === message ? undefined : { ...waiting, message };
}
