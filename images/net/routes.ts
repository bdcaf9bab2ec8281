/**
 * Routes: route-%u.img and route6-%u.img, which `ip route save` makes.
 *
 * @module
 */

import { type MessageLayout, NetlinkAttributes } from "./netlink.ts";
import {
  addressText,
  FAMILY,
  flagNames,
  HOP_FLAGS,
  METRICS,
  ROUTE_PROTOCOLS,
  ROUTE_TYPES,
  SCOPES,
  TABLES,
} from "./numbers.ts";

/** Layout of the image (iproute2, ip/iproute.c). */
export const ROUTES: MessageLayout = { magic: 0x45311224, fixed: 12, type: 24 };

/** One of several next hops. */
export interface NextHop {
  ifindex: number;
  gateway: string | undefined;
  weight: number;
  flags: string[];
}

/** A route. */
export interface Route {
  family: string;
  type: string;
  /** `default`, or an address with the length of its prefix unless that is all of it. */
  destination: string;
  source: string | undefined;
  tos: number | undefined;
  gateway: string | undefined;
  /** Index of the interface that packets leave by. */
  ifindex: number | undefined;
  table: string;
  protocol: string;
  scope: string;
  preferred_source: string | undefined;
  metric: number | undefined;
  mark: number | undefined;
  flags: string[];
  metrics: Record<string, number | string>;
  /** In IPv6: low, medium or high. */
  preference: string | undefined;
  next_hops: NextHop[];
}

const PREFERENCES: Readonly<Record<number, string>> = { 0: "medium", 1: "high", 3: "low" };

/** Reads a message. */
export function routeOf(message: NetlinkAttributes): Route {
  const family = message.byte(0);
  const table = message.number(15) ?? message.byte(4);
  const preference = message.number(20);
  return {
    family: FAMILY[family] ?? `${family}`,
    type: ROUTE_TYPES[message.byte(7)] ?? `${message.byte(7)}`,
    destination: prefixText(message.value(1), message.byte(1)) ?? "default",
    source: prefixText(message.value(2), message.byte(2)),
    tos: message.byte(3) || undefined,
    gateway: gatewayOf(message),
    ifindex: message.number(4),
    table: TABLES[table] ?? `${table}`,
    protocol: ROUTE_PROTOCOLS[message.byte(5)] ?? `${message.byte(5)}`,
    scope: SCOPES[message.byte(6)] ?? `${message.byte(6)}`,
    preferred_source: addressText(message.value(7)),
    metric: message.number(6),
    mark: message.number(16) || undefined,
    flags: flagNames(HOP_FLAGS, message.word(8)),
    metrics: metricsOf(message.nested(8)),
    preference: preference === undefined ? undefined : PREFERENCES[preference] ?? `${preference}`,
    next_hops: [...hopsOf(message)],
  };
}

function gatewayOf(attributes: NetlinkAttributes): string | undefined {
  const via = attributes.value(18);
  if (via === undefined || via.length < 3) return addressText(attributes.value(5));
  const view = new DataView(via.buffer, via.byteOffset, via.length);
  const family = view.getUint16(0, attributes.isLittle);
  return `${FAMILY[family] ?? family} ${addressText(via.subarray(2))}`;
}

/** An address and the length of its prefix; undefined for none of length 0. */
export function prefixText(bytes: Uint8Array | undefined, length: number): string | undefined {
  if (bytes === undefined) return length === 0 ? undefined : `0/${length}`;
  return `${addressText(bytes)}${length === 8 * bytes.length ? "" : `/${length}`}`;
}

function metricsOf(nested: NetlinkAttributes | undefined): Record<string, number | string> {
  const metrics: Record<string, number | string> = {};
  for (const [type] of nested?.all ?? []) {
    const name = METRICS[type] || `${type}`;
    const value = name === "congctl" ? nested!.text(type) : nested!.number(type);
    if (value !== undefined) metrics[name] = value;
  }
  return metrics;
}

function* hopsOf(message: NetlinkAttributes): Generator<NextHop> {
  const bytes = message.value(9) ?? new Uint8Array();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0; at + 8 <= bytes.length;) {
    const length = view.getUint16(at, message.isLittle);
    if (length < 8 || at + length > bytes.length) return;
    const attributes = new NetlinkAttributes(
      bytes.subarray(at + 8, at + length),
      0,
      message.isLittle,
    );
    yield {
      ifindex: view.getInt32(at + 4, message.isLittle),
      gateway: gatewayOf(attributes),
      weight: bytes[at + 3]! + 1,
      flags: flagNames(HOP_FLAGS, bytes[at + 2]!),
    };
    at += length + 3 & ~3;
  }
}

/** As `ip route` prints it; `nameOf` gives names of interfaces. */
export function routeLine(route: Route, nameOf: (ifindex: number) => string): string {
  const { type, destination, source, tos, gateway, ifindex, table, protocol, scope } = route;
  const words: string[] = [];
  const add = (word: string, value: string | number | undefined) => {
    if (value !== undefined) words.push(`${word} ${value}`);
  };
  if (type !== "unicast") words.push(type);
  words.push(destination);
  add("from", source);
  add("tos", tos === undefined ? undefined : `0x${tos.toString(16)}`);
  add("via", gateway);
  add("dev", ifindex === undefined ? undefined : nameOf(ifindex));
  if (table !== "main") add("table", table);
  if (protocol !== "boot") add("proto", protocol);
  if (scope !== "global") add("scope", scope);
  add("src", route.preferred_source);
  add("metric", route.metric);
  words.push(...route.flags);
  add("mark", route.mark === undefined ? undefined : `0x${route.mark.toString(16)}`);
  for (const [name, value] of Object.entries(route.metrics)) {
    if (name !== "lock") add(name, value);
  }
  add("pref", route.preference);
  for (const { gateway, ifindex, weight, flags } of route.next_hops) {
    words.push("nexthop");
    add("via", gateway);
    words.push(`dev ${nameOf(ifindex)} weight ${weight}`, ...flags);
  }
  return words.join(" ");
}
