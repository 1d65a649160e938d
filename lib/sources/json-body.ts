/** A body that claims to be JSON, read strictly: type, UTF-8, JSON, and no deeper than anybody needs. */
import { OffairError } from "../core/errors.ts";

/** Deeper than any documented payload of any source. */
const MAX_DEPTH = 32;

/** @throws OffairError `ERR_REPORT_MEDIA_TYPE` unless the header says JSON in UTF-8. */
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
    // Without a byte order mark, which RFC 8259 (8.1) lets a reader ignore.
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    // Not as a cause: what the parser says quotes the body.
    throw new OffairError("ERR_REPORT_INVALID", "the body is not JSON", {
      issues: [{ pointer: "", message: "is not JSON in UTF-8" }],
    });
  }
}

/** For a proof that stands in the body: what is not JSON holds none, and that is no other fault than a wrong one. */
export function jsonOrNothing(body: Uint8Array): unknown {
  try {
    return parseJson(body);
  } catch {
    return undefined;
  }
}

/**
 * Of the whole payload, also where the source ignores it. The pointer names the whole: anything more exact would repeat names that
 * the sender chose.
 *
 * @throws OffairError `ERR_REPORT_INVALID`
 */
export function checkDepth(payload: unknown): void {
  if (!isNested(payload) || isWithin(MAX_DEPTH, payload)) return;
  const issues = [{ pointer: "", message: `is nested deeper than ${MAX_DEPTH} levels` }];
  throw new OffairError("ERR_REPORT_INVALID", "the body is nested too deep", { issues });
}

/** Goes no deeper than it is told, however deep the sender went. */
function isWithin(levels: number, value: object): boolean {
  if (levels === 0) return false;
  for (const inner of Array.isArray(value) ? value : Object.values(value)) {
    if (isNested(inner) && !isWithin(levels - 1, inner)) return false;
  }
  return true;
}

const isNested = (value: unknown): value is object => typeof value === "object" && value !== null;
