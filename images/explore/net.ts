/**
 * Network namespaces.
 *
 * @module
 */

import type { Dump } from "../dump/dump.ts";
import { readWhole } from "../dump/source.ts";
import { CritError } from "../errors.ts";
import { ADDRESSES, addressLine, addressOf } from "../net/addresses.ts";
import { connectionLine, connectionOf, CONNTRACK } from "../net/conntrack.ts";
import { type MessageLayout, messagesOf, type NetlinkAttributes } from "../net/netlink.ts";
import { flagNames, LINK_FLAGS } from "../net/numbers.ts";
import { routeLine, routeOf, ROUTES } from "../net/routes.ts";
import { POLICY_RULES, ruleLine, ruleOf } from "../net/rules.ts";
import {
  changedSysctls,
  CONF4,
  CONF6,
  IPV4,
  type Sysctl,
  sysctlsOf,
  UNIX,
} from "../net/sysctls.ts";
import { tableView, type View } from "./view.ts";

/** Something in a network namespace. */
export type NetRow = {
  /** Number of the namespace in the names of its images. */
  ns: number;
  /**
   * Link, address, route, rule, connection, sysctl, iptables, ip6tables or nftables; `criu` for the
   * nftables rules that CRIU adds to lock the network.
   */
  kind: string;
  /** Text of the object, as tools such as ip print it. */
  text: string;
  /** Name of the interface, if the row is about one. */
  device: string | undefined;
  /** All its fields, as `crit show` prints them. */
  details: object | undefined;
};

/** What is in each network namespace that was dumped. */
export const net: View<NetRow> = tableView<NetRow>({
  columns: [
    {
      key: "ns",
      doc: "number of the namespace in the names of its images",
      title: "NS",
      align: "right",
    },
    {
      key: "kind",
      doc: "link, address, route, rule, connection, sysctl, iptables, ip6tables or nftables; " +
        "`criu` for the nftables rules that CRIU adds to lock the network",
      title: "KIND",
    },
    {
      key: "text",
      doc: "text of the object, as tools such as ip print it",
      title: "WHAT",
      text: ({ text }) => text.replaceAll("\t", " "),
    },
    { key: "device", doc: "name of the interface, if the row is about one" },
    { key: "details", doc: "all its fields, as `crit show` prints them" },
  ],
  *rows(dump, { tasks }) {
    const shown = new Set(tasks);
    for (const { kind, id, tasks: inside, images } of dump.namespaces) {
      if (kind !== "net" || images.length === 0 || !inside.some((task) => shown.has(task))) {
        continue;
      }
      yield* new NetNamespace(dump, id).rows();
    }
  },
});

/** Largest raw image that is read, in bytes. */
const LARGEST = 64 << 20;

/** The images of a namespace. */
class NetNamespace {
  readonly #names: ReadonlyMap<number, string>;

  constructor(readonly dump: Dump, readonly id: number) {
    this.#names = new Map(this.#devices.map(({ ifindex, name }) => [ifindex, name]));
  }

  *rows(): Generator<NetRow> {
    yield* this.#links();
    yield* this.#messages("ifaddr", ADDRESSES, "address", (message) => {
      const address = addressOf(message);
      const device = this.#nameOf(address.ifindex);
      return { text: `${device} ${addressLine(address)}`, device, details: address };
    });
    for (const name of ["route", "route6"]) {
      yield* this.#messages(name, ROUTES, "route", (message) => {
        const route = routeOf(message);
        const { ifindex } = route;
        const device = ifindex === undefined ? undefined : this.#nameOf(ifindex);
        return { text: routeLine(route, (index) => this.#nameOf(index)), device, details: route };
      });
    }
    yield* this.#messages("rule", POLICY_RULES, "rule", (message) => {
      const rule = ruleOf(message);
      return { text: ruleLine(rule), device: undefined, details: rule };
    });
    for (const name of ["iptables", "ip6tables"]) yield* this.#textLines(name);
    yield* this.#nftables();
    yield* this.#messages("netns-ct", CONNTRACK, "connection", (message) => {
      const connection = connectionOf(message);
      return { text: connectionLine(connection), device: undefined, details: connection };
    });
    yield* this.#sysctls();
  }

  get #devices() {
    return this.dump.optionalEntries(`netdev-${this.id}.img`, "net_device_entry");
  }

  #nameOf(ifindex: number): string {
    return this.#names.get(ifindex) ?? `if${ifindex}`;
  }

  *#links(): Generator<NetRow> {
    for (const link of this.#devices) {
      const { type, ifindex, name, mtu, flags, address, master, peer_ifindex } = link;
      const names = flagNames(LINK_FLAGS, flags);
      const hardware = address === undefined ? [] : [address.toHex().replace(/..(?=.)/g, "$&:")];
      const words = [
        `${ifindex}: ${name}: <${names.join(",")}> mtu ${mtu} ${`${type}`.toLowerCase()}`,
        ...hardware,
        ...master === undefined ? [] : [`master ${this.#nameOf(master)}`],
      ];
      const details = {
        ...{ type, ifindex, name, mtu, flags: names, address: hardware[0] },
        ...{ master, peer_ifindex },
      };
      yield { ns: this.id, kind: "link", text: words.join(" "), device: name, details };
    }
  }

  *#messages(
    image: string,
    layout: MessageLayout,
    kind: string,
    read: (message: NetlinkAttributes) => Pick<NetRow, "text" | "device" | "details">,
  ): Generator<NetRow> {
    const name = `${image}-${this.id}.img`;
    const bytes = this.#bytesOf(name);
    if (bytes === undefined) return;
    try {
      for (const message of messagesOf(bytes, layout, this.dump.byteOrder === "little")) {
        yield { ns: this.id, kind, ...read(message) };
      }
    } catch (error) {
      if (!(error instanceof CritError)) throw error;
      this.dump.faults.push(error.at({ image: name }));
    }
  }

  *#textLines(image: string): Generator<NetRow> {
    for (const text of linesOf(this.#bytesOf(`${image}-${this.id}.img`))) {
      yield { ns: this.id, kind: image, text, device: undefined, details: undefined };
    }
  }

  /** The rules of nftables; what locks the network while CRIU dumps is told apart. */
  *#nftables(): Generator<NetRow> {
    const lines = linesOf(this.#bytesOf(`nftables-${this.id}.img`));
    for (const table of tablesOf(lines)) {
      const kind = isLock(table) ? "criu" : "nftables";
      for (const text of table) {
        yield { ns: this.id, kind, text, device: undefined, details: undefined };
      }
    }
  }

  *#sysctls(): Generator<NetRow> {
    const namespace = this.dump.optionalEntry(`netns-${this.id}.img`, "netns_entry");
    if (namespace === undefined) return;
    const { def_conf4, all_conf4, def_conf6, all_conf6, unix_conf, ipv4_sysctl } = namespace;
    const found: Array<[device: string | undefined, settings: Sysctl[]]> = [
      [undefined, changedSysctls("net.ipv4.conf.all", CONF4, all_conf4, def_conf4)],
      [undefined, changedSysctls("net.ipv6.conf.all", CONF6, all_conf6, def_conf6)],
      ...this.#devices.flatMap(({ name, conf4, conf6 }): Array<[string, Sysctl[]]> => [
        [name, changedSysctls(`net.ipv4.conf.${name}`, CONF4, conf4, def_conf4)],
        [name, changedSysctls(`net.ipv6.conf.${name}`, CONF6, conf6, def_conf6)],
      ]),
      [undefined, sysctlsOf("net.unix", UNIX, unix_conf)],
      [undefined, sysctlsOf("net.ipv4", IPV4, ipv4_sysctl)],
    ];
    for (const [device, settings] of found) {
      for (const setting of settings) {
        const text = `${setting.name} = ${setting.value}`;
        yield { ns: this.id, kind: "sysctl", text, device, details: setting };
      }
    }
  }

  #bytesOf(name: string): Uint8Array | undefined {
    const size = this.dump.sizeOf(name);
    if (size === undefined) return undefined;
    if (size > LARGEST) {
      const reason = `${size} bytes are too many`;
      this.dump.faults.push(new CritError("unsupported", reason, { image: name }));
      return undefined;
    }
    using file = this.dump.source.open(name);
    return readWhole(file);
  }
}

function linesOf(bytes: Uint8Array | undefined): string[] {
  if (bytes === undefined) return [];
  return new TextDecoder().decode(bytes).replaceAll("\0", "").split("\n")
    .filter((line) => line.trim() !== "");
}

/** Lines by table: each begins at the margin. */
function tablesOf(lines: readonly string[]): string[][] {
  const tables: string[][] = [];
  for (const line of lines) {
    if (line.startsWith("table ") || tables.length === 0) tables.push([]);
    tables.at(-1)!.push(line);
  }
  return tables;
}

/** Whether a table is CRIU's own, which locks the network, and nothing else. */
function isLock(table: readonly string[]): boolean {
  if (/^table inet CRIU-/.test(table[0]!)) return true;
  const chains = table.filter((line) => /^\s*chain /.test(line)).map((line) =>
    line.trim().split(" ")[1]
  );
  const rules = table.filter((line) => !/^\s*(table|chain|type|\})/.test(line));
  return chains.includes("CRIU") &&
    rules.every((line) =>
      /0x0000c114|jump CRIU|^\s*(counter packets \d+ bytes \d+ )?drop$/.test(line)
    );
}
