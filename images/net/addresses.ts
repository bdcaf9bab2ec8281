/**
 * Interface addresses: ifaddr-%u.img, which `ip addr save` makes.
 *
 * @module
 */

import type { MessageLayout, NetlinkAttributes } from "./netlink.ts";
import {
  ADDRESS_FLAGS,
  ADDRESS_PROTOCOLS,
  addressText,
  FAMILY,
  flagNames,
  SCOPES,
} from "./numbers.ts";

/** Layout of the image (iproute2, ip/ipaddress.c). */
export const ADDRESSES: MessageLayout = { magic: 0x47361222, fixed: 8, type: 20 };

const FOREVER = 0xffffffff;
const PERMANENT = 0x80;

/** An address of an interface. */
export interface InterfaceAddress {
  family: string;
  ifindex: number;
  local: string | undefined;
  /** The other end's, of a point-to-point link. */
  peer: string | undefined;
  prefixlen: number;
  broadcast: string | undefined;
  scope: string;
  flags: string[];
  protocol: string | undefined;
  label: string | undefined;
  metric: number | undefined;
  /** In seconds; null is forever. */
  valid_lft: number | null;
  preferred_lft: number | null;
}

/** Reads a message. */
export function addressOf(message: NetlinkAttributes): InterfaceAddress {
  const family = message.byte(0);
  const flags = message.number(8) ?? message.byte(2);
  const address = addressText(message.value(1));
  const local = addressText(message.value(2)) ?? address;
  const [preferred = FOREVER, valid = FOREVER] = message.words(6);
  const protocol = message.number(11);
  // An address that is not permanent is told as dynamic.
  const names = flagNames(ADDRESS_FLAGS, flags ^ PERMANENT)
    .map((name) => name === "secondary" && family === 10 ? "temporary" : name);
  return {
    family: FAMILY[family] ?? `${family}`,
    ifindex: message.word(4),
    local,
    peer: address === local ? undefined : address,
    prefixlen: message.byte(1),
    broadcast: addressText(message.value(4)),
    scope: SCOPES[message.byte(3)] ?? `${message.byte(3)}`,
    flags: names,
    protocol: protocol ? ADDRESS_PROTOCOLS[protocol] ?? `${protocol}` : undefined,
    label: message.text(3),
    metric: message.number(9) || undefined,
    valid_lft: valid === FOREVER ? null : valid,
    preferred_lft: preferred === FOREVER ? null : preferred,
  };
}

/** As `ip addr` prints it, without the lifetimes. */
export function addressLine(address: InterfaceAddress): string {
  const { family, local, peer, prefixlen, metric, broadcast, scope, flags, protocol, label } =
    address;
  return [
    `${family} ${local}${peer === undefined ? "" : ` peer ${peer}`}/${prefixlen}`,
    ...metric === undefined ? [] : [`metric ${metric}`],
    ...broadcast === undefined ? [] : [`brd ${broadcast}`],
    `scope ${scope}`,
    ...flags,
    ...protocol === undefined ? [] : [`proto ${protocol}`],
    ...label === undefined ? [] : [label],
  ].join(" ");
}
