/**
 * What every source has to hold, by its grade. A source brings one golden request, signed with its vendor's formula, in
 * events/sources/<name>.json, and a function that signs any other the same way, written apart from the adapter.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { OffairError } from "../../lib/core/errors.ts";
import { type Grade, isWeak } from "../../lib/policy/grade.ts";
import { sourceSchema } from "../../lib/policy/source-schema.ts";
import { formatMessage } from "../../lib/queue/format-message.ts";
import { parseMessage } from "../../lib/queue/message.ts";
import { claimSchema } from "../../lib/reports/claim.ts";
import { valueAt } from "../../lib/sources/pointer.ts";
import type { Proof, Source, SourceRequest, Translation } from "../../lib/sources/source.ts";
import { sourceFor } from "../../lib/sources/sources.ts";
import { policy } from "../support/fixtures.ts";
import { runs } from "../support/runs.ts";

/** A request as it is written down: its body as text. Where the proof stands in the body, that is JSON without spaces. */
export interface FixtureRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Fixture {
  /** The columns of the table in docs/adding-a-source.md that the rest of the fixture does not tell. */
  readonly guide: { readonly signed: string; readonly stream: string };
  /** The source's entry, as a user pastes it into policy.yml. */
  readonly source: unknown;
  readonly playback?: Readonly<Record<string, string>>;
  /** Two, of which the request is signed with the first. */
  readonly secrets: readonly [string, string];
  /** The hour the request comes at. */
  readonly at: string;
  /** The first and the last second in which it is proven; absent where its proof never ends. */
  readonly provenFrom?: string;
  readonly provenUntil?: string;
  readonly request: FixtureRequest;
  /** Where the proof stands: `/headers/x-signature`, `/body/sign`. */
  readonly proof: readonly string[];
  /** What the proof covers beside the secret: `/body` (its bytes), `/body/t` (one member), `/headers/webhook-id`. */
  readonly signed: readonly string[];
  /** Is the proof written in hexadecimal digits, in either case? */
  readonly hex?: boolean;
  readonly translation: Translation;
  readonly success: { readonly status: number; readonly body?: unknown };
}

export type Sign = (request: FixtureRequest, secret: string) => FixtureRequest;

const SOURCES = join(import.meta.dirname, "../../events/sources");
export const readFixture = (name: string): Fixture => JSON.parse(readFileSync(join(SOURCES, `${name}.json`), "utf8"));

export function sourceOfFixture({ source, playback = {} }: Pick<Fixture, "source" | "playback">): Source {
  return sourceFor(sourceSchema.parse(source), { ...policy, playback });
}

export const asReceived = ({ body, ...rest }: FixtureRequest): SourceRequest => ({ ...rest, body: Buffer.from(body) });

/** The request with another value at a pointer, or with nothing there. */
export function withValue(request: FixtureRequest, pointer: string, value: unknown): FixtureRequest {
  if (pointer === "/body") return { ...request, body: String(value) };
  const document = structuredClone({ ...request, body: jsonOf(request.body) });
  const at = pointer.lastIndexOf("/");
  const parent = valueAt(document, pointer.slice(0, at));
  if (typeof parent !== "object" || parent === null) throw new Error(`nothing holds ${pointer}`);
  if (value === undefined) Reflect.deleteProperty(parent, pointer.slice(at + 1));
  else Reflect.set(parent, pointer.slice(at + 1), value);
  return { ...document, body: pointer.startsWith("/body/") ? JSON.stringify(document.body) : request.body };
}

function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
const partAt = (request: FixtureRequest, pointer: string): unknown =>
  pointer === "/body" ? request.body : valueAt({ ...request, body: jsonOf(request.body) }, pointer);

/** Every text that differs in one bit of one character (ASCII); a number's neighbours, near and far. */
function* changesOf(value: unknown): Generator<unknown> {
  if (typeof value === "number") yield* [value - 1, value + 1, value * 10, -value];
  if (typeof value !== "string") return;
  for (let index = 0; index < value.length; index++) {
    for (let bit = 0; bit < 7; bit++) {
      const changed = String.fromCharCode(value.charCodeAt(index) ^ (1 << bit));
      yield value.slice(0, index) + changed + value.slice(index + 1);
    }
  }
}

const PROTOTYPE_NAMES = ["__proto__", "constructor", "prototype", "toString", "hasOwnProperty", "length"];

export function describeSource(name: string, sign: Sign): void {
  const fixture = readFixture(name);
  const { request, secrets, proof, signed, hex = false } = fixture;
  const entry = sourceSchema.parse(fixture.source);
  const source = sourceOfFixture(fixture);
  const at = new Date(fixture.at);
  const [secret, other] = secrets;

  const verify = (given: FixtureRequest, { among = [secret], now = at } = {}): Proof =>
    source.verify(asReceived(given), among, now);
  /** The check that refused it; undefined where it was proven. */
  const refusal = (given: FixtureRequest, options = {}): string | undefined => {
    try {
      verify(given, options);
      return undefined;
    } catch (error) {
      if (!(error instanceof OffairError) || error.code !== "ERR_REPORT_SIGNATURE") throw error;
      expect(error.details.check).toEqual(expect.any(String));
      return error.details.check;
    }
  };
  const translate = (given: FixtureRequest, now = at): Translation => {
    const payload = given.body === "" && source.bodyless ? undefined : JSON.parse(given.body);
    return source.translate(payload, asReceived(given), now);
  };

  describe(`the source ${name}, of grade ${entry.grade},`, () => {
    it("is signed in its sample as the vendor's formula has it", () => {
      expect(sign(request, secret)).toEqual(request);
      expect(sign(request, other)).not.toEqual(request);
    });

    it("accepts its sample, and makes of it what is written down", () => {
      expect(() => verify(request)).not.toThrow();
      expect(translate(request)).toEqual(fixture.translation);
    });

    it("answers success as this sender expects it", () => {
      expect(source.success).toEqual(fixture.success);
    });

    it("declares the grade that its proof has", () => {
      expect(entry.grade).toBe(gradeOf(fixture, verify(request)));
    });

    it("refuses every changed bit of the proof, and of what it covers (invariant 1)", () => {
      const accepted = [...proof, ...signed].flatMap((pointer) => {
        const value = partAt(request, pointer);
        expect(value).toBeDefined();
        return [...changesOf(value)]
          .filter((change) => !(hex && proof.includes(pointer) && isSameBarCase(change, value)))
          .filter((change) => refusal(withValue(request, pointer, change)) === undefined)
          .map((change) => [pointer, change]);
      });
      expect(accepted).toEqual([]);
    });

    it("cannot tell a change of what its grade leaves open: that is why the grade caps it", () => {
      const body = jsonOf(request.body);
      if (!isWeak(entry.grade)) return expect(signed).toContain("/body");
      const open = Object.keys(typeof body === "object" && body !== null ? body : {})
        .map((key) => `/body/${key}`)
        .filter((pointer) => ![...proof, ...signed].includes(pointer));
      const inQuery = Object.keys(request.query).map((key) => `/query/${key}`);
      expect(open.length + inQuery.length).toBeGreaterThan(0);
      for (const pointer of [...open, ...inQuery])
        expect(refusal(withValue(request, pointer, "other"))).toBeUndefined();
      return undefined;
    });

    it.each([...proof, ...signed].filter((pointer) => pointer !== "/body"))(
      "refuses a request without %s",
      (pointer) => {
        expect(refusal(withValue(request, pointer, undefined))).toEqual(expect.any(String));
        expect(refusal(withValue(request, pointer, ""))).toEqual(expect.any(String));
      },
    );

    if (fixture.provenFrom !== undefined && fixture.provenUntil !== undefined) {
      const [from, until] = [Date.parse(fixture.provenFrom), Date.parse(fixture.provenUntil)];
      it("is proven from its first second to its last, and not one longer", () => {
        for (const now of [from, until]) expect(refusal(request, { now: new Date(now) })).toBeUndefined();
        for (const now of [from - 1_000, until + 1_000, 0, until * 2]) {
          expect(refusal(request, { now: new Date(now) })).toEqual(expect.any(String));
        }
      });
    }

    it("refuses another secret, and accepts both while one replaces the other", () => {
      expect(refusal(request, { among: [other] })).toEqual(expect.any(String));
      for (const among of [
        [secret, other],
        [other, secret],
      ]) {
        expect(refusal(request, { among })).toBeUndefined();
        expect(refusal(sign(request, other), { among })).toBeUndefined();
      }
    });

    it("says that a secret which is not as documented is ours to mend, and does not quote it", () => {
      for (const among of [["hunt"], [secret, "hunt"]]) {
        expect(() => verify(request, { among })).toThrow(expect.objectContaining({ code: "ERR_SECRET" }));
        expect(() => verify(request, { among })).toThrow(expect.not.stringContaining("hunt"));
      }
    });

    it("tolerates what it does not know", () => {
      const known = jsonOf(request.body);
      const body =
        request.body === "" ? "" : JSON.stringify({ ...Object(known), offairUnknown: { deep: [{ a: null }] } });
      const headers = { ...request.headers, "x-unknown": "1" };
      const more = sign({ headers, query: { ...request.query, unknown: "1" }, body }, secret);
      expect(refusal(more)).toBeUndefined();
      const translation = translate(more);
      if (translation.kind !== "claims") return expect(translation).toEqual(fixture.translation);
      const { warnings = [], ...rest } = translation; // the answer lists ignored keys, if the sender reads it
      expect(rest).toEqual(fixture.translation);
      expect(warnings.length > 0).toBe(source.answersIssues);
      return undefined;
    });

    it("knows the same message again", () => {
      const again = new Date(Date.parse(fixture.provenUntil ?? fixture.at));
      expect(verify(structuredClone(request), { now: again })).toEqual(verify(request));
      const named = (translation: Translation) => [translation.id, "parts" in translation && translation.parts];
      expect(named(translate(structuredClone(request), again))).toEqual(named(translate(request)));
    });

    it("takes no proof, and nothing to report, from names that objects inherit", () => {
      for (const key of PROTOTYPE_NAMES) {
        const wrapped = { ...request, body: `{"${key}":${request.body || "{}"}}` };
        if (proof.concat(signed).some((pointer) => pointer.startsWith("/body"))) expect(refusal(wrapped)).toBeDefined();
        expectHarmless(() => translate({ ...wrapped, query: JSON.parse(`{"${key}":"x"}`) }), ["nothing"]);
        for (const pointer of leavesOf(jsonOf(request.body), "/body")) {
          expectHarmless(() => translate(withValue(request, pointer, key)));
        }
      }
    });

    const anything = arbitraryRequest(request);
    it("meets whatever comes with a refusal of its own", () => {
      fc.assert(
        fc.property(anything, (given) => {
          refusal(given);
        }),
        { numRuns: runs(300) },
      );
    });

    it("makes of whatever is proven a valid report, or says that it cannot", () => {
      fc.assert(
        fc.property(anything, (given) => expectHarmless(() => translate(given))),
        { numRuns: runs(500) },
      );
    });
  });
}

/** By what is covered: see grade.ts. A vendor without an adapter of its own has no word for some fields of a body (D). */
function gradeOf({ source, signed, provenFrom }: Fixture, { id }: Proof): Grade {
  if (signed.includes("/body")) {
    if (provenFrom === undefined) return "C";
    return id === undefined ? "B" : "A";
  }
  if (signed.length === 0) return "F";
  const isJsonMapping = sourceSchema.parse(source).adapter === "json-mapping";
  return !isJsonMapping && signed.some((pointer) => pointer.startsWith("/body/")) ? "D" : "E";
}

const isSameBarCase = (a: unknown, b: unknown): boolean => String(a).toLowerCase() === String(b).toLowerCase();

/** Ends in `ERR_REPORT_INVALID` with its faults, or in something that the worker will read. */
function expectHarmless(translate: () => Translation, kinds = ["claims", "publish", "nothing"]): void {
  let translation: Translation;
  try {
    translation = translate();
  } catch (error) {
    if (!(error instanceof OffairError)) throw error;
    expect(error.code).toBe("ERR_REPORT_INVALID");
    expect(error.details.issues?.length).toBeGreaterThan(0);
    return;
  }
  expect(kinds).toContain(translation.kind);
  if (translation.id !== undefined) expect(translation.id).toMatch(/^[\x21-\x7e]{1,256}$/);
  const received = { source: "some", id: "1", receivedAt: "2026-11-21T12:00:00.000Z", bodySha256: "0".repeat(64) };
  if (translation.kind === "claims" && translation.parts) {
    const { id, claims, parts } = translation;
    expect([id, parts.length, new Set(parts).size]).toEqual([expect.any(String), claims.length, claims.length]);
    for (const part of parts) expect(part).toMatch(/^[\x21-\x7e]{1,100}$/);
  }
  if (translation.kind === "claims" && translation.claims.length > 0) {
    expect(translation.claims.map((claim) => claimSchema.parse(claim))).toEqual(translation.claims);
    const reports = translation.claims.map(({ reporter: _, ...claim }) => ({ ...claim, ...received }));
    expect(parseMessage(formatMessage({ kind: "reports", reports }))).toEqual({ kind: "reports", reports });
  }
  if (translation.kind === "publish") {
    const message = { kind: "publish" as const, publish: { ...received, stream: translation.stream } };
    expect(parseMessage(formatMessage(message))).toEqual(message);
  }
}

/** Pointers to every value that holds no other. */
function leavesOf(value: unknown, pointer: string): string[] {
  if (typeof value !== "object" || value === null) return pointer === "/body" ? [] : [pointer];
  return Object.entries(value).flatMap(([key, member]) =>
    leavesOf(member, `${pointer}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`),
  );
}

/** The sample with a few of its values replaced by anything, and bodies, headers and queries that have nothing of it. */
function arbitraryRequest(request: FixtureRequest): fc.Arbitrary<FixtureRequest> {
  const pointers = [
    ...leavesOf(jsonOf(request.body), "/body"),
    ...leavesOf(request.query, "/query"),
    ...leavesOf(request.headers, "/headers"),
  ];
  const value = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom<unknown>(
      "",
      "*",
      "\u0000",
      "\ud800",
      "-1",
      "1e999",
      "9".repeat(30),
      1e21,
      -0,
      null,
      [],
      {},
      ...PROTOTYPE_NAMES,
    ),
  );
  const textsOf = (texts: Readonly<Record<string, string>>) =>
    fc.dictionary(
      fc.constantFrom(...Object.keys(texts), ...PROTOTYPE_NAMES, "other"),
      fc.oneof(fc.string(), fc.constantFrom(...Object.values(texts), "", "v1,", "t=1,v1=", "999999999999")),
    );
  const changed = fc
    .array(fc.record({ pointer: fc.constantFrom(...pointers), value }), {
      minLength: 1,
      maxLength: 4,
    })
    .map((changes) =>
      changes.reduce((given, change) => {
        // An earlier change may have taken away what held this one.
        const parent = partAt(given, change.pointer.slice(0, change.pointer.lastIndexOf("/")));
        const isText = typeof change.value === "string" || change.pointer.startsWith("/body/");
        const text = isText ? change.value : JSON.stringify(change.value);
        return typeof parent === "object" && parent !== null ? withValue(given, change.pointer, text) : given;
      }, request),
    );
  const foreign = fc.record({
    headers: textsOf(request.headers),
    query: textsOf(request.query),
    body: fc.oneof(fc.json(), fc.constant(request.body)).map((body) => body || "{}"),
  });
  return fc.oneof(changed, foreign);
}
