/** The published schemas of events, against the events that the ledger gives. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import Ajv, { type ValidateFunction } from "ajv";
import Ajv2020 from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import fc from "fast-check";
import { toCloudEvent } from "../../lib/events/cloud-event.ts";
import { eventsOf } from "../../lib/events/events-of.ts";
import { EVENT_TYPES, type EventType } from "../../lib/events/types/event-types.ts";
import { at } from "../events/arbitrary-items.ts";
import { last, life } from "../events/lives.ts";
import { runs } from "../support/runs.ts";

const require = createRequire(import.meta.url);
const docs = join(import.meta.dirname, "../../docs");
const read = (file: string) => JSON.parse(readFileSync(join(docs, file), "utf8"));
const RUNS = { numRuns: runs(1_000) };

function validators(): ReadonlyMap<EventType, ValidateFunction> {
  const ajv = addFormats.default(new Ajv2020.default({ strict: true, allErrors: true }));
  return new Map(EVENT_TYPES.map((type) => [type, ajv.compile(read(`schemas/events/${type}.json`))]));
}

describe("the JSON Schemas", () => {
  const validateOf = validators();
  const check = (type: EventType, data: unknown) => validateOf.get(type)?.(data);

  it("accept the data of every event that the ledger gives, and a field that they do not know", () => {
    fc.assert(
      fc.property(life, (states) => {
        for (const { type, data } of eventsOf(last(states))) {
          const sent = JSON.parse(JSON.stringify(data));
          expect([type, check(type, sent), validateOf.get(type)?.errors]).toEqual([type, true, null]);
          expect(check(type, { ...sent, later: 1 })).toBe(true);
        }
      }),
      RUNS,
    );
  });

  it("refuse data without a field that is always present, or with a field of another type", () => {
    fc.assert(
      fc.property(life, (states) => {
        for (const { type, data } of eventsOf(last(states))) {
          for (const name of read(`schemas/events/${type}.json`).required) {
            const { [name]: _gone, ...without } = data;
            expect([type, name, check(type, without)]).toEqual([type, name, false]);
          }
          for (const name of Object.keys(data)) {
            expect([type, name, check(type, { ...data, [name]: [null] })]).toEqual([type, name, false]);
          }
        }
      }),
      { numRuns: runs(200) },
    );
  });

  it("say of every field what it means", () => {
    const silent = EVENT_TYPES.flatMap((type) => undescribed(read(`schemas/events/${type}.json`), type));
    expect(silent).toEqual([]);
  });
});

interface Described {
  readonly properties?: Readonly<Record<string, Described>>;
  readonly oneOf?: readonly Described[];
  readonly description?: string;
}

const undescribed = ({ properties = {}, oneOf = [] }: Described, path: string): string[] => [
  ...Object.entries(properties).flatMap(([name, field]) => [
    ...((field.description ?? "").length > 3 ? [] : [`${path}.${name}`]),
    ...undescribed(field, `${path}.${name}`),
  ]),
  ...oneOf.flatMap((each) => undescribed(each, path)),
];

describe("the AsyncAPI document", () => {
  const document = read("asyncapi.json");

  it("is valid by the official schema of AsyncAPI 3.0", () => {
    // The official schema contains the schema of JSON Schema itself.
    const ajv = addFormats.default(new Ajv.default({ strict: false, meta: false, validateSchema: false }));
    const validate = ajv.compile(require("@asyncapi/specs/schemas/3.0.0.json"));
    validate(document);
    expect(validate.errors).toBeNull();
    expect(validate({ ...document, operations: { x: { action: "shout", channel: {} } } })).toBe(false);
  });

  it("has no reference that leads nowhere", () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path = ""]) => path);
    const target = (path: string) =>
      path.split("/").reduce((value, name) => (value as Record<string, unknown> | undefined)?.[name], document);
    expect(references.length).toBeGreaterThan(60);
    expect(references.filter((path) => target(path) === undefined)).toEqual([]);
  });

  it("accepts every event as it is delivered, by the payload of its own message alone", () => {
    const ajv = addFormats.default(new Ajv.default({ strict: false }));
    const payloads = EVENT_TYPES.map((type) => ({
      type,
      accepts: ajv.compile(document.components.schemas[type].schema),
    }));
    fc.assert(
      fc.property(life, (states) => {
        for (const event of eventsOf(last(states))) {
          const sent = toCloudEvent({ ...event, number: 1, loggedAt: at(0) }, { source: "/offair/prod" });
          const accepting = payloads.filter(({ accepts }) => accepts(JSON.parse(JSON.stringify(sent))));
          expect(accepting.map(({ type }) => type)).toEqual([event.type]);
        }
      }),
      RUNS,
    );
  });
});
