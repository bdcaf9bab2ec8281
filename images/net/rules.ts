/**
 * Routing rules: rule-%u.img, which `ip rule save` makes.
 *
 * @module
 */

import type { MessageLayout, NetlinkAttributes } from "./netlink.ts";
import { FAMILY, ROUTE_PROTOCOLS, TABLES } from "./numbers.ts";
import { prefixText } from "./routes.ts";

/** Layout of the image (iproute2, ip/iprule.c). */
export const POLICY_RULES: MessageLayout = { magic: 0x71706986, fixed: 12, type: 32 };

/** A rule of the routing policy. */
export interface PolicyRule {
  family: string;
  priority: number;
  /** Whether it is for what does not fit. */
  not: boolean;
  from: string | undefined;
  to: string | undefined;
  tos: number | undefined;
  fwmark: number | undefined;
  fwmask: number | undefined;
  iif: string | undefined;
  oif: string | undefined;
  uid_range: string | undefined;
  ip_protocol: number | undefined;
  sport: string | undefined;
  dport: string | undefined;
  /** lookup, goto, nop, blackhole, unreachable or prohibit. */
  action: string;
  table: string | undefined;
  goto: number | undefined;
  suppress_prefixlength: number | undefined;
  suppress_ifgroup: number | undefined;
  l3mdev: boolean;
  protocol: string | undefined;
}

const ACTIONS: Readonly<Record<number, string>> = {
  1: "lookup",
  2: "goto",
  3: "nop",
  6: "blackhole",
  7: "unreachable",
  8: "prohibit",
};

const NOT = 2;
const ALL_ONES = 0xffffffff;

/** Reads a message. */
export function ruleOf(message: NetlinkAttributes): PolicyRule {
  const table = message.number(15) ?? message.byte(4);
  const action = ACTIONS[message.byte(7)] ?? `${message.byte(7)}`;
  const protocol = message.number(21);
  const [firstUid, lastUid] = message.words(20);
  const suppressed = (type: number) => {
    const value = message.number(type);
    return value === ALL_ONES ? undefined : value;
  };
  return {
    family: FAMILY[message.byte(0)] ?? `${message.byte(0)}`,
    priority: message.number(6) ?? 0,
    not: (message.word(8) & NOT) !== 0,
    from: prefixText(message.value(2), message.byte(2)),
    to: prefixText(message.value(1), message.byte(1)),
    tos: message.byte(3) || undefined,
    fwmark: message.number(10),
    fwmask: message.number(16),
    iif: message.text(3),
    oif: message.text(17),
    uid_range: lastUid === undefined ? undefined : `${firstUid}-${lastUid}`,
    ip_protocol: message.number(22),
    sport: portsOf(message, 23),
    dport: portsOf(message, 24),
    action,
    table: action === "lookup" && table !== 0 ? TABLES[table] ?? `${table}` : undefined,
    goto: action === "goto" ? message.number(4) : undefined,
    suppress_prefixlength: suppressed(14),
    suppress_ifgroup: suppressed(13),
    l3mdev: message.number(19) === 1,
    protocol: protocol ? ROUTE_PROTOCOLS[protocol] ?? `${protocol}` : undefined,
  };
}

function portsOf(message: NetlinkAttributes, type: number): string | undefined {
  const value = message.value(type);
  if (value === undefined || value.length < 4) return undefined;
  const view = new DataView(value.buffer, value.byteOffset, value.length);
  const [first, last] = [view.getUint16(0, message.isLittle), view.getUint16(2, message.isLittle)];
  return first === last ? `${first}` : `${first}-${last}`;
}

/** Names of protocols as ip prints them. */
const IP_PROTOCOLS: Readonly<Record<number, string>> = {
  1: "icmp",
  6: "tcp",
  17: "udp",
  58: "ipv6-icmp",
  132: "sctp",
};

/** As `ip rule` prints it. */
export function ruleLine(rule: PolicyRule): string {
  const words = [`${rule.priority}:\t${rule.not ? "not " : ""}from ${rule.from ?? "all"}`];
  const add = (word: string, value: string | number | undefined) => {
    if (value !== undefined) words.push(`${word} ${value}`);
  };
  add("to", rule.to);
  add("tos", rule.tos === undefined ? undefined : `0x${rule.tos.toString(16)}`);
  if (rule.fwmark !== undefined || rule.fwmask !== undefined) {
    const mask = rule.fwmask === undefined || rule.fwmask === ALL_ONES
      ? ""
      : `/0x${rule.fwmask.toString(16)}`;
    add("fwmark", `0x${(rule.fwmark ?? 0).toString(16)}${mask}`);
  }
  add("iif", rule.iif);
  add("oif", rule.oif);
  if (rule.l3mdev) words.push("lookup [l3mdev-table]");
  add("uidrange", rule.uid_range);
  add("ipproto", rule.ip_protocol && (IP_PROTOCOLS[rule.ip_protocol] ?? `${rule.ip_protocol}`));
  add("sport", rule.sport);
  add("dport", rule.dport);
  add("lookup", rule.table);
  add("suppress_prefixlength", rule.suppress_prefixlength);
  add("suppress_ifgroup", rule.suppress_ifgroup);
  add("goto", rule.goto);
  if (!["lookup", "goto"].includes(rule.action)) words.push(rule.action);
  if (rule.protocol !== undefined && rule.protocol !== "kernel") add("proto", rule.protocol);
  return words.join(" ");
}
