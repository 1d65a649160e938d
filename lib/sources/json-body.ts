/** A body that claims to be JSON, read strictly: type, UTF-8, JSON, and no deeper than anybody needs. */
import { OffairError } from "../errors.ts";
import { jsonPointer } from "../faults.ts";

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
  let payload: unknown;
  try {
    payload = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    // Not as a cause: what the parser says quotes the body.
    throw new OffairError("ERR_REPORT_INVALID", "the body is not JSON", {
      faults: [{ pointer: "", message: "is not JSON in UTF-8" }],
    });
  }
  const path = tooDeep(payload);
  if (path) {
    const faults = [{ pointer: jsonPointer(path), message: `is nested deeper than ${MAX_DEPTH} levels` }];
    throw new OffairError("ERR_REPORT_INVALID", "the body is nested too deep", { faults });
  }
  return payload;
}

/** Where the limit is passed first, if anywhere; without recursion, for the depth is the sender's. */
function tooDeep(payload: unknown): string[] | undefined {
  const open: { value: unknown; path: string[] }[] = [{ value: payload, path: [] }];
  for (let next = open.pop(); next; next = open.pop()) {
    const { value, path } = next;
    if (typeof value !== "object" || value === null) continue;
    if (path.length >= MAX_DEPTH) return path;
    for (const [key, inner] of Object.entries(value)) {
      if (typeof inner === "object" && inner !== null) open.push({ value: inner, path: [...path, key] });
    }
  }
  return undefined;
}
