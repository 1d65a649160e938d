/** Finds the keys of a report that it does not have, such as a misspelt optional one: they are ignored, and its sender is told so. */
import { type Issue, jsonPointer } from "../core/issues.ts";
import { claimSchema } from "../reports/claim.ts";
import { listAt, valueAt } from "./pointer.ts";

const { shape } = claimSchema;
const keysOf = (known: object): ReadonlySet<string> => new Set(Object.keys(known));
const CLAIM = keysOf(shape);
const PARTS: readonly (readonly [string, ReadonlySet<string>])[] = [
  ["/stream", keysOf(shape.stream.shape)],
  ["/reporter", keysOf(shape.reporter.unwrap().shape)],
];
const EVIDENCE = keysOf(shape.evidence.unwrap().element.shape);

const MAX_LISTED = 10;

/** A key is the sender's own text; a longer or stranger one is not repeated. */
const PLAIN = /^[\w.-]{1,64}$/;

/** @param report - as it was sent, and found valid. */
export function ignoredKeys(report: unknown): Issue[] {
  const ignored: Issue[] = [];
  let more = 0;
  const look = (pointer: string, value: unknown, known: ReadonlySet<string>): void => {
    for (const key of Object.keys(Object(value))) {
      if (known.has(key)) continue;
      if (ignored.length === MAX_LISTED) more += 1;
      else if (PLAIN.test(key))
        ignored.push({ pointer: pointer + jsonPointer([key]), message: "is ignored: not a key of a report" });
      else ignored.push({ pointer, message: "has a key that is ignored: not one of a report" });
    }
  };
  look("", report, CLAIM);
  for (const [pointer, known] of PARTS) look(pointer, valueAt(report, pointer), known);
  for (const [index, each] of listAt(report, "/evidence").entries()) look(`/evidence/${index}`, each, EVIDENCE);
  return more > 0 ? [...ignored, { pointer: "", message: `has ${more} more keys that are ignored` }] : ignored;
}
