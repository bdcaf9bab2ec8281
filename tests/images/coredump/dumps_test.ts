/** Core files of real dumps, against what an independent reader finds in the images. @module */

import { deepEqual, equal, notDeepEqual, ok } from "node:assert/strict";
import type { CoreEntry, PstreeEntry } from "../../../mod.ts";
import { isNotSwept, isQuick, SHARED, SWEEPS } from "../../dumps.ts";
import { lacks, ROOT, runProgram } from "../../programs.ts";
import { coreFile } from "./dump_maker.ts";
import { memoryAt, type ReadCore, readCore } from "./elf_reader.ts";
import { entriesOf, presentPages } from "./expected_memory.ts";

const PAGE = 4096;
const OWN = `${ROOT}fixtures/dumps`;

/** Dumps of this project, and more where they are at hand. */
const DUMPS = [
  ...[`${OWN}/shloop`, `${OWN}/cprog/images`, `${OWN}/incremental/3-dump`],
  ...[`${OWN}/memfd00.h`, `${OWN}/shm.ns`, `${OWN}/zombie_leader.ns`],
  ...SWEEPS ? moreDumps() : [],
];

function moreDumps(): string[] {
  const resources = [...Deno.readDirSync(`${SHARED}dumps/resources`)]
    .map(({ name }) => `${SHARED}dumps/resources/${name}`);
  return [
    `${SHARED}dumps/pyapp`,
    `${SHARED}dumps/sysvipc`,
    `${SHARED}dumps/pidns-external`,
    ...resources,
  ];
}

/** Tasks of a dump that are not dead: those with memory. */
function tasksOf(directory: string): PstreeEntry[] {
  return entriesOf<PstreeEntry>(directory, "pstree.img").filter(({ pid }) => {
    const [core] = entriesOf<CoreEntry>(directory, `core-${pid}.img`);
    return ![2, 6].includes(core!.tc!.task_state);
  });
}

/** Numbers and registers of the threads, from NT_PRSTATUS: `user_regs_struct` of x86-64. */
function registersOf({ notes }: ReadCore): Map<number, bigint[]> {
  return new Map(
    notes.filter(({ owner, type }) => owner === "CORE" && type === 1).map(({ view }) => [
      view.getInt32(32, true),
      Array.from({ length: 27 }, (_, i) => view.getBigUint64(112 + 8 * i, true)),
    ]),
  );
}

function dumpedRegisters(directory: string, threads: readonly number[]): Map<number, bigint[]> {
  return new Map(threads.map((tid) => {
    const [core] = entriesOf<CoreEntry>(directory, `core-${tid}.img`);
    const r = core!.thread_info!.gpregs;
    // deno-fmt-ignore
    return [tid, [
      r.r15, r.r14, r.r13, r.r12, r.bp, r.bx, r.r11, r.r10, r.r9, r.r8, r.ax, r.cx, r.dx, r.si,
      r.di, r.orig_ax, r.ip, r.cs, r.flags, r.sp, r.ss, r.fs_base, r.gs_base, r.ds, r.es, r.fs,
      r.gs,
    ]];
  }));
}

for (const directory of DUMPS) {
  const name = directory.replace(/^.*\/dumps\//, "");
  Deno.test(`the core files of ${name} have every register and every present page`, async () => {
    const tasks = tasksOf(directory);
    ok(tasks.length > 0);
    for (const { pid, threads } of tasks) {
      const core = readCore(await coreFile(directory, pid));
      deepEqual(registersOf(core), dumpedRegisters(directory, threads!));
      equal([...registersOf(core).keys()][0], pid, "the main thread is the first");
      const pages = presentPages(directory, pid);
      ok(pages.size > 0);
      for (const [address, { bytes }] of pages) {
        const found = memoryAt(core, address, PAGE);
        ok(found, `page 0x${address.toString(16)} of ${pid} is there`);
        deepEqual(found, bytes, `page 0x${address.toString(16)} of ${pid}`);
      }
      const isKnown = (address: bigint) => pages.has(address);
      expectZerosElsewhere(core, isKnown);
    }
  });
}

/** Without mapped files, what the images do not have is zeros. */
function expectZerosElsewhere(core: ReadCore, isKnown: (address: bigint) => boolean): void {
  for (const { address, offset, fileSize } of core.segments) {
    for (let at = 0; at < fileSize; at += PAGE) {
      if (isKnown(address + BigInt(at))) continue;
      const page = core.bytes.subarray(offset + at, offset + at + PAGE);
      ok(page.every((byte) => byte === 0), `0x${(address + BigInt(at)).toString(16)}`);
    }
  }
}

Deno.test("pages of an incremental dump come from the right link of the chain", async () => {
  const directory = `${OWN}/incremental/3-dump`;
  const core = readCore(await coreFile(directory, 26736));
  const origins = new Map<string, number>();
  const pages = presentPages(directory, 26736);
  for (const [address, { bytes, directory }] of pages) {
    const link = directory.split("/").filter((part) => part !== "..").at(-1)!;
    origins.set(link, (origins.get(link) ?? 0) + 1);
    deepEqual(memoryAt(core, address, PAGE), bytes);
  }
  // What the second has of its own, the third has anew.
  deepEqual([...origins.keys()].sort(), ["1-predump", "3-dump"]);
  // Had the pages come from the first link alone, some would be others.
  const [first] = [...Deno.readDirSync(`${OWN}/incremental/1-predump`)]
    .filter(({ name }) => name.startsWith("pages-"));
  const old = Deno.readFileSync(`${OWN}/incremental/1-predump/${first!.name}`);
  const oldPages = new Set<string>();
  for (let at = 0; at < old.length; at += PAGE) {
    oldPages.add(old.subarray(at, at + PAGE).toBase64());
  }
  const changed = [...pages.values()].filter(({ bytes }) => !oldPages.has(bytes.toBase64()));
  ok(changed.length > 0);
  notDeepEqual(changed.length, pages.size);
});

for (const directory of DUMPS) {
  const name = directory.replace(/^.*\/dumps\//, "");
  Deno.test({
    name: `gdb reads the core files of ${name}`,
    // What gdb looks at is the same in all of them: one has threads, the other a parent.
    ignore: lacks("gdb") || !/zombie_leader|incremental/.test(name) && isQuick(),
    fn: async () => {
      const path = await Deno.makeTempFile({ suffix: ".core" });
      try {
        for (const { pid, threads } of tasksOf(directory)) {
          await Deno.writeFile(path, await coreFile(directory, pid));
          const { stdout } = await runProgram("gdb", [
            ...["-nx", "-batch", "-iex", "set width 0", "-core", path],
            ...["-ex", "info threads", "-ex", "thread apply all print/x $rip"],
            ...["-ex", "thread apply all print/x $rsp", "-ex", "info auxv"],
          ]);
          const listed = [...stdout.matchAll(/^[* ] \d+ +.*(?:LWP|process) (\d+)/gm)];
          deepEqual(listed.map(([, tid]) => Number(tid)), threads);
          const values = [...stdout.matchAll(/^\$\d+ = (0x[0-9a-f]+)$/gm)]
            .map(([, value]) => BigInt(value!));
          // gdb applies to the last thread first.
          const registers = [...dumpedRegisters(directory, threads!).values()].reverse();
          deepEqual(values, [...registers.map((r) => r[16]), ...registers.map((r) => r[19])]);
          ok(/^6 +AT_PAGESZ .* 4096$/m.test(stdout));
        }
      } finally {
        await Deno.remove(path);
      }
    },
  });
}

Deno.test({
  name: "dumps in older formats give the same core file",
  ignore: isNotSwept(),
  fn: async () => {
    const [older, newer] = await Promise.all(
      ["v1.0", "v1.1"].map((version) => coreFile(`${SHARED}dumps/legacy-${version}`, 17936)),
    );
    ok(older!.length > 1 << 20);
    ok(indexOfDifference(older!, newer!) < 0);
  },
});

function indexOfDifference(a: Uint8Array, b: Uint8Array): number {
  if (a.length !== b.length) return Math.min(a.length, b.length);
  return a.findIndex((byte, i) => byte !== b[i]);
}
