import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { isLoopbackAddress, isPublicAddress } from "../../lib/webhooks/address/public-address.ts";
import { runs } from "../support/runs.ts";

describe("not public is", () => {
  it.each([
    ["this machine", ["127.0.0.1", "127.1.2.3", "127.255.255.255", "::1", "0.0.0.0", "0.1.2.3", "::"]],
    [
      "a private network",
      ["10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.0.1", "fc00::1", "fd12:3456::1"],
    ],
    ["a link", ["169.254.0.1", "fe80::1", "febf::1", "fe80::1%eth0"]],
    [
      "a metadata service",
      [
        "169.254.169.254",
        "169.254.170.2",
        "169.254.169.123",
        "fd00:ec2::254",
        "fd20:ce::254",
        "100.100.100.200",
        "168.63.129.16",
        "192.0.0.192",
      ],
    ],
    ["a carrier's network", ["100.64.0.1", "100.127.255.255"]],
    ["for documentation", ["192.0.2.1", "198.51.100.1", "203.0.113.255", "2001:db8::1", "3fff::1", "3fff:fff::1"]],
    ["for benchmarks", ["198.18.0.1", "198.19.255.255", "2001:2::1"]],
    ["multicast or broadcast", ["224.0.0.1", "239.255.255.255", "255.255.255.255", "240.0.0.1", "ff02::1", "ff0e::1"]],
    [
      "an IPv4 address in IPv6: mapped",
      ["::ffff:127.0.0.1", "::ffff:7f00:1", "::ffff:169.254.169.254", "::ffff:93.184.216.34"],
    ],
    ["an IPv4 address in IPv6: compatible or translated", ["::127.0.0.1", "::93.184.216.34", "::ffff:0:127.0.0.1"]],
    ["NAT64", ["64:ff9b::127.0.0.1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::a00:1", "64:ff9b::5db8:d822"]],
    ["6to4", ["2002:7f00:1::", "2002:a9fe:a9fe::1", "2002:5db8:d822::1"]],
    ["Teredo", ["2001:0:7f00:1::", "2001::1"]],
    ["of a protocol", ["192.88.99.1", "192.31.196.1", "192.175.48.6", "2001:20::1", "2001:1::1", "2620:4f:8000::1"]],
    ["not assigned", ["4000::1", "1fff::1", "fec0::1", "5f00::1", "100::1", "100:0:0:1::1"]],
    [
      "no address",
      ["", "localhost", "93.184.216", "93.184.216.34 ", "0x7f.0.0.1", "2130706433", "[2606:2800::1]", "93.184.216.034"],
    ],
  ])("%s", (_, addresses) => {
    expect(addresses.filter(isPublicAddress)).toEqual([]);
  });
});

it.each([
  ...[
    "1.1.1.1",
    "8.8.8.8",
    "93.184.216.34",
    "9.255.255.255",
    "11.0.0.0",
    "100.63.255.255",
    "100.128.0.0",
    "126.255.255.255",
  ],
  ...[
    "128.0.0.0",
    "169.253.255.255",
    "169.255.0.0",
    "172.15.255.255",
    "172.32.0.0",
    "192.0.1.0",
    "192.0.3.0",
    "192.167.255.255",
  ],
  ...[
    "192.169.0.0",
    "198.17.255.255",
    "198.20.0.0",
    "198.51.99.255",
    "203.0.112.255",
    "203.0.114.0",
    "223.255.255.255",
  ],
  ...[
    "168.63.129.15",
    "168.63.129.17",
    "2606:2800:220:1::1",
    "2a00:1450:4001::1",
    "2001:200::1",
    "2001:4860:4860::8888",
    "2003::1",
    "3ffe::1",
  ],
])("%s is public", (address) => {
  expect(isPublicAddress(address)).toBe(true);
});

it("loopback is 127.0.0.0/8 and ::1, and no text or mapped address", () => {
  const of = [
    "127.0.0.1",
    "127.255.0.9",
    "::1",
    "::ffff:127.0.0.1",
    "128.0.0.1",
    "localhost",
    "0.0.0.0",
    "::",
    "127.1",
  ];
  expect(of.filter(isLoopbackAddress)).toEqual(["127.0.0.1", "127.255.0.9", "::1"]);
});

/** The same registries, calculated by other means: text of the ranges' first bits, instead of BlockList. */
const bits = (value: number, width: number): string => value.toString(2).padStart(width, "0");
const SPECIAL_BITS = [
  ...[
    [0, 8],
    [10, 8],
    [127, 8],
    [0x6440_0000 / 2 ** 22, 10],
  ].map(([value = 0, width = 0]) => bits(value, width)),
  ...[
    bits(0xa9fe, 16),
    bits(0xac1, 12),
    bits(0xc0a8, 16),
    bits(0xc0_00_00, 24),
    bits(0xc0_00_02, 24),
    bits(0xc0_1f_c4, 24),
  ],
  ...[
    bits(0xc0_34_c1, 24),
    bits(0xc0_58_63, 24),
    bits(0xc0_af_30, 24),
    bits(0xc612 / 2, 15),
    bits(0xc6_33_64, 24),
    bits(0xcb_00_71, 24),
  ],
  ...[bits(0xa83f8110, 32), "1110", "1111"],
];
const octets = (value: number): string => [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join(".");

/** Half of the addresses are near a boundary of a range. */
const anyIpv4 = fc.oneof(
  fc.integer({ min: 0, max: 0xffff_ffff }),
  fc
    .tuple(fc.constantFrom(...SPECIAL_BITS), fc.integer({ min: -2, max: 2 }), fc.boolean())
    .map(
      ([prefix, step, isEnd]) => (Number.parseInt(prefix.padEnd(32, isEnd ? "1" : "0"), 2) + step + 2 ** 32) % 2 ** 32,
    ),
);

it("an IPv4 address is public if it begins with the bits of no special range", () => {
  fc.assert(
    fc.property(anyIpv4, (value) => {
      const expected = !SPECIAL_BITS.some((prefix) => bits(value, 32).startsWith(prefix));
      expect(isPublicAddress(octets(value))).toBe(expected);
    }),
    { numRuns: runs(2_000) },
  );
});

it("no IPv6 address that embeds an IPv4 address is public, whatever its notation", () => {
  const embed = fc.constantFrom<(hex: string, dotted: string) => string>(
    (_, dotted) => `::ffff:${dotted}`,
    (hex) => `0:0:0:0:0:ffff:${hex}`,
    (_, dotted) => `::${dotted}`,
    (_, dotted) => `64:ff9b::${dotted}`,
    (hex) => `64:ff9b:1::${hex}`,
    (hex) => `2002:${hex}::1`,
    (hex) => `2001:0:${hex}::`,
    (hex) => `2001:0000:1:1:1:1:${hex}`.toUpperCase(),
  );
  fc.assert(
    fc.property(anyIpv4, embed, (value, notation) => {
      const hex = `${(value >>> 16).toString(16)}:${(value & 0xffff).toString(16)}`;
      expect(isPublicAddress(notation(hex, octets(value)))).toBe(false);
    }),
    { numRuns: runs(500) },
  );
});

it("an IPv6 address is public only in 2000::/3 and outside of its special ranges", () => {
  const group = fc.integer({ min: 0, max: 0xffff });
  const special = [
    "0010000000000001" + "0000000",
    bits(0x20010db8, 32),
    bits(0x2002, 16),
    bits(0x2620, 16) + bits(0x4f, 16) + bits(0x8000, 16),
    `${bits(0x3fff, 16)}0000`,
  ];
  const first = fc.oneof(group, fc.constantFrom(0x2000, 0x2001, 0x2002, 0x2620, 0x3fff, 0x1fff, 0x4000));
  const second = fc.oneof(group, fc.constantFrom(0, 0x1ff, 0x200, 0xdb8, 0x4f, 0xfff, 0x1000));
  const third = fc.oneof(group, fc.constantFrom(0, 0x8000));
  fc.assert(
    fc.property(fc.tuple(first, second, third, group, group, group, group, group), (groups) => {
      const all = groups.map((value) => bits(value, 16)).join("");
      const expected = all.startsWith("001") && !special.some((prefix) => all.startsWith(prefix));
      expect(isPublicAddress(groups.map((value) => value.toString(16)).join(":"))).toBe(expected);
    }),
    { numRuns: runs(2_000) },
  );
});
