/** Files, credentials and processors; lsof, capsh and /proc are the judges where they can be. */

import assert from "node:assert/strict";
import { openDump } from "../../../images/dump/open.ts";
import { cpu } from "../../../images/explore/cpu.ts";
import { creds } from "../../../images/explore/creds.ts";
import { files } from "../../../images/explore/files.ts";
import { statsOf } from "../../../images/stats/stats.ts";
import { lacksCriu } from "../../criu.ts";
import { Held } from "../../inside/held.ts";
import { lacks, ROOT, runProgram } from "../../programs.ts";
import { dumpOf, filesOf, fixture, image } from "../dump/sources.ts";

/** What lsof says of each descriptor: type of access, size or position, and name. */
async function lsof(pid: number): Promise<Map<string, { access: string; name: string }>> {
  const { stdout } = await runProgram("lsof", ["-n", "-P", "-p", `${pid}`, "-F", "fan"]);
  const found = new Map<string, { access: string; name: string }>();
  let fd = "";
  let access = "";
  for (const line of stdout.split("\n")) {
    const value = line.slice(1);
    if (line.startsWith("f")) fd = value;
    else if (line.startsWith("a")) access = value.trim();
    else if (line.startsWith("n") && fd !== "") found.set(fd, { access, name: value });
  }
  return found;
}

Deno.test({
  name: "files as lsof lists them, with positions and modes of /proc, when a real CRIU dumps them",
  ignore: lacksCriu() || lacks("lsof") || lacks("gcc"),
  async fn() {
    await using held = await Held.start();
    const { pid } = held;
    const listed = await lsof(pid);
    const infos = [...Deno.readDirSync(`/proc/${pid}/fdinfo`)].map(({ name }) => {
      const text = Deno.readTextFileSync(`/proc/${pid}/fdinfo/${name}`);
      const [, pos, flags] = /^pos:\s*(\d+)\nflags:\s*(\d+)/.exec(text)!;
      return { fd: Number(name), pos: BigInt(pos!), flags: parseInt(flags!, 8) };
    });
    const status = Deno.readTextFileSync(`/proc/${pid}/status`);
    const sizes = infos.map(({ fd }) => Deno.statSync(`/proc/${pid}/fd/${fd}`).size);
    await held.dump();
    using dump = await openDump(held.images);
    const rows = [...files.rows(dump)];
    for (const [i, { fd, pos, flags }] of infos.entries()) {
      const row = rows.find(({ fds }) => fds.some((one) => one.pid === pid && one.fd === fd))!;
      assert.equal(row.mode, ["r", "w", "rw"][flags & 3], `${fd}`);
      const { name, access } = listed.get(`${fd}`)!;
      assert.equal(row.mode, access === "u" ? "rw" : access, `${fd} ${name}`);
      if (row.position !== undefined) assert.equal(row.position, pos, `${fd}`);
      if (row.type === "REG" && name.startsWith(held.directory)) {
        assert.equal(`${row.name}${row.deleted ? " (deleted)" : ""}`, name);
        assert.equal(Number(row.size), sizes[i]);
      }
      if (row.type === "MEMFD") {
        assert.equal(name, `${row.name} (deleted)`);
        assert.equal(Number(row.size), sizes[i]);
      }
      if (row.type === "INETSK") assert.equal(row.name.split(" ")[1], name);
    }
    for (const use of ["cwd", "rtd", "txt"]) {
      const name = { cwd: "cwd", rtd: "root", txt: "exe" }[use]!;
      const row = rows.find(({ uses }) => uses.some((one) => one.use === name))!;
      if (use !== "txt") assert.equal(row.name, listed.get(use)!.name);
      else assert.equal(row.name, `${held.directory}/contents`);
    }
    const [row] = [...creds.rows(dump)];
    const words = (name: string) =>
      new RegExp(`^${name}:[ \\t]*(.*)$`, "m").exec(status)![1]!.split(/\s+/);
    assert.deepEqual(row!.uids, words("Uid").map(Number));
    assert.deepEqual(row!.gids, words("Gid").map(Number));
    assert.deepEqual(row!.groups, words("Groups").filter((word) => word !== "").map(Number));
    const sets = {
      CapEff: "effective",
      CapPrm: "permitted",
      CapInh: "inheritable",
      CapBnd: "bounding",
    } as const;
    for (const [name, key] of Object.entries(sets)) {
      const { stdout } = await runProgram("capsh", [`--decode=${words(name)[0]}`]);
      const expected = stdout.trim().split("=")[1]!.split(",").filter((cap) => cap !== "");
      assert.deepEqual(row![key as "effective"].map((cap) => `cap_${cap}`), expected, name);
    }
  },
});

Deno.test("files lists each file once, with all its holders", () => {
  using dump = fixture("pyapp");
  const rows = [...files.rows(dump)];
  const data = rows.find(({ name }) => name === "/srv/pyapp/data.txt")!;
  assert.deepEqual(data.fds, [{ pid: 2496, fd: 19 }, { pid: 2496, fd: 35 }]);
  assert.deepEqual([data.mode, data.position, data.size, data.deleted], ["rw", 5n, 8192n, false]);
  const log = rows.find(({ name }) => name === "/srv/pyapp/app.log")!;
  assert.equal(log.mode, "wa");
  const fifo = rows.filter(({ name }) => name === "/srv/pyapp/fifo");
  assert.deepEqual(fifo.map(({ type, size }) => [type, size]), [["FIFO", 16n]]);
  assert.deepEqual(rows.filter(({ deleted, type }) => deleted && type === "REG").length, 2);
  const exe = rows.find(({ uses }) => uses.some(({ use }) => use === "exe"))!;
  assert.equal(exe.name, "/usr/bin/python3.11");
  assert.deepEqual(exe.mapped_by, [2496]);
});

Deno.test("creds shows credentials by name", () => {
  using dump = fixture("pyapp");
  const rows = [...creds.rows(dump)];
  assert.equal(rows.length, 5);
  const [row] = rows;
  assert.equal(row!.bounding.length, 40);
  assert(!row!.effective.includes("sys_resource") && row!.effective.includes("sys_admin"));
  assert.deepEqual([row!.uids, row!.secure_bits, row!.inheritable], [[0, 0, 0, 0], [], []]);
});

Deno.test("cpu shows the features of processors by name, and those that threads use", () => {
  const dump = dumpOf({
    ...filesOf("shloop"),
    "cpuinfo.img": Deno.readFileSync(`${ROOT}fixtures/images/cpuinfo.img`),
  });
  const [processor, thread] = [...cpu.rows(dump)];
  assert.match(processor!.version!, /^INTEL family 6 model \d+ stepping \d+$/);
  for (const name of ["fpu", "sse4_2", "lm", "avx512f", "xsave", "erms"]) {
    assert(processor!.features!.includes(name), name);
  }
  assert(processor!.features!.every((name) => /^[a-z\d_]+$/.test(name)), "all of them have names");
  assert.deepEqual(processor!.xstate, ["x87", "avx", "opmask", "zmm_hi256", "hi16_zmm"]);
  assert.deepEqual([thread!.pid, thread!.machine], [1517, "X86_64"]);
  assert.match(thread!.rseq!, /^0x7f/);
});

Deno.test("stats names the machine, its security module and profiles", () => {
  const { creds: own, ...thread } = fixture("shloop").task(1517)!.core!.thread_core!;
  const core = {
    ...fixture("shloop").task(1517)!.core!,
    thread_core: { ...thread, creds: { ...own!, lsm_profile: "docker-default" } },
  };
  const { inventory } = fixture("shloop");
  const dump = dumpOf({
    ...filesOf("shloop"),
    "core-1517.img": image("CORE", [core]),
    "inventory.img": image("INVENTORY", [{ ...inventory, lsmtype: "APPARMOR" }]),
  });
  const { lsm, profiles } = statsOf(dump).machine;
  assert.deepEqual([lsm, profiles], ["APPARMOR", ["docker-default"]]);
  assert.equal([...creds.rows(dump)][0]!.lsm_profile, "docker-default");
});
