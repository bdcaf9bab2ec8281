/** A dump of a big-endian machine through every command. */

import assert from "node:assert/strict";
import { OWN_ORDER } from "../../images/bytes/byte_order.ts";
import { crit, critProcess, lacks, ROOT, runProgram } from "../programs.ts";
import { assertSameTrees, readTree, Temporary } from "./trees.ts";

const DUMP = `${ROOT}fixtures/dumps/s390x`;

/** Runs crit, which must succeed. */
async function run(...words: string[]): Promise<string> {
  const { code, stdout, stderr } = await crit(words);
  assert.equal(code, 0, `${words.join(" ")}: ${stderr}`);
  return stdout;
}

Deno.test("a dump and an archive of it go to JSON and back byte for byte", async () => {
  using temporary = new Temporary();
  const archive = temporary.at("dump.tar.gz");
  await runProgram("tar", ["-czf", archive, "-C", DUMP, "."]);
  for (const [i, words] of [[], ["--pretty"], ["--format", "nice"]].entries()) {
    const [json, back] = [temporary.at(`json-${i}`), temporary.at(`back-${i}`)];
    await run("decode", "-i", DUMP, "-o", json, ...words);
    await run("encode", "-i", json, "-o", back);
    assertSameTrees(back, DUMP);
    await run("decode", "-i", archive, "-o", `${json}-archive`, ...words);
    // What the archive knew beside the dump.
    Deno.removeSync(`${json}-archive/.archive-headers`);
    assertSameTrees(`${json}-archive`, json);
  }
});

Deno.test("JSON without a byte order is encoded in the one that is asked for", async () => {
  using temporary = new Temporary();
  const [json, back] = [temporary.at("json"), temporary.at("back")];
  await run("decode", "-i", DUMP, "-o", json, "--match", "{files,core-*,tty-info}.img");
  for (const name of readTree(json).keys()) {
    const text = Deno.readTextFileSync(`${json}/${name}`);
    assert.match(text, /^\{"magic": "\w+", "byte_order": "big", /);
    Deno.writeTextFileSync(`${json}/${name}`, text.replace('"byte_order": "big", ', ""));
  }
  await run("encode", "-i", json, "-o", back, "--byte-order", "big");
  for (const [name, bytes] of readTree(back)) {
    assert.deepEqual(bytes, Deno.readFileSync(`${DUMP}/${name}`), name);
  }
  const one = `${json}/tty-info.img.json`;
  await run("encode", "-i", one, "-o", temporary.at("little.img"));
  assert.equal(Deno.readFileSync(temporary.at("little.img"))[0], 0x19);
  const { code, stderr } = await crit(["encode", "-i", one, "--byte-order", "middle"]);
  assert.deepEqual([code, /little, big|big/.test(stderr)], [2, true], stderr);
});

Deno.test("sets, filters and transforms keep the byte order", async () => {
  using temporary = new Temporary();
  const script = temporary.at("sid.js");
  Deno.writeTextFileSync(
    script,
    "export default ({ type, entries }) => ({ type, entries: entries.map((e) => ({ ...e, sid: 7 })) })",
  );
  const out = temporary.at("out");
  await run(
    ...["edit", DUMP, "-o", out],
    ...["--set", "files.img:[isk.src_port=6001].isk.src_addr=::2"],
    ...["--set", "files.img:[isk.src_addr=127.0.0.1].isk.dst_addr=10.0.0.1"],
    ...["--set", 'fs-242.img:[+]={"cwd_id": 1, "root_id": 2}'],
    ...[
      "--filter",
      `core-242.img=sed 's/"comm": "many"/"comm": "some"/; s/"byte_order": "big", //'`,
    ],
    ...["--transform", `pstree.img=${script}`],
  );
  const changed = [...readTree(out)].filter(([name, bytes]) =>
    (bytes as Uint8Array).join() !== Deno.readFileSync(`${DUMP}/${name}`).join()
  ).map(([name]) => name);
  assert.deepEqual(changed, ["core-242.img", "files.img", "fs-242.img", "pstree.img"]);
  const sockets = await run("x", out, "sk");
  assert.match(sockets, /\[::2\]:6001/);
  assert.equal(sockets.match(/127\.0\.0\.1:\d+ +10\.0\.0\.1/g)?.length, 5);
  for (const name of changed) {
    const facts = JSON.parse(await run("info", "--verbose", `${out}/${name}`));
    assert.equal(facts.byte_order, "big", name);
  }
  // The length of the other order would be that of no payload.
  const wrong = await crit(["edit", `${DUMP}/pstree.img`, "--filter", "sed s/big/little/"]);
  assert.deepEqual([wrong.code, wrong.stdout], [3, ""]);
  assert.match(wrong.stderr, /is a little-endian image/);
});

Deno.test("what is in network order is shown as it is on the network", async () => {
  const sockets = await run("x", DUMP, "sk");
  assert.match(sockets, / INET +STREAM +TCP +LISTEN +0 +0 +127\.0\.0\.1:6000\b/);
  assert.match(sockets, / INET6 +DGRAM +UDP +CLOSE +0 +0 +\[::1\]:6003\b/);
  assert.match(sockets, / PACKET +DGRAM +0x88cc /);
  assert.match(await run("x", DUMP, "signals"), /^242 +pending +RTMIN\+1$/m);
});

Deno.test("a conversion keeps the byte order, and check finds nothing wrong with it", async () => {
  using temporary = new Temporary();
  const [old, back] = [temporary.at("old"), temporary.at("back")];
  await run("convert", DUMP, old, "--to", "3.17.1", "--drop", "creds_entry.no_new_privs");
  assert.equal(JSON.parse(await run("stats", "--json", old)).machine.byte_order, "big");
  await run("check", old);
  await run("convert", DUMP, back, "--to", "1.0");
  await run("convert", back, `${back}-again`, "--to", "1.1");
  assertSameTrees(`${back}-again`, DUMP);
});

Deno.test("stats say which machine it was", async () => {
  const { machine } = JSON.parse(await run("stats", "--json", DUMP));
  const { name, byte_order, page_size } = machine;
  assert.deepEqual([name, byte_order, page_size], ["s390x", "big", 4096]);
  assert.deepEqual(machine, {
    name: "s390x",
    byte_order: "big",
    page_size: 4096,
    lsm: "NO_LSM",
    profiles: [],
  });
  assert.match(await run("stats", DUMP), /^Machine +s390x, big-endian, pages of 4\.0 KiB$/m);
});

Deno.test({
  name: "a dump that this machine cannot restore is not served",
  ignore: OWN_ORDER === "big",
  fn: async () => {
    using temporary = new Temporary();
    const archive = temporary.at("dump.tar");
    await runProgram("tar", ["-cf", archive, "-C", DUMP, "."]);
    for (const path of [DUMP, archive]) {
      const { code, stderr } = await critProcess(["serve", path]);
      assert.equal(code, 5, stderr);
      assert.match(stderr, /a dump of a big-endian machine, and this one is little-endian/);
    }
  },
});

Deno.test({
  name: "gdb finds the threads, registers and memory in a core file",
  ignore: lacks("gdb-multiarch"),
  fn: async () => {
    using temporary = new Temporary();
    await run("coredump", DUMP, "-o", temporary.path);
    const core = JSON.parse(await run("decode", `${DUMP}/core-246.img`)).entries[0];
    const { gprs, psw_addr } = core.ti_s390.gpregs;
    const { stdout } = await runProgram("gdb-multiarch", [
      ...["-nx", "-batch", "-ex", `core-file ${temporary.at("core.242")}`],
      ...["-ex", "info threads", "-ex", "thread 2", "-ex", "x/8xb $r15"],
      ...["-ex", 'printf "r15 %#lx pc %#lx\\n", $r15, $pc', "-ex", "info auxv"],
    ]);
    assert.deepEqual(stdout.match(/LWP (242|246|247)\b(?= +0x)/g), [
      "LWP 242",
      "LWP 246",
      "LWP 247",
    ]);
    // gdb takes the mode bit off an address.
    const address = (number: number) => `0x${number.toString(16)}`;
    assert.match(stdout, new RegExp(`r15 ${address(gprs[15])} pc ${address(psw_addr)}`));
    const [, first] = /^0x[0-9a-f]+:\t([0-9a-fx\t]+)$/m.exec(stdout)!;
    const bytes = Uint8Array.from(first!.trim().split("\t").map(Number));
    assert.deepEqual(bytes, storedBytes("pagemap-242.img", gprs[15]));
    assert.match(stdout, /AT_PAGESZ +System page size +4096/);
    assert.match(stdout, /AT_EXECFN +File name of executable +0x[0-9a-f]+ "\/usr\/bin\/many"/);
  },
});

/** Eight bytes of memory as CRIU's own JSON of the page map has where they are. */
function storedBytes(name: string, address: number): Uint8Array {
  const golden = Deno.readTextFileSync(`${ROOT}fixtures/golden/s390x/${name}.json`);
  const [{ pages_id }, ...ranges] = JSON.parse(golden).entries;
  let at = 0;
  for (const { vaddr, nr_pages, flags } of ranges) {
    if (address >= vaddr && address < vaddr + nr_pages * 4096) {
      const pages = Deno.readFileSync(`${DUMP}/pages-${pages_id}.img`);
      return pages.slice(at + address - vaddr, at + address - vaddr + 8);
    }
    if ((flags & 4) !== 0) at += nr_pages * 4096;
  }
  throw new Error(`${address} is in no page`);
}
