/** Brings IP addresses into one spelling. An IPv4 address within IPv6 (`::ffff:192.0.2.1`) becomes the IPv4 address. */

const MAPPED = /^\[::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})\]$/;

/** Returns other texts unchanged. */
export function canonicalAddress(address: string): string {
  if (!address.includes(":")) return address;
  // The URL parser writes IPv6 as RFC 5952 does.
  const url = `http://[${address}]/`;
  if (!/^[0-9a-fA-F:.]+$/.test(address) || !URL.canParse(url)) return address;
  const { hostname } = new URL(url);
  const [, high, low] = MAPPED.exec(hostname) ?? [];
  if (high === undefined || low === undefined) return hostname;
  return [high, low]
    .map((group) => Number.parseInt(group, 16))
    .flatMap((group) => [group >> 8, group & 255])
    .join(".");
}
