/** Raw images of networks: iproute2 is the judge. */

import assert from "node:assert/strict";
import { CritError } from "../../../images/errors.ts";
import { views } from "../../../images/explore/mod.ts";
import type { NetRow } from "../../../images/explore/net.ts";
import { ADDRESSES, addressLine, addressOf } from "../../../images/net/addresses.ts";
import { connectionLine, connectionOf, CONNTRACK } from "../../../images/net/conntrack.ts";
import {
  type MessageLayout,
  messagesOf,
  type NetlinkAttributes,
} from "../../../images/net/netlink.ts";
import { readRawImage } from "../../../images/net/raw_images.ts";
import { routeLine, routeOf, ROUTES } from "../../../images/net/routes.ts";
import { POLICY_RULES, ruleLine, ruleOf } from "../../../images/net/rules.ts";
import { changedSysctls } from "../../../images/net/sysctls.ts";
import { isDirectory, SHARED } from "../../dumps.ts";
import fc from "../../fast_check.ts";
import { crit, isInstalled, ROOT, runProgram } from "../../programs.ts";
import { dumpOf, filesOf, fixture } from "../dump/sources.ts";

const DUMP = `${ROOT}fixtures/dumps/zombie_leader.ns`;
const HAS_IP = isInstalled("ip") && isInstalled("unshare") && Deno.uid() === 0;

function linesOf(
  path: string,
  layout: MessageLayout,
  line: (message: NetlinkAttributes) => string,
): string[] {
  return [...messagesOf(Deno.readFileSync(path), layout, true)].map(line);
}

/** What ip printed, each thing on one line, without lifetimes and the lines of interfaces. */
function printed(path: string): string[] {
  return Deno.readTextFileSync(path).replaceAll(/ *\n\t(?=nexthop)/g, " ").split("\n")
    .filter((line) => line.trim() !== "" && !/^if\d+:|valid_lft/.test(line))
    .map((line) => line.trim());
}

Deno.test({
  name: "addresses, routes and rules as ip prints them",
  ignore: !HAS_IP,
  async fn() {
    const directory = await Deno.makeTempDir();
    try {
      const script = `${ROOT}tests/images/net/network.sh`;
      const { code, stderr } = await runProgram("unshare", ["-n", "sh", script, directory]);
      if (/not permitted|not supported|Unknown device/i.test(stderr)) return;
      assert.equal(code, 0, stderr);
      // ip before 6.2 does not print who made an address.
      const addresses = linesOf(`${directory}/ifaddr-1.img`, ADDRESSES, (message) => {
        return addressLine({ ...addressOf(message), protocol: undefined });
      });
      assert(addresses.length >= 7);
      assert.deepEqual(
        addresses,
        printed(`${directory}/ifaddr.txt`).map((line) => line.replace(/ proto \S+/, "")),
      );
      for (const [name, least] of [["route", 8], ["route6", 3]] as const) {
        const nameOf = (ifindex: number) => ifindex === 1 ? "lo" : "d0";
        const routes = linesOf(`${directory}/${name}-1.img`, ROUTES, (message) => {
          return routeLine(routeOf(message), nameOf);
        });
        assert(routes.length >= least);
        assert.deepEqual(routes, printed(`${directory}/${name}.txt`));
      }
      const rules = linesOf(
        `${directory}/rule-1.img`,
        POLICY_RULES,
        (message) => ruleLine(ruleOf(message)),
      );
      assert.equal(rules.length, 9);
      assert.deepEqual(rules, printed(`${directory}/rule.txt`));
    } finally {
      await Deno.remove(directory, { recursive: true });
    }
  },
});

Deno.test({
  name: "addresses of real dumps as ip addr showdump prints them",
  ignore: !HAS_IP,
  async fn() {
    const roots = [`${ROOT}fixtures/dumps`, `${SHARED}dumps/resources`].filter(isDirectory);
    let compared = 0;
    for (const root of roots) {
      for (const { name, isDirectory } of Deno.readDirSync(root)) {
        if (!isDirectory) continue;
        for (const image of Deno.readDirSync(`${root}/${name}`)) {
          if (!/^ifaddr-\d+\.img$/.test(image.name)) continue;
          const path = `${root}/${name}/${image.name}`;
          const { stdout } = await runProgram("sh", ["-c", 'ip addr showdump < "$1"', "sh", path]);
          const expected = stdout.split("\n").filter((line) => /^\s+inet/.test(line))
            .map((line) => line.trim().replace(/ proto \S+/, ""));
          const found = linesOf(path, ADDRESSES, (message) => {
            return addressLine({ ...addressOf(message), protocol: undefined });
          });
          assert.deepEqual(found, expected, path);
          compared++;
        }
      }
    }
    assert(compared > 0);
  },
});

/** An attribute of a message. */
function attribute(type: number, value: Uint8Array | Uint8Array[]): Uint8Array {
  const bytes = Array.isArray(value) ? value.flatMap((part) => [...part]) : [...value];
  const isNested = Array.isArray(value) ? 0x8000 : 0;
  const length = bytes.length + 4;
  const head = [length & 255, length >> 8, type & 255, (type | isNested) >> 8];
  return Uint8Array.from([...head, ...bytes, ...Array((4 - length % 4) % 4).fill(0)]);
}

Deno.test("a tracked connection is printed", () => {
  const number = (...bytes: number[]) => Uint8Array.from(bytes);
  const tuple = (from: number, to: number, sport: number, dport: number) => [
    attribute(1, [attribute(1, number(10, 0, 0, from)), attribute(2, number(10, 0, 0, to))]),
    attribute(2, [
      attribute(1, number(6)),
      attribute(2, number(sport >> 8, sport & 255)),
      attribute(3, number(dport >> 8, dport & 255)),
    ]),
  ];
  const body = [
    number(2, 0, 0, 0),
    attribute(1, tuple(1, 2, 40000, 443)),
    attribute(2, tuple(2, 1, 443, 40000)),
    attribute(3, number(0, 0, 0, 0xe)),
    attribute(4, [attribute(1, [attribute(1, number(3))])]),
    attribute(7, number(0, 0, 1, 0x2c)),
    attribute(8, number(0, 0, 0, 5)),
  ].flatMap((part) => [...part]);
  const length = 16 + body.length;
  const image = Uint8Array.from([
    ...[length & 255, length >> 8, 0, 0, 0, 1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    ...body,
  ]);
  // Attributes' lengths are the machine's, their values the network's.
  assert.deepEqual(linesOf2(image), [
    "ipv4 tcp 300 ESTABLISHED src=10.0.0.1 dst=10.0.0.2 sport=40000 dport=443 " +
    "src=10.0.0.2 dst=10.0.0.1 sport=443 dport=40000 [ASSURED] mark=5",
  ]);
});

function linesOf2(image: Uint8Array): string[] {
  return [...messagesOf(image, CONNTRACK, true)].map((message) =>
    connectionLine(connectionOf(message))
  );
}

Deno.test("a whole namespace is read, and firewall rules that CRIU added are distinguished", () => {
  using dump = fixture("zombie_leader.ns");
  const rows = views.net.show(dump, { tasks: dump.tasks }).rows as readonly NetRow[];
  const kinds = Map.groupBy(rows, ({ kind }) => kind);
  assert.deepEqual(kinds.get("rule")!.map(({ text }) => text), [
    "0:\tfrom all lookup local",
    "32766:\tfrom all lookup main",
    "32767:\tfrom all lookup default",
  ]);
  assert.match(kinds.get("link")![0]!.text, /^1: lo: <LOOPBACK/);
  assert.match(kinds.get("address")![0]!.text, /^lo inet 127\.0\.0\.1\/8 scope host/);
  assert(kinds.has("criu") && !kinds.has("nftables"));
  assert.deepEqual(dump.allFaults, []);
});

Deno.test("settings with their default values are left out", () => {
  const type = "CTL_32";
  const entries = [{ type, iarg: 1 }, { type, iarg: 0 }, { type: "CTL_STR", sarg: "x" }] as const;
  const defaults = [{ type, iarg: 1 }, { type, iarg: 1 }] as const;
  assert.deepEqual(changedSysctls("net", ["a", "b"], [...entries], [...defaults]), [
    { name: "net.b", value: 0 },
    { name: "net.2", value: "x" },
  ]);
});

Deno.test("crit show prints raw images as JSON", async () => {
  const { code, stdout, stderr } = await crit(["show", `${DUMP}/ifaddr-10.img`]);
  assert.equal(code, 0, stderr);
  const { magic, entries } = JSON.parse(stdout);
  assert.equal(magic, "IFADDR");
  assert.deepEqual([entries[0].local, entries[0].prefixlen, entries[0].scope], [
    "127.0.0.1",
    8,
    "host",
  ]);
  const text = await crit(["show", `${DUMP}/nftables-10.img`]);
  assert.equal(JSON.parse(text.stdout).entries[0], "table ip filter {");
  const view = await crit(["x", DUMP, "net", "--json"]);
  assert(JSON.parse(view.stdout).some(({ kind }: { kind: string }) => kind === "rule"));
});

Deno.test("a damaged image is an error in one line, whatever is wrong with it", () => {
  for (const [type, name] of [["IFADDR", "ifaddr"], ["RULE", "rule"], ["ROUTE", "rule"]] as const) {
    const image = Deno.readFileSync(`${DUMP}/${name}-10.img`);
    fc.assert(
      fc.property(
        fc.nat(image.length),
        fc.array(fc.tuple(fc.nat(image.length - 1), fc.nat(255)), { maxLength: 4 }),
        (length, changes) => {
          const damaged = image.slice(0, length);
          for (const [at, byte] of changes) if (at < length) damaged[at] = byte;
          try {
            readRawImage(type, damaged, true);
          } catch (error) {
            assert(error instanceof CritError, String(error));
            assert(!error.message.includes("\n"));
          }
        },
      ),
      { numRuns: 300 },
    );
  }
  const files = filesOf("zombie_leader.ns");
  const dump = dumpOf({ ...files, "rule-10.img": files["rule-10.img"]!.subarray(0, 60) });
  views.net.show(dump, { tasks: dump.tasks });
  assert.match(dump.allFaults[0]!.message, /^rule-10\.img: offset \d+: a message of \d+ bytes/);
});
