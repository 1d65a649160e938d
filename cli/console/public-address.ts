/** Whether an address belongs to the public Internet, and not to this machine, its network, or nobody. */
import { BlockList, isIPv4, isIPv6 } from "node:net";

/** @see https://www.iana.org/assignments/iana-ipv4-special-registry, and multicast and reserved addresses */
const IPV4: readonly (readonly [string, number])[] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10], // shared by the customers of a provider
  ["127.0.0.0", 8],
  ["169.254.0.0", 16], // link-local, and the metadata service of clouds
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
];

/** Everything but 2000::/3, and what is special in it. @see https://www.iana.org/assignments/iana-ipv6-special-registry */
const IPV6: readonly (readonly [string, number])[] = [
  ["::", 3], // with loopback, and with IPv4 addresses in IPv6 (::ffff:0:0/96, 64:ff9b::/96)
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16], // 6to4, which contains an IPv4 address
  ["3fff::", 20],
  ["4000::", 2],
  ["8000::", 1], // with fc00::/7, fe80::/10 and multicast
];

/** Two lists: in one, `::/3` would contain every IPv4 address too, as ::ffff:0:0/96. */
const [special4, special6] = [new BlockList(), new BlockList()];
for (const [net, bits] of IPV4) special4.addSubnet(net, bits, "ipv4");
for (const [net, bits] of IPV6) special6.addSubnet(net, bits, "ipv6");

/** False for a text that is not an address, and for one with a zone. */
export function isPublicAddress(address: string): boolean {
  if (isIPv4(address)) return !special4.check(address, "ipv4");
  return isIPv6(address) && !address.includes("%") && !special6.check(address, "ipv6");
}
