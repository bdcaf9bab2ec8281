/** The options that dumps ask for. */

import assert from "node:assert/strict";
import { openDump } from "../../../images/dump/open.ts";
import { OPTIONS } from "../../../images/restore/options.ts";
import { type ChosenOption, commandLine } from "../../../images/restore/preflight.ts";
import { RestoreSubject } from "../../../images/restore/subject.ts";
import { dumpsIn, isDirectory, isNotSwept, SHARED } from "../../dumps.ts";
import { isWithout } from "../../programs.ts";
import { BrokenDump, OWN } from "../check/broken_dump.ts";

/** Options of a dump's command line, as words. */
async function optionsOf(path: string): Promise<string[]> {
  return (await chosen(path)).map(({ environment = "", words }) =>
    `${environment}${words.join(" ")}`
  );
}

async function chosen(path: string): Promise<ChosenOption[]> {
  using dump = await openDump(path);
  const subject = new RestoreSubject(dump);
  return OPTIONS.flatMap((option) => [...option.find(subject)].map((own) => ({ option, ...own })));
}

/** What CRIU's own test programs in containers need: a root and the devices. */
const BOXED = ["--root DIR", "--external mnt[ZDTM_DEV]:PATH"];

/** The options of each dump beside the checkout; none where it is not named. */
const EXPECTED: Readonly<Record<string, readonly string[]>> = {
  "legacy-v1.0": ["CRIU_DEPRECATED=1", "--tcp-established", "--file-locks"],
  "legacy-v1.1": ["CRIU_DEPRECATED=1", "--tcp-established", "--file-locks"],
  "pidns-external": ["--inherit-fd fd[3]:extpid"],
  pyapp: ["--tcp-established", "--file-locks"],
  "resources/autofs.ns": BOXED,
  "resources/binfmt_misc.ns": BOXED,
  "resources/cgroup00.h": ["--manage-cgroups=ignore"],
  "resources/env00.uns": BOXED,
  "resources/file_locks00.h": ["--file-locks"],
  "resources/macvlan.ns": [...BOXED, "--external macvlan[zdtmmvlan0]:PARENT"],
  "resources/mnt_ext_auto.ns": ["--root DIR", "--external mnt[]", "--external mnt[ZDTM_DEV]:PATH"],
  "resources/netns_sub.ns": BOXED,
  "resources/shm.ns": BOXED,
  "resources/socket-tcp6.h": ["--tcp-established"],
  "resources/tun.ns": BOXED,
  "resources/zombie_leader.ns": BOXED,
};

Deno.test({
  name: "the options of every dump beside the checkout",
  ignore: isNotSwept(),
  async fn() {
    let count = 0;
    for (const dump of dumpsIn(`${SHARED}dumps`)) {
      assert.deepEqual(await optionsOf(`${SHARED}dumps/${dump}`), EXPECTED[dump] ?? [], dump);
      count++;
    }
    assert(count >= 35, `${count}`);
  },
});

Deno.test({
  name: "pages left on the machine of the dump need --lazy-pages",
  ignore: isWithout("../shared/chains", isDirectory(`${SHARED}chains/lazy`)),
  async fn() {
    assert.deepEqual(await optionsOf(`${SHARED}chains/lazy/2`), ["--lazy-pages"]);
    assert.deepEqual(await optionsOf(`${SHARED}chains/chain/3`), []);
  },
});

/** Changes to a dump, and the options that it then asks for. */
const CHANGES: ReadonlyArray<
  readonly [
    how: string,
    dump: string,
    change: (dump: BrokenDump) => void,
    options: readonly string[],
  ]
> = [
  ["nothing", "shloop", () => {}, []],
  [
    "the root's session is outside",
    "shloop",
    (dump) => dump.edit("pstree.img", ([root]) => root.sid = 7),
    [
      "--shell-job",
    ],
  ],
  [
    "connections were closed",
    "pyapp",
    (dump) => dump.edit("inventory.img", ([all]) => all.tcp_close = true),
    [
      "--tcp-close",
      "--file-locks",
    ],
  ],
  [
    "a peer is outside",
    "values",
    (dump) =>
      dump.edit("files.img", (entries) => entries.find(({ usk }) => usk?.peer).usk.uflags = 1),
    [
      "--ext-unix-sk",
      "--file-locks",
    ],
  ],
  ["a file is from outside", "values", (dump) =>
    dump.edit("files.img", (entries) => {
      const { reg } = entries.find(({ reg }) => reg?.name.endsWith("/owned"));
      Object.assign(reg, { ext: true, name: "/file[1f:2a]" });
    }), ["--file-locks", "--inherit-fd fd[3]:file[1f:2a]"]],
  [
    "a terminal is from outside",
    "values",
    (dump) =>
      dump.edit(
        "tty-info.img",
        (entries) => Object.assign(entries[0], { type: "EXT_TTY", rdev: 0x8800, dev: 26 }),
      ),
    [
      "--file-locks",
      "--inherit-fd fd[3]:tty[8800:1a]",
    ],
  ],
  [
    "a network is from outside",
    "shm.ns",
    (dump) => dump.edit("netns-10.img", ([net]) => net.ext_key = "outer"),
    [
      "--root DIR",
      "--inherit-fd fd[3]:outer",
      "--external mnt[ZDTM_DEV]:PATH",
    ],
  ],
  [
    "a mount of an old release is from outside",
    "shm.ns",
    (dump) =>
      dump.edit("mountpoints-14.img", (all) => {
        const mount = all.find(({ ext_key }) => ext_key === "ZDTM_DEV");
        delete mount.ext_key;
        Object.assign(mount, { ext_mount: true, root: "/data" });
      }),
    ["--root DIR", "--external mnt[/data]:PATH"],
  ],
  ["a mount is of a device", "shm.ns", (dump) =>
    dump.edit("mountpoints-14.img", (all) => {
      const mount = all.find(({ ext_key }) => ext_key === "ZDTM_DEV");
      Object.assign(mount, { ext_key: "CRIU:EXTERNAL_DEV", source: "dev[disk]" });
    }), ["--root DIR", "--external dev[disk]:/dev/DEVICE"]],
  [
    "a pair of veth has one end",
    "shm.ns",
    (dump) =>
      dump.edit("netdev-10.img", (all) =>
        all.push({
          ...all[0],
          type: "VETH",
          name: "eth0",
          ifindex: 2,
          peer_ifindex: 9,
          peer_nsid: undefined,
        })),
    [...BOXED, "--external veth[eth0]:OUTSIDE@BRIDGE"],
  ],
  [
    "uprobes were allowed",
    "shloop",
    (dump) => dump.edit("inventory.img", ([all]) => all.allow_uprobes = true),
    ["--allow-uprobes"],
  ],
  [
    "plug-ins took part",
    "shloop",
    (dump) =>
      dump.edit("inventory.img", ([all]) => all.plugins_entry = { plugins: ["amdgpu_plugin"] }),
    [
      "--libdir DIR",
    ],
  ],
  [
    "a terminal has no path",
    "pty00.h",
    (dump) =>
      dump.edit("files.img", (all) => delete all.find(({ tty }) => tty !== undefined).tty.regf_id),
    [
      "CRIU_DEPRECATED=1",
    ],
  ],
  ["threads have a profile", "shloop", (dump) => {
    dump.edit("inventory.img", ([all]) => all.lsmtype = "APPARMOR");
    dump.edit("core-1517.img", ([core]) => core.thread_core.creds.lsm_profile = "docker-default");
  }, ["--lsm-profile apparmor:PROFILE"]],
  [
    "the processor is known",
    "shloop",
    (dump) => Deno.copyFileSync(`${OWN}/../images/cpuinfo.img`, dump.file("cpuinfo.img")),
    ["--cpu-cap=ins"],
  ],
];

for (const [how, dump, change, options] of CHANGES) {
  Deno.test(`${how} (${dump}): ${options.join(" ") || "no option"}`, async () => {
    using copy = new BrokenDump(`${OWN}/${dump}`);
    change(copy);
    assert.deepEqual(await optionsOf(copy.path), options);
  });
}

Deno.test("every option is needed in one of these tests", () => {
  const seen = [...Object.values(EXPECTED), ...CHANGES.map((change) => change[3])].flat();
  for (const { option } of OPTIONS) {
    const [name, ...kinds] = option.split(" ");
    for (const kind of kinds.length === 0 ? [""] : kinds.join("").split(",")) {
      const isIt = (text: string) => text.startsWith(kind === "" ? name! : `${name} ${kind}[`);
      assert(option === "--lazy-pages" || seen.some(isIt), `${name} ${kind}`);
    }
  }
});

Deno.test("a shell parses the command correctly", async () => {
  const all = await chosen(`${OWN}/pyapp`);
  assert.equal(
    commandLine("/tmp/it's here", all),
    `criu restore --images-dir '/tmp/it'\\''s here' --tcp-established --file-locks`,
  );
});
