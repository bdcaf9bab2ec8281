/**
 * A core file that the kernel wrote, beside ours from a dump of the same process: whatever the dump
 * can tell must be the same.
 *
 * @module
 */

import { deepEqual, equal, ok } from "node:assert/strict";
import { isInstalled, ROOT, runProgram } from "../../programs.ts";
import { dumpFromCore, INTEL, layoutOf, type XsaveLayout } from "./dump_from_core.ts";
import { coreFile } from "./dump_maker.ts";
import { memoryAt, type ReadCore, readCore, type ReadNote } from "./elf_reader.ts";

const SOURCE = `${ROOT}tests/images/coredump/stopped.c`;
/** The filter that the program sets: the kernel's own default. */
const FILTER = 0x33;

/** Whether the kernel writes a core file into the directory of the program. */
function writesCores(): boolean {
  try {
    return Deno.readTextFileSync("/proc/sys/kernel/core_pattern").trim() === "core";
  } catch {
    return false;
  }
}

const canCompare = Deno.build.arch === "x86_64" && isInstalled("gcc") && writesCores();

interface Cores {
  program: string;
  /** Its areas, as `/proc/PID/smaps` told them. */
  smaps: string;
  native: string;
  ours: string;
  kernel: ReadCore;
  filtered: ReadCore;
  whole: ReadCore;
}

/** Has the program run to its end, and makes a dump of what the kernel found, and cores of that. */
async function withCores(action: (cores: Cores) => Promise<void> | void): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    const [program, smaps, data] = ["stopped", "smaps", "data"].map((name) =>
      `${directory}/${name}`
    ) as [string, string, string];
    await Deno.writeFile(data, Uint8Array.from({ length: 20_000 }, (_, i) => i * 13 + (i >> 8)));
    const options = ["-g", "-O1", "-mavx", "-pthread", "-o", program];
    const compiled = await runProgram("gcc", [...options, SOURCE]);
    equal(compiled.stderr, "");
    const line = `ulimit -c unlimited; exec ${program} ${smaps} ${data}`;
    await runProgram("sh", ["-c", line], { cwd: directory });
    const told = await Deno.readTextFile(smaps);
    const native = `${directory}/core`;
    const kernel = readCore(await Deno.readFile(native));
    const dump = `${directory}/dump`;
    await Deno.mkdir(dump);
    const pid = dumpFromCore(dump, kernel, {
      smaps: told,
      commandLine: [program, smaps, data, ""].join("\0"),
    });
    const filtered = readCore(await coreFile(dump, pid, { sysroot: "/", filter: FILTER }));
    const bytes = await coreFile(dump, pid, { sysroot: "/" });
    const ours = `${directory}/ours`;
    await Deno.writeFile(ours, bytes);
    const whole = readCore(bytes);
    await action({ program, smaps: told, native, ours, kernel, filtered, whole });
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** Since Linux 6.12 the kernel tells how XSAVE areas are laid out: NT_X86_XSAVE_LAYOUT. */
const withoutLayout = (notes: readonly ReadNote[]) => notes.filter(({ type }) => type !== 0x205);

/** Bytes of a note but for what a dump does not tell. */
function comparable({ type, view }: ReadNote, layout: XsaveLayout): unknown {
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength).slice();
  switch (type) {
    case 1:
      // The signal that ended the process, and the times that it took.
      bytes.fill(0, 0, 14);
      bytes.fill(0, 40, 48);
      bytes.fill(0, 48, 112);
      break;
    case 3:
      // Group and session, which stand in pstree.img as the test wrote them.
      bytes.fill(0, 32, 40);
      break;
    case 0x53494749:
      bytes.fill(0);
      break;
    case 0x202:
      return [
        bytes.slice(0, 576),
        ...[...layout].map(([bit, [offset, size]]) => [bit, bytes.slice(offset, offset + size)]),
      ];
  }
  return bytes;
}

Deno.test({
  name: "notes are the kernel's, in its order, byte for byte",
  ignore: !canCompare,
  fn: () =>
    withCores(({ kernel, filtered, whole }) => {
      for (const ours of [filtered, whole]) {
        const expected = withoutLayout(kernel.notes);
        ok(expected.length >= 5 + 3 * 2);
        deepEqual(
          ours.notes.map(({ owner, type }) => [owner, type]),
          expected.map(({ owner, type }) => [owner, type]),
        );
        const layout = layoutOf(kernel.notes);
        // What the CPU has no registers for is not in either.
        const known = new Map([...INTEL].filter(([bit]) => layout.has(bit)));
        for (const [i, note] of expected.entries()) {
          deepEqual(comparable(ours.notes[i]!, known), comparable(note, layout), `note ${i}`);
        }
      }
    }),
});

/** Segments but for those that begin at these addresses. */
function segmentsOf(core: ReadCore, without: ReadonlySet<bigint>) {
  return core.segments
    .filter(({ address }) => !without.has(address))
    .map(({ flags, address, fileSize, memorySize, align }) => ({
      ...{ flags, address, fileSize, memorySize, align },
      bytes: memoryAt(core, address, fileSize),
    }));
}

/** Where areas begin that the kernel makes anew for every process, so that no dump has their pages. */
function kernelMade(smaps: string): ReadonlySet<bigint> {
  const lines = smaps.matchAll(/^([0-9a-f]+)-.* \[(?:vvar|vvar_vclock|vsyscall)\]$/gm);
  return new Set([...lines].map(([, start]) => BigInt(`0x${start}`)));
}

Deno.test({
  name: "with a filter, segments are the kernel's, byte for byte",
  ignore: !canCompare,
  fn: () =>
    withCores(({ smaps, kernel, filtered }) => {
      const unknown = kernelMade(smaps);
      ok(unknown.size > 0 && unknown.size < 4);
      const [expected, found] = [kernel, filtered].map((core) => segmentsOf(core, unknown));
      ok(expected!.length > 20);
      ok(expected!.some(({ fileSize, memorySize }) => fileSize === 4096 && memorySize > fileSize));
      deepEqual(found, expected);
    }),
});

Deno.test({
  name: "without a filter, all bytes that the kernel wrote are there, and more",
  ignore: !canCompare,
  fn: () =>
    withCores(({ smaps, kernel, whole }) => {
      const unknown = kernelMade(smaps);
      for (const { address, fileSize } of kernel.segments) {
        if (unknown.has(address)) continue;
        const expected = memoryAt(kernel, address, fileSize)!;
        deepEqual(memoryAt(whole, address, fileSize), expected, address.toString(16));
      }
      const sizeOf = ({ segments }: ReadCore) =>
        segments.reduce((sum, { fileSize }) => sum + fileSize, 0);
      ok(sizeOf(whole) > sizeOf(kernel));
    }),
});

const QUESTIONS = [
  ...["info threads", "thread apply all bt", "print g_number", "print g_text", "print *item"],
  ...["print *item->next", "thread apply all print t_number", "info auxv", "info proc mappings"],
  ...["thread apply all info registers rip rsp eflags fs_base", "info sharedlibrary"],
];

Deno.test({
  name: "gdb says the same of both",
  ignore: !canCompare || !isInstalled("gdb"),
  fn: () =>
    withCores(async ({ program, native, ours }) => {
      const [expected, found] = await Promise.all([native, ours].map(async (core) => {
        const questions = QUESTIONS.flatMap((question) => ["-ex", question]);
        const args = ["-nx", "-batch", "-iex", "set width 0", ...questions, program, core];
        const { stdout } = await runProgram("gdb", args);
        return stdout.replace(/^Program terminated with signal .*\n/m, "");
      }));
      ok(expected!.includes("stop_here (item=0x"));
      ok(expected!.includes("text = 0x") && expected!.includes('"two"'));
      equal(found, expected);
    }),
});
