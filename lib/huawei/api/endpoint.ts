/** Where Live is: Huawei's own host, or the simulator on this machine. */
import { OffairError } from "../../core/errors.ts";

/**
 * @param text - such as `https://live.ap-southeast-3.myhuaweicloud.com`; plain `http` only for the loopback address.
 * @throws OffairError `ERR_CONFIG`. It does not quote the text, which may hold a password.
 */
export function parseEndpoint(text: string): URL {
  if (!URL.canParse(text)) throw new OffairError("ERR_CONFIG", "the Live endpoint is not a URL");
  const url = new URL(text);
  if (url.protocol !== "https:" && !(url.protocol === "http:" && isLoopback(url.hostname))) {
    throw new OffairError("ERR_CONFIG", "the Live endpoint must be https, unless its host is the loopback address");
  }
  if (url.username || url.password) throw new OffairError("ERR_CONFIG", "the Live endpoint must not hold a user name");
  if (url.pathname !== "/" || url.search || url.hash) {
    throw new OffairError("ERR_CONFIG", "the Live endpoint must be a scheme, a host and perhaps a port, and no more");
  }
  return url;
}

/** `URL` has already brought 127.1, 0x7f000001 and the like to four decimal numbers: https://url.spec.whatwg.org/#host-parsing */
const isLoopback = (hostname: string): boolean =>
  hostname === "localhost" || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname);
