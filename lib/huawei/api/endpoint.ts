/** The endpoint of Live: Huawei's host, or a simulator on the loopback address. */
import { OffairError } from "../../core/errors.ts";

/**
 * Parses the endpoint.
 *
 * @param text - `https://live.ap-southeast-3.myhuaweicloud.com`; `http` only with the loopback address.
 * @throws OffairError `ERR_CONFIG`, which does not quote the text, because it may contain a password.
 */
export function parseEndpoint(text: string): URL {
  if (!URL.canParse(text)) throw new OffairError("ERR_CONFIG", "the Live endpoint is not a URL");
  const url = new URL(text);
  if (url.protocol !== "https:" && !(url.protocol === "http:" && isLoopback(url.hostname))) {
    throw new OffairError("ERR_CONFIG", "the Live endpoint must be https, unless its host is the loopback address");
  }
  if (url.username || url.password) throw new OffairError("ERR_CONFIG", "the Live endpoint must not hold a user name");
  if (url.pathname !== "/" || url.search || url.hash) {
    throw new OffairError("ERR_CONFIG", "the Live endpoint must have only a scheme, a host and optionally a port");
  }
  return url;
}

/** `URL` has already normalised 127.1 or 0x7f000001 to four decimal numbers: https://url.spec.whatwg.org/#host-parsing */
const isLoopback = (hostname: string): boolean =>
  hostname === "localhost" || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname);
