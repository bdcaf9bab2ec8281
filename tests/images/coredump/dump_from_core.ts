/**
 * Makes of a core file that the kernel wrote the dump that CRIU could have made of the same process.
 *
 * @module
 */

import type { CoreEntry, SiginfoEntry, VmaEntry } from "../../../proto/types.ts";
import { type MadeRange, madeVma, writeDump, writeImage, writePages } from "./dump_maker.ts";
import { memoryAt, type ReadCore, type ReadNote } from "./elf_reader.ts";
import { HELD, XCR0_OFFSET, type XsaveLayout, XSTATE, XSTATE_BV_OFFSET } from "./processors.ts";

const PAGE = 4096;
const STATUS = {
  REGULAR: 1 << 0,
  VSYSCALL: 1 << 2,
  VDSO: 1 << 3,
  FILE_PRIVATE: 1 << 6,
  FILE_SHARED: 1 << 7,
  ANON_SHARED: 1 << 8,
  ANON_PRIVATE: 1 << 9,
  VVAR: 1 << 12,
  MEMFD: 1 << 14,
} as const;
const MAP_SHARED = 1;
const MAP_PRIVATE = 2;
const MADV_DONTDUMP = 1n << 16n;

/** An area as `/proc/PID/smaps` tells it. */
interface Told {
  start: bigint;
  end: bigint;
  permissions: string;
  offset: bigint;
  inode: number;
  name: string;
  flags: string[];
}

/** The areas of a text like `/proc/PID/smaps`. */
function areasIn(smaps: string): Told[] {
  const head = /^([0-9a-f]+)-([0-9a-f]+) (\S+) ([0-9a-f]+) \S+ (\d+) *(.*)$/;
  const areas: Told[] = [];
  for (const line of smaps.split("\n")) {
    const found = head.exec(line);
    if (found !== null) {
      const [, start, end, permissions, offset, inode, name] = found;
      areas.push({
        start: BigInt(`0x${start}`),
        end: BigInt(`0x${end}`),
        permissions: permissions!,
        offset: BigInt(`0x${offset}`),
        inode: Number(inode),
        name: name!,
        flags: [],
      });
    } else if (line.startsWith("VmFlags: ")) {
      areas.at(-1)!.flags = line.split(" ").slice(1);
    }
  }
  return areas;
}

const KERNEL_AREAS: Readonly<Record<string, number>> = {
  "[vdso]": STATUS.VDSO,
  "[vvar]": STATUS.VVAR,
  "[vvar_vclock]": STATUS.VVAR,
  "[vsyscall]": STATUS.VSYSCALL,
};

function statusOf({ name, permissions }: Told): number {
  if (Object.hasOwn(KERNEL_AREAS, name)) return KERNEL_AREAS[name]! | STATUS.ANON_PRIVATE;
  if (name.startsWith("/memfd:")) return STATUS.REGULAR | STATUS.FILE_SHARED | STATUS.MEMFD;
  if (name.startsWith("/dev/zero")) return STATUS.REGULAR | STATUS.ANON_SHARED;
  if (!name.startsWith("/")) return STATUS.REGULAR | STATUS.ANON_PRIVATE;
  const isPrivate = permissions.endsWith("p");
  return STATUS.REGULAR | (isPrivate ? STATUS.FILE_PRIVATE : STATUS.FILE_SHARED);
}

/** Ids of what is mapped: of files by name, and of shared memory its inode. */
class Files {
  readonly entries: unknown[] = [];
  readonly #ids = new Map<string, number>();
  readonly #inodes: unknown[] = [];

  idOf({ name, inode }: Told): number {
    let id = this.#ids.get(name);
    if (id !== undefined) return id;
    this.#ids.set(name, id = this.#ids.size + 1);
    const fown = { uid: 0, euid: 0, signum: 0, pid_type: 0, pid: 0 };
    if (name.startsWith("/memfd:")) {
      const inode_id = this.#inodes.length;
      const memfd = { id, flags: 2, pos: 0n, fown, inode_id };
      this.entries.push({ type: "MEMFD", id, memfd });
      const label = name.slice("/memfd:".length).replace(/ \(deleted\)$/, "");
      this.#inodes.push({
        name: label,
        uid: 0,
        gid: 0,
        size: 0n,
        shmid: inode,
        seals: 0,
        inode_id: BigInt(inode_id),
      });
    } else {
      const { size, mode } = Deno.statSync(name);
      const reg = { id, flags: 0, pos: 0n, fown, name, size: BigInt(size), mode };
      this.entries.push({ type: "REG", id, reg });
    }
    return id;
  }

  write(directory: string): void {
    writeImage(directory, "memfd.img", "MEMFD_INODE", this.#inodes);
  }
}

function vmaOf(told: Told, files: Files): VmaEntry {
  const { start, end, permissions, offset, inode, name, flags } = told;
  const status = statusOf(told);
  const isFile = (status & (STATUS.FILE_PRIVATE | STATUS.FILE_SHARED)) !== 0;
  const isShared = permissions.endsWith("s");
  const prot = [...permissions].reduce(
    (bits, letter) => bits | ({ r: 1, w: 2, x: 4 }[letter] ?? 0),
    0,
  );
  return madeVma({
    start,
    end,
    pgoff: offset,
    shmid: BigInt(isFile ? files.idOf(told) : name.startsWith("/") ? inode : 0),
    prot,
    flags: isShared ? MAP_SHARED : MAP_PRIVATE,
    status,
    ...flags.includes("dd") ? { madv: MADV_DONTDUMP } : {},
  });
}

/** The pages of an area that are not what they are in its file, or zeros, by address. */
function* changedPages(core: ReadCore, told: Told): Generator<[bigint, Uint8Array]> {
  const isFile = told.name.startsWith("/") && told.permissions.endsWith("p");
  const file = isFile ? Deno.readFileSync(told.name) : new Uint8Array();
  for (let address = told.start; address < told.end; address += BigInt(PAGE)) {
    const page = memoryAt(core, address, PAGE);
    if (page === undefined) continue;
    const from = Number(told.offset + address - told.start);
    const isSame = page.every((byte, i) => byte === (file[from + i] ?? 0));
    if (!isSame) yield [address, page];
  }
}

function rangesOf(pages: Iterable<[bigint, Uint8Array]>): MadeRange[] {
  return [...pages].map(([vaddr, bytes]) => ({ vaddr, bytes }));
}

/** Writes a dump of the process; gives its number. */
export function dumpFromCore(
  directory: string,
  core: ReadCore,
  { smaps, commandLine, layout }: { smaps: string; commandLine: string; layout: XsaveLayout },
): number {
  const told = areasIn(smaps);
  const files = new Files();
  const vmas = told.map((area) => vmaOf(area, files));
  const isShared = (index: number) =>
    (vmas[index]!.status & (STATUS.ANON_SHARED | STATUS.MEMFD)) !== 0;
  const cores = coresOf(core.notes, layout);
  const pid = cores[0]![0];
  const auxv = noteOf(core.notes, 6).view;
  const status = noteOf(core.notes, NT_PRSTATUS).view;
  const [from, to] = find(core, told, commandLine);
  writeDump(directory, [{
    pid,
    ppid: status.getInt32(36, true),
    pgid: status.getInt32(40, true),
    sid: status.getInt32(44, true),
    cores,
    mm: {
      mm_saved_auxv: Array.from(
        { length: auxv.byteLength / 8 },
        (_, i) => auxv.getBigUint64(8 * i, true),
      ),
      mm_arg_start: from,
      mm_arg_end: to,
    },
    vmas,
    ranges: rangesOf(told.flatMap((area, i) => isShared(i) ? [] : [...changedPages(core, area)])),
  }], { files: files.entries });
  files.write(directory);
  for (const [index, area] of told.entries()) {
    if (!isShared(index)) continue;
    const pages = [...changedPages(core, area)].map((
      [address, page],
    ): [bigint, Uint8Array] => [address - area.start + area.offset, page]);
    writePages(directory, `pagemap-shmem-${area.inode}.img`, 1000 + index, rangesOf(pages), PAGE);
  }
  return pid;
}

/** Where in memory a command line stands. */
function find(core: ReadCore, told: readonly Told[], line: string): [from: bigint, to: bigint] {
  const { start, end } = told.find(({ name }) => name === "[stack]")!;
  const stack = memoryAt(core, start, Number(end - start))!;
  const text = Array.from(stack, (byte) => String.fromCharCode(byte)).join("");
  const at = start + BigInt(text.indexOf(line));
  return [at, at + BigInt(line.length)];
}

const NT_PRSTATUS = 1;
const NT_FPREGSET = 2;
const NT_X86_SHSTK = 0x204;

function noteOf(notes: readonly ReadNote[], type: number): ReadNote {
  return notes.find((note) => note.type === type)!;
}

/** A note of the thread whose notes begin those given, if it has one. */
function threadNote(notes: readonly ReadNote[], type: number): ReadNote | undefined {
  const next = notes.findIndex((note) => note.type === NT_PRSTATUS);
  return (next < 0 ? notes : notes.slice(0, next)).find((note) => note.type === type);
}

// deno-fmt-ignore
const REGISTERS = [
  "r15", "r14", "r13", "r12", "bp", "bx", "r11", "r10", "r9", "r8", "ax", "cx", "dx", "si", "di",
  "orig_ax", "ip", "cs", "flags", "sp", "ss", "fs_base", "gs_base", "ds", "es", "fs", "gs",
];

/** The threads' core entries, by thread number. */
function coresOf(notes: readonly ReadNote[], layout: XsaveLayout): Array<[number, CoreEntry]> {
  const info = noteOf(notes, 3).view;
  const cores: Array<[number, CoreEntry]> = [];
  for (const [index, { type, view: status }] of notes.entries()) {
    if (type !== NT_PRSTATUS) continue;
    const own = notes.slice(index + 1);
    const registers = REGISTERS.map((name, i) => [name, status.getBigUint64(112 + 8 * i, true)]);
    const tid = status.getInt32(32, true);
    const pending = status.getBigUint64(16, true);
    const core = {
      mtype: "X86_64",
      thread_info: {
        clear_tid_addr: 0n,
        gpregs: Object.fromEntries(registers),
        fpregs: fpregsOf(own, layout),
      },
      thread_core: {
        futex_rla: 0n,
        futex_rla_len: 0,
        sched_nice: info.getInt8(3),
        blk_sigset: status.getBigUint64(24, true),
        signals_p: { signals: signalsOf(pending) },
        creds: credsOf(info.getUint32(16, true), info.getUint32(20, true)),
        comm: "stopped",
      },
      ...cores.length > 0 ? {} : {
        tc: {
          task_state: 1,
          exit_code: 0,
          personality: 0,
          flags: Number(info.getBigUint64(8, true)),
          blk_sigset: 0n,
          comm: "stopped",
        },
      },
    };
    cores.push([tid, core as unknown as CoreEntry]);
  }
  return cores;
}

function signalsOf(set: bigint): SiginfoEntry[] {
  const signals: SiginfoEntry[] = [];
  for (let signal = 1; signal <= 64; signal++) {
    if ((set >> BigInt(signal - 1) & 1n) === 0n) continue;
    const siginfo = new Uint8Array(128);
    new DataView(siginfo.buffer).setUint32(0, signal, true);
    signals.push({ siginfo });
  }
  return signals;
}

function credsOf(uid: number, gid: number) {
  const others = { euid: uid, egid: gid, suid: uid, sgid: gid, fsuid: uid, fsgid: gid };
  return { uid, gid, ...others, cap_inh: [], cap_prm: [], cap_eff: [], cap_bnd: [], secbits: 0 };
}

/** What a dump has of the XSAVE area of a thread whose notes begin those given. */
function xsaveOf(notes: readonly ReadNote[], layout: XsaveLayout) {
  const area = threadNote(notes, XSTATE)?.view;
  if (area === undefined) return {};
  const xcr0 = area.getBigUint64(XCR0_OFFSET, true);
  const xsave: Record<string, unknown> = { xstate_bv: area.getBigUint64(XSTATE_BV_OFFSET, true) };
  for (const [bit, [name, width]] of HELD) {
    const place = layout.get(bit);
    if (place === undefined || (xcr0 >> BigInt(bit) & 1n) === 0n) continue;
    const [offset, size] = place;
    xsave[name] = Array.from(
      { length: size / width },
      (_, i) =>
        width === 8
          ? area.getBigUint64(offset + 8 * i, true)
          : area.getUint32(offset + 4 * i, true),
    );
  }
  const shadowStack = threadNote(notes, NT_X86_SHSTK)?.view;
  if (shadowStack !== undefined) {
    xsave["cet"] = { cet: 1n, ssp: shadowStack.getBigUint64(0, true) };
  }
  return { xsave };
}

function fpregsOf(notes: readonly ReadNote[], layout: XsaveLayout) {
  const legacy = noteOf(notes, NT_FPREGSET).view;
  const words = (view: DataView, from: number, count: number) =>
    Array.from({ length: count }, (_, i) => view.getUint32(from + 4 * i, true));
  const [cwd, swd, twd, fop] = [0, 2, 4, 6].map((at) => legacy.getUint16(at, true));
  return {
    ...{ cwd, swd, twd, fop },
    rip: legacy.getBigUint64(8, true),
    rdp: legacy.getBigUint64(16, true),
    mxcsr: legacy.getUint32(24, true),
    mxcsr_mask: legacy.getUint32(28, true),
    st_space: words(legacy, 32, 32),
    xmm_space: words(legacy, 160, 64),
    ...xsaveOf(notes, layout),
  };
}
