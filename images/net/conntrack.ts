/**
 * Connections that are tracked: netns-ct-%u.img, messages of nfnetlink.
 *
 * @module
 */

import type { MessageLayout, NetlinkAttributes } from "./netlink.ts";
import { addressText, FAMILY, TRACKED_STATES } from "./numbers.ts";

/** Layout of the image (include/uapi/linux/netfilter/nfnetlink_conntrack.h). */
export const CONNTRACK: MessageLayout = { fixed: 4, type: 0x0100, isNetworkOrder: true };

/** One direction of a connection. */
export interface Tuple {
  src: string | undefined;
  dst: string | undefined;
  sport: number | undefined;
  dport: number | undefined;
  /** Of ICMP. */
  type: number | undefined;
  code: number | undefined;
  id: number | undefined;
}

/** A connection. */
export interface Connection {
  family: string;
  protocol: string;
  /** In seconds. */
  timeout: number | undefined;
  state: string | undefined;
  original: Tuple;
  reply: Tuple;
  status: string[];
  mark: number;
  zone: number;
  helper: string | undefined;
}

const PROTOCOLS: Readonly<Record<number, string>> = {
  1: "icmp",
  6: "tcp",
  17: "udp",
  33: "dccp",
  47: "gre",
  58: "icmpv6",
  132: "sctp",
};

const STATUS: readonly string[] = [
  ...["EXPECTED", "SEEN_REPLY", "ASSURED", "CONFIRMED", "SNAT", "DNAT", "SEQ_ADJUST", "SNAT_DONE"],
  ...["DNAT_DONE", "DYING"],
];

/** Reads a message. */
export function connectionOf(message: NetlinkAttributes): Connection {
  const family = message.byte(0);
  const status = message.number(3) ?? 0;
  const state = message.nested(4)?.nested(1)?.number(1);
  const protocol = message.nested(1)?.nested(2)?.number(1) ?? 0;
  return {
    family: FAMILY[family] ?? `${family}`,
    protocol: PROTOCOLS[protocol] ?? `${protocol}`,
    timeout: message.number(7),
    state: state === undefined ? undefined : TRACKED_STATES[state] ?? `${state}`,
    original: tupleOf(message.nested(1)),
    reply: tupleOf(message.nested(2)),
    status: STATUS.filter((_, bit) => (status >> bit & 1) !== 0),
    mark: message.number(8) ?? 0,
    zone: message.number(18) ?? 0,
    helper: message.nested(5)?.text(1),
  };
}

function tupleOf(tuple: NetlinkAttributes | undefined): Tuple {
  const ip = tuple?.nested(1);
  const protocol = tuple?.nested(2);
  return {
    src: addressText(ip?.value(1) ?? ip?.value(3)),
    dst: addressText(ip?.value(2) ?? ip?.value(4)),
    sport: protocol?.number(2),
    dport: protocol?.number(3),
    type: protocol?.number(5) ?? protocol?.number(8),
    code: protocol?.number(6) ?? protocol?.number(9),
    id: protocol?.number(4) ?? protocol?.number(7),
  };
}

/** Much as `/proc/net/nf_conntrack` prints it. */
export function connectionLine(connection: Connection): string {
  const { family, protocol, timeout, state, original, reply, status, mark, zone } = connection;
  return [
    family === "inet6" ? "ipv6" : "ipv4",
    protocol,
    ...timeout === undefined ? [] : [`${timeout}`],
    ...state === undefined ? [] : [state],
    tupleText(original),
    ...status.includes("SEEN_REPLY") ? [] : ["[UNREPLIED]"],
    tupleText(reply),
    ...status.includes("ASSURED") ? ["[ASSURED]"] : [],
    `mark=${mark}`,
    ...zone === 0 ? [] : [`zone=${zone}`],
  ].join(" ");
}

function tupleText(tuple: Tuple): string {
  return Object.entries(tuple).filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}=${value}`).join(" ");
}
