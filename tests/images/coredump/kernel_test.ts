/**
 * A core file that the kernel wrote, beside ours from a dump of the same process: whatever the dump
 * can tell must be the same.
 *
 * @module
 */

import { deepEqual, equal, ok } from "node:assert/strict";
import { messages } from "../../../proto/schema.ts";
import { isQuick } from "../../dumps.ts";
import { isWithout, lacks, ROOT, runProgram } from "../../programs.ts";
import { dumpFromCore } from "./dump_from_core.ts";
import { coreFile } from "./dump_maker.ts";
import { memoryAt, type ReadCore, readCore, type ReadNote } from "./elf_reader.ts";
import {
  COMPONENTS_OFFSET,
  HELD,
  HELD_BITS,
  INTEL,
  layoutIn,
  notesOn,
  PROCESSORS,
  XCR0_OFFSET,
  XSAVE_LAYOUT,
  type XsaveLayout,
  XSTATE,
  XSTATE_BV_OFFSET,
} from "./processors.ts";

const SOURCE = `${ROOT}tests/images/coredump/stopped.c`;
/** The filter that the program sets: the kernel's own default. */
const FILTER = 0x33;

/** Whether the kernel writes a core file into the directory of the program. */
function writesCores(): boolean {
  try {
    const [pattern, usesPid] = ["core_pattern", "core_uses_pid"].map((name) =>
      Deno.readTextFileSync(`/proc/sys/kernel/${name}`).trim()
    );
    return pattern === "core" && usesPid === "0";
  } catch {
    return false;
  }
}

const cannotCompare = isWithout("an x86-64 processor", Deno.build.arch === "x86_64") ||
  lacks("gcc") || isWithout("a kernel that writes core files here", writesCores());

interface Cores {
  directory: string;
  program: string;
  /** Its areas, as `/proc/PID/smaps` has them, and its command line. */
  told: { smaps: string; commandLine: string };
  /** Where its processor puts the components of an XSAVE area. */
  layout: XsaveLayout;
  native: string;
  ours: string;
  kernel: ReadCore;
  filtered: ReadCore;
  whole: ReadCore;
}

let made: Promise<Cores> | undefined;
let directory: string | undefined;

/** What the tests compare, made once for all of them. */
async function withCores(action: (cores: Cores) => Promise<void> | void): Promise<void> {
  await action(await (made ??= makeCores(directory = Deno.makeTempDirSync())));
}

Deno.test.afterAll(() => {
  if (directory !== undefined) Deno.removeSync(directory, { recursive: true });
});

/** Has the program run to its end, and makes a dump of what the kernel found, and cores of that. */
async function makeCores(directory: string): Promise<Cores> {
  const [program, smaps, data, components] = ["stopped", "smaps", "data", "components"].map(
    (name) => `${directory}/${name}`,
  ) as [string, string, string, string];
  await Deno.writeFile(data, Uint8Array.from({ length: 20_000 }, (_, i) => i * 13 + (i >> 8)));
  const options = ["-g", "-O1", "-pthread", "-o", program];
  const compiled = await runProgram("gcc", [...options, SOURCE]);
  equal(compiled.stderr, "");
  const line = `ulimit -c unlimited; exec ${program} ${smaps} ${data} ${components}`;
  await runProgram("sh", ["-c", line], { cwd: directory });
  const told = {
    smaps: await Deno.readTextFile(smaps),
    commandLine: [program, smaps, data, components, ""].join("\0"),
  };
  const layout: XsaveLayout = new Map(
    (await Deno.readTextFile(components)).split("\n").filter((line) => line !== "")
      .map((line) => line.split(" ").map(Number) as [number, number, number])
      .map(([bit, offset, size]) => [bit, [offset, size]]),
  );
  const native = `${directory}/core`;
  const kernel = readCore(await Deno.readFile(native));
  const dump = `${directory}/dump`;
  await Deno.mkdir(dump);
  const pid = dumpFromCore(dump, kernel, { ...told, layout });
  const filtered = readCore(await coreFile(dump, pid, { sysroot: "/", filter: FILTER }));
  const bytes = await coreFile(dump, pid, { sysroot: "/" });
  const ours = `${directory}/ours`;
  await Deno.writeFile(ours, bytes);
  const whole = readCore(bytes);
  return { directory, program, told, layout, native, ours, kernel, filtered, whole };
}

/** Linux 6.12 and newer write how XSAVE areas are laid out, which a dump does not have. */
const withoutLayout = (notes: readonly ReadNote[]) =>
  notes.filter(({ type }) => type !== XSAVE_LAYOUT);

/** Bytes of notes that no dump has. */
const UNKNOWN: ReadonlyArray<{ type: number; from: number; to: number; why: string }> = [
  {
    type: 1,
    from: 0,
    to: 14,
    why: "the signal that ended the process: a dump is of one that runs",
  },
  { type: 1, from: 48, to: 112, why: "the CPU time that it took: no image has it" },
  { type: 0x53494749, from: 0, to: 128, why: "the siginfo of the signal that ended it" },
];

/** What a dump can know of a note. */
function known({ type, view }: ReadNote, layout: XsaveLayout): unknown {
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength).slice();
  for (const { from, to } of UNKNOWN.filter((range) => range.type === type)) {
    bytes.fill(0, from, to);
  }
  return type === XSTATE ? knownOfXsave(bytes, layout) : bytes;
}

/**
 * What a dump can know of an XSAVE area. XCR0 names what the processor has and XSTATE_BV what is in
 * use; a dump has only the components that `user_x86_xsave_entry` has fields for. Those stand where
 * the processor puts them: a dump does not say where that is.
 */
function knownOfXsave(bytes: Uint8Array, layout: XsaveLayout): unknown {
  const view = new DataView(bytes.buffer);
  const [xcr0, inUse] = [XCR0_OFFSET, XSTATE_BV_OFFSET].map((at) => {
    const bits = view.getBigUint64(at, true);
    view.setBigUint64(at, 0n, true);
    return bits & HELD_BITS;
  });
  const components = [...layout].filter(([bit]) =>
    HELD.has(bit) && (xcr0! >> BigInt(bit) & 1n) === 1n
  ).map(([bit, [at, size]]) => [bit, bytes.slice(at, at + size)]);
  return { xcr0, inUse, start: bytes.slice(0, COMPONENTS_OFFSET), components };
}

function compareNotes(ours: ReadCore, kernel: readonly ReadNote[], layout: XsaveLayout) {
  const expected = withoutLayout(kernel);
  const kindOf = ({ owner, type }: ReadNote) => [owner, type];
  deepEqual(ours.notes.map(kindOf), expected.map(kindOf));
  for (const { view } of ours.notes.filter(({ type }) => type === XSTATE)) {
    for (const at of [XCR0_OFFSET, XSTATE_BV_OFFSET]) {
      equal(view.getBigUint64(at, true) & ~HELD_BITS, 0n, "components that a dump cannot hold");
    }
  }
  for (const [i, note] of expected.entries()) {
    deepEqual(known(ours.notes[i]!, INTEL), known(note, layout), `note ${i}`);
  }
}

Deno.test("a dump holds these components of an XSAVE area and no others", () => {
  const text = messages["user_x86_xsave_entry"]!;
  const fields = text.split("\n").map((line) => line.split(" ")[2]);
  const held = [...HELD.values()].map(([name]) => name);
  deepEqual(new Set(fields), new Set(["xstate_bv", "cet", ...held]));
});

Deno.test({
  name: "notes match those of the kernel, in order, byte for byte",
  ignore: cannotCompare,
  fn: () =>
    withCores(({ layout, kernel, filtered, whole }) => {
      ok(withoutLayout(kernel.notes).length >= 5 + 3 * 2);
      for (const ours of [filtered, whole]) compareNotes(ours, kernel.notes, layout);
    }),
});

Deno.test({
  name: "the kernel lays XSAVE areas out as the processor does",
  ignore: cannotCompare,
  fn: () =>
    withCores(({ layout, kernel }) => {
      const note = kernel.notes.find(({ type }) => type === XSAVE_LAYOUT);
      if (note !== undefined) deepEqual(layoutIn(note), new Map(layout));
    }),
});

Deno.test({
  name: "notes match those of the kernel on other processors",
  ignore: cannotCompare,
  fn: (test) =>
    withCores(async ({ directory, told, layout: from, kernel }) => {
      const stack = /^([0-9a-f]+)-.* \[stack\]$/m.exec(told.smaps)!;
      // Only the notes matter here: memory is compared below.
      const segments = kernel.segments.filter(({ address }) => address === BigInt(`0x${stack[1]}`));
      for (const [name, layout] of Object.entries(PROCESSORS)) {
        await test.step(name, async () => {
          const notes = notesOn(layout, kernel.notes, from);
          const dump = `${directory}/${name}`;
          await Deno.mkdir(dump);
          const pid = dumpFromCore(dump, { ...kernel, notes, segments }, { ...told, layout });
          const ours = readCore(await coreFile(dump, pid, { sysroot: "/", filter: FILTER }));
          compareNotes(ours, notes, layout);
          await Deno.remove(dump, { recursive: true });
        });
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
  name: "with a filter, segments match those of the kernel, byte for byte",
  ignore: cannotCompare,
  fn: () =>
    withCores(({ told, kernel, filtered }) => {
      const unknown = kernelMade(told.smaps);
      ok(unknown.size > 0 && unknown.size < 4);
      const [expected, found] = [kernel, filtered].map((core) => segmentsOf(core, unknown));
      ok(expected!.length > 20);
      ok(expected!.some(({ fileSize, memorySize }) => fileSize === 4096 && memorySize > fileSize));
      deepEqual(found, expected);
    }),
});

Deno.test({
  name: "without a filter, the core file has all bytes that the kernel wrote, and more",
  ignore: cannotCompare,
  fn: () =>
    withCores(({ told, kernel, whole }) => {
      const unknown = kernelMade(told.smaps);
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
  name: "gdb prints the same for both core files",
  ignore: cannotCompare || lacks("gdb") || isQuick(),
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
