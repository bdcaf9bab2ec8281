/**
 * Numbers of networks (include/uapi/linux/rtnetlink.h, if_addr.h, fib_rules.h, if.h).
 *
 * @module
 */

import { formatAddress } from "../types/hints.ts";

/** Address families. */
export const FAMILY: Readonly<Record<number, string>> = { 2: "inet", 10: "inet6" };

/** Scopes of addresses and routes. */
export const SCOPES: Readonly<Record<number, string>> = {
  0: "global",
  200: "site",
  253: "link",
  254: "host",
  255: "nowhere",
};

/** Tables of routes. */
export const TABLES: Readonly<Record<number, string>> = {
  253: "default",
  254: "main",
  255: "local",
};

/** Who made a route or a rule. */
export const ROUTE_PROTOCOLS: Readonly<Record<number, string>> = {
  ...{ 0: "unspec", 1: "redirect", 2: "kernel", 3: "boot", 4: "static", 8: "gated", 9: "ra" },
  ...{ 10: "mrt", 11: "zebra", 12: "bird", 13: "dnrouted", 14: "xorp", 15: "ntk", 16: "dhcp" },
  ...{ 18: "keepalived", 42: "babel", 186: "bgp", 187: "isis", 188: "ospf", 189: "rip" },
  192: "eigrp",
};

/** Who made an address. */
export const ADDRESS_PROTOCOLS: Readonly<Record<number, string>> = {
  1: "kernel_lo",
  2: "kernel_ra",
  3: "kernel_ll",
};

/** Flags of addresses, in the order in which ip prints them; that of 0x80 when it is not set. */
export const ADDRESS_FLAGS: ReadonlyArray<readonly [bit: number, name: string]> = [
  [0x01, "secondary"],
  [0x02, "nodad"],
  [0x04, "optimistic"],
  [0x08, "dadfailed"],
  [0x10, "home"],
  [0x20, "deprecated"],
  [0x40, "tentative"],
  [0x80, "dynamic"],
  [0x100, "mngtmpaddr"],
  [0x200, "noprefixroute"],
  [0x400, "autojoin"],
  [0x800, "stable-privacy"],
];

/** Types of routes. */
export const ROUTE_TYPES: readonly string[] = [
  ...["none", "unicast", "local", "broadcast", "anycast", "multicast", "blackhole", "unreachable"],
  ...["prohibit", "throw", "nat"],
];

/** Flags of next hops. */
export const HOP_FLAGS: ReadonlyArray<readonly [bit: number, name: string]> = [
  [1, "dead"],
  [2, "pervasive"],
  [4, "onlink"],
  [8, "offload"],
  [0x10, "linkdown"],
  [0x20, "unresolved"],
  [0x40, "trap"],
];

/** Metrics of routes by number. */
export const METRICS: readonly string[] = [
  ...["", "lock", "mtu", "window", "rtt", "rttvar", "ssthresh", "cwnd", "advmss", "reordering"],
  ...["hoplimit", "initcwnd", "features", "rto_min", "initrwnd", "quickack", "congctl"],
  "fastopen_no_cookie",
];

/** Flags of interfaces (IFF_*). */
export const LINK_FLAGS: ReadonlyArray<readonly [bit: number, name: string]> = [
  [0x8, "LOOPBACK"],
  [0x2, "BROADCAST"],
  [0x10, "POINTOPOINT"],
  [0x1000, "MULTICAST"],
  [0x80, "NOARP"],
  [0x200, "ALLMULTI"],
  [0x100, "PROMISC"],
  [0x400, "MASTER"],
  [0x800, "SLAVE"],
  [0x1, "UP"],
  [0x10000, "LOWER_UP"],
];

/** States of TCP connections that are tracked. */
export const TRACKED_STATES: readonly string[] = [
  ...["NONE", "SYN_SENT", "SYN_RECV", "ESTABLISHED", "FIN_WAIT", "CLOSE_WAIT", "LAST_ACK"],
  ...["TIME_WAIT", "CLOSE", "SYN_SENT2"],
];

/** Names of the bits that are set. */
export function flagNames(
  table: ReadonlyArray<readonly [bit: number, name: string]>,
  value: number,
): string[] {
  return table.filter(([bit]) => (value & bit) !== 0).map(([, name]) => name);
}

/** An address from its bytes in network order; hexadecimal for one of another length. */
export function addressText(bytes: Uint8Array | undefined): string | undefined {
  if (bytes === undefined) return undefined;
  if (bytes.length !== 4 && bytes.length !== 16) return bytes.toHex();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const words = Array.from({ length: bytes.length / 4 }, (_, i) => view.getUint32(4 * i));
  return formatAddress(words, "big");
}
