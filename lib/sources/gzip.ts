/** Uncompresses a body whose sender signs it uncompressed, within a limit, because this happens before the signature is verified. */
import { OffairError } from "../core/errors.ts";
import { refuse } from "./signatures.ts";

/**
 * Recognises gzip by its first bytes and not by the header, because a gateway may have uncompressed the body and kept the header. No JSON
 * text begins with these bytes.
 *
 * @param maxBytes - limit of the uncompressed body.
 * @throws OffairError `ERR_REPORT_SIGNATURE` if the body is not whole gzip, `ERR_REPORT_TOO_LARGE` above the limit.
 */
export function uncompressed(body: Uint8Array, maxBytes: number): Uint8Array {
  if (body[0] !== 0x1f) return body;
  // Decoded as text and encoded again, the second byte of gzip (8b) is U+FFFD, and the rest is lost too.
  if (body[1] === 0xef) throw refuse("content-encoding", "the body was gzip and arrived as text: turn compression off");
  if (body[1] !== 0x8b) return body;
  try {
    // not imported: it would be loaded at every cold start, for sources that compress (docs/adr/0018)
    const { gunzipSync } = process.getBuiltinModule("node:zlib");
    return gunzipSync(body, { maxOutputLength: maxBytes });
  } catch (error) {
    if (typeof error === "object" && error !== null && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE") {
      throw new OffairError("ERR_REPORT_TOO_LARGE", `the uncompressed body is larger than ${maxBytes} bytes`);
    }
    throw refuse("content-encoding", "the body begins like gzip and is not");
  }
}
