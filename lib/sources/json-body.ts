/** Parses a JSON body strictly: media type, UTF-8, syntax and nesting depth. */
import { OffairError } from "../core/errors.ts";

/** Levels; deeper than any documented payload of any source. */
const MAX_DEPTH = 32;

/** @throws OffairError `ERR_REPORT_MEDIA_TYPE` unless the header is `application/json`, in UTF-8 if it names a charset. */
export function checkJsonType(contentType: string | undefined): void {
  const [type = "", ...parameters] = (contentType ?? "")
    .toLowerCase()
    .split(";")
    .map((part) => part.trim());
  const charset = parameters
    .find((parameter) => parameter.startsWith("charset="))
    ?.slice(8)
    .replaceAll('"', "");
  if (type !== "application/json" || (charset !== undefined && charset !== "utf-8" && charset !== "utf8")) {
    throw new OffairError("ERR_REPORT_MEDIA_TYPE", "the content type must be application/json, in UTF-8");
  }
}

/** @throws OffairError `ERR_REPORT_INVALID` */
export function parseJson(body: Uint8Array): unknown {
  try {
    // The decoder skips a byte order mark, as RFC 8259 (8.1) allows.
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    // No cause: the parser's message quotes the body.
    throw new OffairError("ERR_REPORT_INVALID", "the body is not JSON", {
      issues: [{ pointer: "", message: "is not JSON in UTF-8" }],
    });
  }
}

/** For a signature inside the body: a body that is not JSON has none, which is refused like a wrong one. */
export function jsonOrNothing(body: Uint8Array): unknown {
  try {
    return parseJson(body);
  } catch {
    return undefined;
  }
}

/**
 * Checks the nesting depth of the whole payload, including the parts that the source ignores. The issue points at the whole document,
 * because a longer pointer would repeat names chosen by the sender.
 *
 * @throws OffairError `ERR_REPORT_INVALID`
 */
export function checkDepth(payload: unknown): void {
  if (!isNested(payload) || isWithin(MAX_DEPTH, payload)) return;
  const issues = [{ pointer: "", message: `is nested deeper than ${MAX_DEPTH} levels` }];
  throw new OffairError("ERR_REPORT_INVALID", "the body is nested too deep", { issues });
}

/** Recurses at most `levels` deep, so that a hostile payload cannot overflow the stack. */
function isWithin(levels: number, value: object): boolean {
  if (levels === 0) return false;
  for (const inner of Array.isArray(value) ? value : Object.values(value)) {
    if (isNested(inner) && !isWithin(levels - 1, inner)) return false;
  }
  return true;
}

const isNested = (value: unknown): value is object => typeof value === "object" && value !== null;
