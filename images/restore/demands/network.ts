/** Demands on ports, addresses, names and devices of the network. @module */

import type { InetSkEntry } from "../../../proto/types.ts";
import type { ByteOrder } from "../../bytes/byte_order.ts";
import { AF, IPPROTO, TCP_STATE } from "../../kernel/sockets.ts";
import { formatAddress } from "../../types/hints.ts";
import type { Demand, Outcome } from "../demand.ts";
import type { Machine } from "../machine.ts";
import type { RestoreSubject } from "../subject.ts";

/** Whether the sockets of a dump are made in a network namespace that CRIU makes, too. */
function hasOwnNetwork(subject: RestoreSubject): boolean {
  return subject.owns("net_ns_id") || subject.imagesOf("netns").length > 0;
}

/** A socket of the machine: an address in hexadecimal as /proc/net has it, and its state. */
interface OtherSocket {
  readonly address: string;
  readonly port: number;
  readonly state: number;
  readonly remote: string;
  readonly remotePort: number;
}

/** Reads /proc/net/tcp and its like; undefined where there is none. */
function socketsIn(machine: Machine, table: string): OtherSocket[] | undefined {
  const text = machine.readText(`/proc/net/${table}`);
  if (text === undefined) return undefined;
  const line = /^\s*\d+:\s+([0-9A-F]+):([0-9A-F]{4})\s+([0-9A-F]+):([0-9A-F]{4})\s+([0-9A-F]{2})/gm;
  return [...text.matchAll(line)].map(([, address, port, remote, remotePort, state]) => ({
    address: address!,
    port: parseInt(port!, 16),
    state: parseInt(state!, 16),
    remote: remote!,
    remotePort: parseInt(remotePort!, 16),
  }));
}

/** An address in the form of /proc/net: words of the machine, in hexadecimal. */
function procAddress(words: readonly number[]): string {
  return words.map((word) => word.toString(16).toUpperCase().padStart(8, "0")).join("");
}

const isAny = (address: string) => /^0+$/.test(address);
/** ::ffff:a.b.c.d, as /proc/net/tcp6 has it on a little-endian machine. */
const MAPPED = "0000000000000000FFFF0000";

/** Whether two addresses of one port exclude each other. */
function overlap(a: string, b: string, isV6Only: boolean): boolean {
  if (a.length === b.length) return a === b || isAny(a) || isAny(b);
  const [four, six] = a.length < b.length ? [a, b] : [b, a];
  if (six.startsWith(MAPPED)) return isAny(four) || six.slice(MAPPED.length) === four;
  // The wildcard of IPv6 stands for IPv4 as well, unless it is for IPv6 only.
  return isAny(six) && !isV6Only;
}

const TABLES: Readonly<Record<number, string>> = {
  [IPPROTO.TCP]: "tcp",
  [IPPROTO.UDP]: "udp",
  136: "udplite",
};

/** The sockets that are bound to a port, which CRIU binds again. */
function* boundSockets({ files }: RestoreSubject) {
  for (const { entry: { isk }, image, index } of files) {
    if (isk === undefined || isk.src_port === 0 || TABLES[isk.proto] === undefined) continue;
    const words = (isk.src_addr ?? []).slice(0, isk.family === AF.INET ? 1 : 4);
    if (words.length !== (isk.family === AF.INET ? 1 : 4)) continue;
    yield { isk, words, place: { image, entry: index, field: "isk.src_port" } };
  }
}

const nameOf = (
  { proto, src_port }: InetSkEntry,
  words: readonly number[],
  order: ByteOrder,
) => {
  const text = formatAddress(words, order) ?? words.join(" ");
  const host = words.length > 1 ? `[${text}]` : text;
  return `${TABLES[proto]} ${host}:${src_port & 0xffff}`;
};

const ports: Demand = {
  id: "port-free",
  summary: "the ports of sockets are free",
  explanation:
    "CRIU binds each socket again and stops if the port is in use: Can't bind inet socket.",
  *ask(subject, machine) {
    if (hasOwnNetwork(subject)) return;
    const tables = new Map<string, OtherSocket[] | undefined>();
    const read = (name: string) => {
      if (!tables.has(name)) tables.set(name, socketsIn(machine, name));
      return tables.get(name);
    };
    for (const { isk, words, place } of boundSockets(subject)) {
      const table = TABLES[isk.proto]!;
      const [four, six] = [read(table), read(`${table}6`)];
      const outcome = {
        what: nameOf(isk, words, subject.dump.byteOrder),
        expected: "a free port",
        place,
      };
      if (four === undefined) {
        yield { ...outcome, state: "unknown", found: `/proc/net/${table} is absent` };
        continue;
      }
      yield { ...outcome, ...conflict(isk, procAddress(words), [...four, ...six ?? []]) };
    }
  },
};

/** Whether another socket keeps one from being bound. */
function conflict(
  isk: InetSkEntry,
  own: string,
  others: readonly OtherSocket[],
): Pick<Outcome, "state" | "found" | "fix"> {
  const port = isk.src_port & 0xffff;
  const isConnected = isk.proto === IPPROTO.TCP && isk.dst_port !== 0;
  const remote = procAddress((isk.dst_addr ?? []).slice(0, isk.family === AF.INET ? 1 : 4));
  const other = others.find(({ address, port: theirs, state, ...ends }) => {
    if (theirs !== port || !overlap(own, address, isk.v6only ?? false)) return false;
    if (isConnected) {
      return address === own && ends.remote === remote &&
        ends.remotePort === (isk.dst_port & 0xffff);
    }
    // A connection or what is left of one does not exclude a listener that reuses its address.
    return isk.proto !== IPPROTO.TCP || state === TCP_STATE.LISTEN || state === TCP_STATE.CLOSE;
  });
  if (other === undefined) return { state: "ok", found: "free" };
  const found = "in use by another socket";
  return { state: "fails", found, fix: "end the program that uses it, or change `isk.src_port`" };
}

/** Addresses of IPv4 that are the machine's own, as text. */
function ownAddresses(machine: Machine): Set<string> | undefined {
  const text = machine.readText("/proc/net/fib_trie");
  if (text === undefined) return undefined;
  const found = new Set<string>();
  let last = "";
  for (const line of text.split("\n")) {
    const [, address] = /\|-- (\d+\.\d+\.\d+\.\d+)/.exec(line) ?? [];
    if (address !== undefined) last = address;
    else if (/host LOCAL/.test(line)) found.add(last);
  }
  return found;
}

const LOOPBACK = /^127\./;
const MULTICAST = /^(22[4-9]|23\d)\./;

const addresses: Demand = {
  id: "address-local",
  summary: "the machine has the addresses of sockets",
  explanation:
    "CRIU binds each socket to its address and stops if the machine does not have it: Can't bind inet socket.",
  *ask(subject, machine) {
    if (hasOwnNetwork(subject)) return;
    const own = ownAddresses(machine);
    const mayBindAny = machine.readText("/proc/sys/net/ipv4/ip_nonlocal_bind")?.trim() === "1";
    const told = new Set<string>();
    for (const { isk, words, place } of boundSockets(subject)) {
      // CRIU lets sockets of IPv6 be bound to any address.
      const text = formatAddress(words, subject.dump.byteOrder) ?? words.join(" ");
      if (isk.family !== AF.INET || isk.ip_opts?.freebind || words[0] === 0) continue;
      if (MULTICAST.test(text) || told.has(text)) continue;
      told.add(text);
      const outcome = { what: text, expected: "an address of the machine", place };
      if (own === undefined) {
        yield { ...outcome, state: "unknown", found: "/proc/net/fib_trie is absent" };
      } else if (own.has(text) || mayBindAny || (LOOPBACK.test(text) && own.has("127.0.0.1"))) {
        yield { ...outcome, state: "ok", found: "present" };
      } else {
        const fix =
          `\`ip address add ${text} dev DEVICE\`, or change \`isk.src_addr\` with \`crit edit\``;
        yield { ...outcome, state: "fails", found: "absent", fix };
      }
    }
  },
};

const decoder = new TextDecoder();

const abstractNames: Demand = {
  id: "abstract-name",
  summary: "the abstract names of unix sockets are free",
  explanation: "CRIU binds each socket to its name and stops if the name is in use: Can't bind id.",
  *ask(subject, machine) {
    if (hasOwnNetwork(subject)) return;
    const text = machine.readText("/proc/net/unix");
    // The kernel shows a zero as @.
    const taken = new Set(
      (text ?? "").split("\n").map((line) => line.trim().split(/\s+/).slice(7).join(" ")),
    );
    for (const { entry: { usk }, image, index } of subject.files) {
      if (usk === undefined || usk.name.length < 2 || usk.name[0] !== 0 || (usk.uflags & 1) !== 0) {
        continue;
      }
      const name = decoder.decode(usk.name).replaceAll("\0", "@");
      const outcome = {
        what: name,
        expected: "a free name",
        place: { image, entry: index, field: "usk.name" },
      };
      if (text === undefined) {
        yield { ...outcome, state: "unknown", found: "/proc/net/unix is absent" };
      } else if (taken.has(name)) {
        const fix = "end the program that uses it";
        yield { ...outcome, state: "fails", found: "in use by another socket", fix };
      } else yield { ...outcome, state: "ok", found: "free" };
    }
  },
};

const devices: Demand = {
  id: "network-device",
  summary: "the network devices that sockets are bound to exist",
  explanation:
    "CRIU finds a device by its name or number and stops if the device is absent: No such device.",
  *ask(subject, machine) {
    if (hasOwnNetwork(subject)) return;
    const wanted = new Map<string, { image: string; entry: number; field: string }>();
    for (const { entry: { isk, usk, nlsk, psk }, image, index } of subject.files) {
      const opts = isk?.opts ?? usk?.opts ?? nlsk?.opts ?? psk?.opts;
      const at = (field: string) => ({ image, entry: index, field });
      if (opts?.so_bound_dev) wanted.set(opts.so_bound_dev, at("opts.so_bound_dev"));
      if (isk?.ifname) wanted.set(isk.ifname, at("isk.ifname"));
      if (psk?.ifindex) wanted.set(String(psk.ifindex), at("psk.ifindex"));
    }
    for (const [name, place] of wanted) {
      const isNumber = /^\d+$/.test(name);
      const what = isNumber ? `device number ${name}` : name;
      const isThere = isNumber ? hasIndex(machine, name) : machine.exists(`/sys/class/net/${name}`);
      const outcome = { what, expected: "a network device", place };
      if (isThere === undefined || !machine.exists("/sys/class/net/lo")) {
        yield { ...outcome, state: "unknown", found: "the devices cannot be listed" };
      } else if (isThere) yield { ...outcome, state: "ok", found: "present" };
      else yield { ...outcome, state: "fails", found: "absent", fix: "create the device" };
    }
  },
};

/** Whether there is a network device of this number. */
function hasIndex(machine: Machine, index: string): boolean | undefined {
  const text = machine.readText("/proc/net/dev");
  if (text === undefined) return undefined;
  const names = [...text.matchAll(/^\s*([^\s:]+):/gm)].map(([, name]) => name!);
  return names.some((name) => machine.readText(`/sys/class/net/${name}/ifindex`)?.trim() === index);
}

const programs: Demand = {
  id: "programs",
  summary: "the programs that CRIU runs are installed",
  explanation:
    "CRIU runs other programs to restore routes, firewall rules and the files of a tmpfs.",
  *ask(subject, machine) {
    const needs = [
      { image: /^(route6?|rule|ifaddr)-%/, programs: ["ip"] },
      { image: /^iptables-%/, programs: ["iptables-restore"] },
      { image: /^ip6tables-%/, programs: ["ip6tables-restore"] },
      { image: /^tmpfs-(dev-)?%/, programs: ["tar", "gzip"] },
    ];
    for (const { image, programs } of needs) {
      const file = subject.dump.dumpFiles
        .ofTypes(({ files }) => files.some((pattern) => image.test(pattern)))
        .find(({ size }) => size > 0);
      if (file === undefined) continue;
      for (const program of programs) {
        const outcome = {
          what: program,
          expected: "an installed program",
          place: { image: file.name },
        };
        if (machine.hasProgram(program)) {
          yield { ...outcome, state: "ok", found: "installed" };
        } else {yield {
            ...outcome,
            state: "fails",
            found: "not installed",
            fix: "install it",
          };}
      }
    }
  },
};

export default [ports, addresses, abstractNames, devices, programs] satisfies Demand[];
