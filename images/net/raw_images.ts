/**
 * Raw images of networks as objects.
 *
 * @module
 */

import { decodeText } from "../bytes/utf8.ts";
import { ADDRESSES, addressOf } from "./addresses.ts";
import { connectionOf, CONNTRACK } from "./conntrack.ts";
import { type MessageLayout, messagesOf, type NetlinkAttributes } from "./netlink.ts";
import { routeOf, ROUTES } from "./routes.ts";
import { POLICY_RULES, ruleOf } from "./rules.ts";

/** Image types of messages: their layout, and what reads one. */
const MESSAGES: Readonly<
  Record<string, readonly [layout: MessageLayout, read: (message: NetlinkAttributes) => object]>
> = {
  IFADDR: [ADDRESSES, addressOf],
  ROUTE: [ROUTES, routeOf],
  ROUTE6: [ROUTES, routeOf],
  RULE: [POLICY_RULES, ruleOf],
  NETNF_CT: [CONNTRACK, connectionOf],
  // CRIU writes the same as into the one above: it asks for connections twice.
  NETNF_EXP: [CONNTRACK, connectionOf],
};

/** Image types of text. */
const TEXTS: readonly string[] = ["IPTABLES", "IP6TABLES", "NFTABLES"];

/** Whether a raw image of this type is understood. */
export function isReadable(type: string): boolean {
  return Object.hasOwn(MESSAGES, type) || TEXTS.includes(type);
}

/**
 * What a raw image holds: its messages as objects, or lines of text.
 *
 * @param type name of the image type, for which {@link isReadable}
 * @param isLittle byte order of the machine
 * @throws {CritError} `data` when it is damaged
 */
export function readRawImage(type: string, image: Uint8Array, isLittle: boolean): unknown[] {
  const messages = MESSAGES[type];
  if (messages === undefined) {
    return decodeText(image).split("\n").filter((line) => line !== "");
  }
  const [layout, read] = messages;
  return [...messagesOf(image, layout, isLittle)].map(read);
}
