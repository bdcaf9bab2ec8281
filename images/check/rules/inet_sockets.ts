/** Rules about the values of inet and netlink sockets. @module */

import { countOf } from "../../bytes/sizes.ts";
import type { Rule } from "../rule.ts";
import { fileRule } from "../value_rules.ts";

const REMAKE = "make the dump again, or correct the field with `crit edit {image} -o NEW --set`";

/** AF_INET and AF_INET6, with the 32-bit words of their addresses. */
const ADDRESS_WORDS: Readonly<Record<number, number>> = { 2: 1, 10: 4 };
const INET6 = 10;

const family = fileRule(
  {
    id: "inet-family",
    severity: "error",
    summary: "inet sockets are IPv4 or IPv6",
    explanation: "CRIU creates inet sockets of family 2 (IPv4) and 10 (IPv6) only.",
    fix: REMAKE,
  },
  "isk",
  function* ({ family }) {
    if (ADDRESS_WORDS[family] === undefined) {
      yield { field: "family", message: `${family} is neither 2 (IPv4) nor 10 (IPv6)` };
    }
  },
);

const TCP = 6;
const ICMPV6 = 58;
/** SOCK_STREAM and SOCK_DGRAM, with the protocols that they go with; SOCK_RAW takes any. */
const PROTOCOLS: Readonly<Record<number, readonly number[]>> = {
  // TCP, SCTP, MPTCP.
  1: [0, TCP, 132, 262],
  // UDP, UDP-Lite, ICMP, ICMPv6.
  2: [0, 17, 136, 1, ICMPV6],
};
const RAW = 3;

const kind = fileRule(
  {
    id: "inet-type",
    severity: "error",
    summary: "the type and protocol of inet sockets match",
    explanation: "The kernel refuses other types, and protocols that do not belong to the type.",
    fix: REMAKE,
  },
  "isk",
  function* ({ type, proto }) {
    if (type === RAW) return;
    const known = PROTOCOLS[type];
    if (known === undefined) {
      yield { field: "type", message: `${type} is not 1 (stream), 2 (datagram) or 3 (raw)` };
    } else if (!known.includes(proto)) {
      yield { field: "proto", message: `protocol ${proto} does not go with type ${type}` };
    }
  },
);

const addresses = fileRule(
  {
    id: "inet-address",
    severity: "error",
    summary: "addresses of inet sockets have the length of their family",
    explanation: "An IPv4 address is one 32-bit word, an IPv6 address is four.",
    fix: REMAKE,
  },
  "isk",
  function* (isk) {
    const words = ADDRESS_WORDS[isk.family];
    if (words === undefined) return;
    for (const field of ["src_addr", "dst_addr"] as const) {
      const count = isk[field]?.length ?? 0;
      // Further words of an IPv4 address are not looked at.
      if (isk.family === INET6 ? count === words : count >= words) continue;
      const message = `${countOf(count, "word")} instead of ${words}, as IPv${
        words === 1 ? 4 : 6
      } has`;
      yield { field, message };
    }
  },
);

/** The kernel's TCP_LISTEN. */
const LISTEN = 10;

const listener = fileRule(
  {
    id: "inet-listener",
    severity: "error",
    summary: "only TCP sockets listen",
    explanation: "CRIU refuses a listening socket of another protocol.",
    fix: "set the state to 7 (closed): `crit edit {image} -o NEW --set '[N].isk.state=7'`",
  },
  "isk",
  function* ({ state, proto }) {
    if (state !== LISTEN || proto === TCP) return;
    yield { field: "state", message: `it listens, but its protocol is ${proto}` };
  },
);

const netlinkGroups = fileRule(
  {
    id: "netlink-groups",
    severity: "error",
    summary: "netlink sockets are in groups 1 to 32",
    explanation: "CRIU reads the groups from one 32-bit word, and refuses more words.",
    fix: REMAKE,
  },
  "nlsk",
  function* ({ groups = [], portid }) {
    if (groups.length <= 1 || portid === 0) return;
    yield { field: "groups", message: `${groups.length} words instead of 1` };
  },
);

/** The number of netlink's protocols (MAX_LINKS). */
const NETLINK_PROTOCOLS = 32;

const netlinkProtocol = fileRule(
  {
    id: "netlink-protocol",
    severity: "error",
    summary: "netlink sockets have a valid protocol",
    explanation: "Netlink protocols are numbered 0 to 31.",
    fix: REMAKE,
  },
  "nlsk",
  function* ({ protocol }) {
    if (protocol < NETLINK_PROTOCOLS) return;
    yield { field: "protocol", message: `${protocol} is greater than ${NETLINK_PROTOCOLS - 1}` };
  },
);

/** Bits of `opt_mask` (TCPI_OPT_*), and the fields that each needs. */
const TCP_OPTIONS = [
  { bit: 1, field: "timestamp", name: "timestamps" },
  { bit: 4, field: "rcv_wscale", name: "window scaling" },
] as const;

const tcpFields: Rule = {
  id: "tcp-fields",
  severity: "error",
  summary: "a TCP stream has the values of its options",
  explanation:
    "CRIU refuses a stream without the length of its unsent data, or with an option whose value is missing.",
  fix: "fetch {image} again, or make the dump again",
  *check(context) {
    for (const name of context.imagesOf("tcp_stream_entry")) {
      if (!context.isWhole(name)) continue;
      for (const [entry, stream] of context.entries(name, "tcp_stream_entry")) {
        const place = { image: name, entry };
        if (stream.unsq_len === undefined) {
          yield { ...place, field: "unsq_len", message: "it is missing" };
        }
        for (const { bit, field, name } of TCP_OPTIONS) {
          if ((stream.opt_mask & bit) === 0 || stream[field] !== undefined) continue;
          yield { ...place, field, message: `it is missing, but the stream uses ${name}` };
        }
      }
    }
  },
};

export default [family, kind, addresses, listener, tcpFields, netlinkGroups, netlinkProtocol];
