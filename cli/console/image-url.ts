/**
 * Checks the address of an evidence image, which whoever sends reports has chosen. The browser loads it, so it must not be able to reach
 * what only this machine or its network can.
 *
 * The browser looks the name up once more. A name that then has a private address still fails, because a server there has no certificate
 * for it: https is the guard, and this check says so before.
 */
import { isIP } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { SECOND_MS } from "../../lib/core/time.ts";
import { isPublicAddress } from "./public-address.ts";
import { RequestError } from "./reply.ts";

/** Returns the addresses of a host name. Rejects if it has none. */
export type Lookup = (hostname: string) => Promise<readonly string[]>;

const MAX_URL_CHARACTERS = 2_048;
const LOOKUP_MS = 5 * SECOND_MS;
/** The URL parser permits more than names have: `;`, `,`, `'` and `*` in a host would be read as parts of a policy. */
const HOSTNAME = /^[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?$/;

/** @throws RequestError */
export async function expectImageUrl(text: string, lookup: Lookup): Promise<URL> {
  if (text.length > MAX_URL_CHARACTERS || !URL.canParse(text)) throw invalid("it is not a URL");
  const url = new URL(text);
  if (url.protocol !== "https:") throw invalid("it is not https");
  if (url.username !== "" || url.password !== "") throw invalid("it contains a user name or a password");
  // Images are published on the usual port. On others are the consoles of routers and the like.
  if (url.port !== "") throw invalid("it names a port");
  const literal = url.hostname.replace(/^\[|\]$/g, "");
  const isAddress = isIP(literal) !== 0;
  if (!isAddress && !HOSTNAME.test(url.hostname)) throw invalid("its host name is not one");
  const addresses = isAddress ? [literal] : await addressesOf(url.hostname, lookup);
  if (addresses.length === 0) throw unknownHost();
  if (!addresses.every(isPublicAddress)) throw invalid("its host is not on the public Internet");
  url.hash = "";
  return url;
}

async function addressesOf(hostname: string, lookup: Lookup): Promise<readonly string[]> {
  const stop = new AbortController();
  const late = sleep(LOOKUP_MS, undefined, { signal: stop.signal, ref: false }).then(() => []);
  try {
    return await Promise.race([lookup(hostname), late]);
  } catch {
    throw unknownHost();
  } finally {
    stop.abort();
  }
}

const invalid = (why: string) => new RequestError("invalid", `the image is not shown: ${why}`);
const unknownHost = () => new RequestError("failed", "the image is not shown: its host was not found");
