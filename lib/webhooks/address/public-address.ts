/**
 * Whether an IP address belongs to the public internet. A request to a URL that others chose must not reach a private network, this machine or
 * the cloud's metadata service.
 *
 * Refused is everything that IANA's registries of special-purpose addresses do not call globally reachable, multicast, and every IPv6 address
 * that embeds an IPv4 address, because a gateway on the way could translate it. Addresses of protocols (anycast relays, AS112, PCP) are refused
 * too: no receiver of events has one.
 *
 * @see https://www.iana.org/assignments/iana-ipv4-special-registry
 * @see https://www.iana.org/assignments/iana-ipv6-special-registry
 */
import { BlockList, isIP } from "node:net";

const SPECIAL_IPV4: readonly (readonly [network: string, prefix: number])[] = [
  ["0.0.0.0", 8], // this network
  ["10.0.0.0", 8], // private
  ["100.64.0.0", 10], // shared address space of carriers; includes Alibaba Cloud's metadata, 100.100.100.200
  ["127.0.0.0", 8], // loopback
  ["168.63.129.16", 32], // Azure's platform service, an address of the public range that only its own machines reach
  ["169.254.0.0", 16], // link-local; includes the metadata services of AWS, Azure, Google and Huawei Cloud, 169.254.169.254
  ["172.16.0.0", 12], // private
  ["192.0.0.0", 24], // protocol assignments
  ["192.0.2.0", 24], // documentation
  ["192.31.196.0", 24], // AS112
  ["192.52.193.0", 24], // AMT
  ["192.88.99.0", 24], // 6to4 relays, deprecated
  ["192.168.0.0", 16], // private
  ["192.175.48.0", 24], // AS112
  ["198.18.0.0", 15], // benchmarks
  ["198.51.100.0", 24], // documentation
  ["203.0.113.0", 24], // documentation
  ["224.0.0.0", 4], // multicast
  ["240.0.0.0", 4], // reserved; includes broadcast
];

/** Unicast addresses are assigned from 2000::/3 only; everything outside of it is special or not assigned. */
const GLOBAL_UNICAST = ["2000::", 3] as const;

/** Within 2000::/3. */
const SPECIAL_IPV6: readonly (readonly [network: string, prefix: number])[] = [
  ["2001::", 23], // protocol assignments: Teredo, benchmarks, ORCHID and others
  ["2001:db8::", 32], // documentation
  ["2002::", 16], // 6to4, which embeds an IPv4 address
  ["2620:4f:8000::", 48], // AS112
  ["3fff::", 20], // documentation
];

function listOf(family: "ipv4" | "ipv6", networks: readonly (readonly [string, number])[]): BlockList {
  const list = new BlockList();
  for (const [network, prefix] of networks) list.addSubnet(network, prefix, family);
  return list;
}

const refusedIpv4 = listOf("ipv4", SPECIAL_IPV4);
const refusedIpv6 = listOf("ipv6", SPECIAL_IPV6);
const globalUnicast = listOf("ipv6", [GLOBAL_UNICAST]);
const loopback = listOf("ipv4", [["127.0.0.0", 8]]);

/**
 * @param address - as DNS returns it, without brackets. One with a zone (`fe80::1%eth0`), and text that is no address, are not public.
 */
export function isPublicAddress(address: string): boolean {
  if (address.includes("%")) return false;
  const family = isIP(address);
  if (family === 4) return !refusedIpv4.check(address, "ipv4");
  return family === 6 && globalUnicast.check(address, "ipv6") && !refusedIpv6.check(address, "ipv6");
}

/** 127.0.0.0/8 and ::1 only: `::ffff:127.0.0.1` is neither. */
export const isLoopbackAddress = (address: string): boolean =>
  address === "::1" || (isIP(address) === 4 && loopback.check(address, "ipv4"));
