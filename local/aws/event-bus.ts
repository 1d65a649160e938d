/**
 * A stand-in for Amazon EventBridge on the loopback address: PutEvents onto custom buses, in memory, every signature verified. It has no rules and
 * no targets: events are read directly.
 */
import { randomUUID } from "node:crypto";
import type { Place } from "../iam/aws-call.ts";
import { denialText } from "../iam/denial.ts";
import { eventsCalls } from "../iam/events-calls.ts";
import type { Iam } from "../iam/iam.ts";
import { createListeners } from "../kit/listeners.ts";
import { AwsError, JSON_SIGNATURE_ERRORS } from "./aws-error.ts";
import { type BusEvent, parsePutEvents, putEvents } from "./put-events.ts";
import { parseJson } from "./secrets-api.ts";
import { type HttpAnswer, type HttpRequest, onlyAdministrator, serveStandIn, verifyCaller } from "./stand-in.ts";
import { createTraffic, type Traffic } from "./traffic.ts";

/** Ten entries of the largest size, as JSON in JSON. */
const MAX_BODY_BYTES = 8 * 1024 * 1024;

/** A request that a fault can match. */
export interface EventBusCall {
  readonly operation: "PutEvents";
  /** Types of the events. */
  readonly detailTypes: readonly string[];
}

/** The functions other than `url` and `close` read and change the buses directly: without signature or fault. */
export interface EventBuses extends Traffic<EventBusCall> {
  /** For `endpoint`. */
  readonly url: string;
  /** The bus `default` exists always. */
  createBus(name: string): void;
  /** Every event that a bus accepted, in the order of the requests. */
  received(bus: string): readonly BusEvent[];
  /** Calls the listener for every event from now on, as a rule that matches everything would. Returns a function that stops it. */
  onEvent(listener: (event: BusEvent) => void): () => void;
  close(): Promise<void>;
}

export interface EventBusesOptions {
  /** Of the ARNs. Requests signed for any region are accepted. */
  readonly region?: string;
  /** Decides what a caller may do. Without it the only caller is the administrator, who may do everything. */
  readonly iam?: Pick<Iam, "credentialsOf" | "authorize">;
}

export async function startEventBuses({ region = "us-east-1", iam }: EventBusesOptions = {}): Promise<EventBuses> {
  const place: Place = { region, accountId: "000000000000" };
  const buses = new Map<string, BusEvent[]>([["default", []]]);
  const listeners = createListeners<BusEvent>();
  const { count, meet, ...traffic } = createTraffic<EventBusCall>();

  function answer(request: HttpRequest): HttpAnswer {
    const operation = request.headers["x-amz-target"]?.replace(/^AWSEvents\./, "");
    count(operation ?? "UnknownOperation");
    const caller = verifyCaller(request, "events", iam?.credentialsOf ?? onlyAdministrator);
    if (operation !== "PutEvents") {
      throw new AwsError(400, "UnknownOperationException", "This stand-in does not implement the operation.");
    }
    const body = parseJson(request.body);
    const denial = iam?.authorize(caller, eventsCalls(operation, body, place));
    if (denial) throw new AwsError(400, "AccessDeniedException", denialText(denial));
    const entries = parsePutEvents(body);
    const detailTypes = entries.map(({ DetailType = "" }) => DetailType);
    return jsonAnswer(
      200,
      meet({ operation, detailTypes }, () => {
        const { answer: accepted, events } = putEvents(entries, new Date());
        for (const event of events) accept(event);
        return accepted;
      }),
    );
  }

  /** AWS accepts an event for a bus that does not exist, and drops it. */
  function accept(event: BusEvent): void {
    const bus = buses.get(event.bus);
    if (!bus) return;
    bus.push(event);
    listeners.tell(event);
  }

  const server = await serveStandIn({
    maxBodyBytes: MAX_BODY_BYTES,
    tooLarge: new AwsError(413, "RequestEntityTooLargeException", "The body is too long."),
    signatureErrors: JSON_SIGNATURE_ERRORS,
    answer,
    errorAnswer: ({ status, code, message }) => jsonAnswer(status, { __type: code, message }),
  });
  return {
    ...traffic,
    ...server,
    createBus(name) {
      if (!buses.has(name)) buses.set(name, []);
    },
    received: (bus) => [...(buses.get(bus) ?? [])],
    onEvent: listeners.add,
  };
}

const jsonAnswer = (status: number, body: object): HttpAnswer => ({
  status,
  headers: { "content-type": "application/x-amz-json-1.1", "x-amzn-requestid": randomUUID() },
  body: JSON.stringify(body),
});
