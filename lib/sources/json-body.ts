/** Parses a JSON body strictly: headers, UTF-8, syntax and nesting depth. */
import { OffairError } from "../core/errors.ts";
import { parseJson } from "../core/parse-json.ts";
import { invalid } from "./invalid.ts";
import { isNested } from "./pointer.ts";
import type { SourceRequest } from "./source.ts";

const UTF8 = new Set(["utf-8", "utf8"]);

/** Levels; deeper than any documented payload of any source. */
const MAX_DEPTH = 32;

/**
 * Checks by the headers alone that the body is JSON in UTF-8, and not compressed.
 *
 * @throws OffairError `ERR_REPORT_MEDIA_TYPE`
 */
export function checkJsonHeaders(headers: SourceRequest["headers"]): void {
  const [type = "", ...parameters] = partsOf(headers["content-type"], ";");
  const charsets = parameters.flatMap((parameter) => /^charset\s*=\s*(.*)$/.exec(parameter)?.[1] ?? []);
  if (type !== "application/json" || !charsets.every((charset) => UTF8.has(charset.replaceAll('"', "")))) {
    throw new OffairError("ERR_REPORT_MEDIA_TYPE", "the content type must be application/json, in UTF-8");
  }
  if (partsOf(headers["content-encoding"], ",").some((coding) => coding !== "" && coding !== "identity")) {
    throw new OffairError("ERR_REPORT_MEDIA_TYPE", "the body must be sent without a content encoding, such as gzip");
  }
}

const partsOf = (header: string | undefined, separator: string): string[] =>
  (header ?? "")
    .toLowerCase()
    .split(separator)
    .map((part) => part.trim());

/** Parses a body. @throws OffairError `ERR_REPORT_INVALID` */
export function parseBody(body: Uint8Array): unknown {
  const payload = parseJson(body);
  if (payload !== undefined) return payload;
  throw invalid([{ pointer: "", message: "is not JSON in UTF-8" }], "the body is not JSON");
}

/**
 * Checks the nesting depth of the whole payload, including the parts that the source ignores. The issue points at the whole document,
 * because a longer pointer would repeat names chosen by the sender.
 *
 * @throws OffairError `ERR_REPORT_INVALID`
 */
export function checkDepth(payload: unknown): void {
  if (!isNested(payload) || isWithin(MAX_DEPTH, payload)) return;
  throw invalid([{ pointer: "", message: `is nested deeper than ${MAX_DEPTH} levels` }], "the body is nested too deep");
}

/** Recurses at most `levels` deep, so that a hostile payload cannot overflow the stack. */
function isWithin(levels: number, value: object): boolean {
  if (levels === 0) return false;
  for (const inner of Array.isArray(value) ? value : Object.values(value)) {
    if (isNested(inner) && !isWithin(levels - 1, inner)) return false;
  }
  return true;
}
