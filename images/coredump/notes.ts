/**
 * The notes of a core file: properties of the process, and registers of its threads.
 *
 * `struct elf_prstatus`, `elf_prpsinfo` and the order of the notes are those of Linux's
 * `include/linux/elfcore.h`, `include/uapi/linux/elfcore.h` and `fs/binfmt_elf.c`.
 *
 * @module
 */

import type { CoreEntry, CredsEntry, SiginfoEntry } from "../../proto/types.ts";
import type { ByteOrder } from "../bytes/byte_order.ts";
import { encodeText } from "../bytes/utf8.ts";
import { CritError, dataError } from "../errors.ts";
import { type Architecture, NT_FPREGSET } from "./arch/architecture.ts";
import { roundUp, StructWriter } from "./elf/bytes.ts";
import type { Note } from "./elf/elf.ts";

const NT_PRSTATUS = 1;
const NT_PRPSINFO = 3;
const NT_AUXV = 6;
const NT_SIGINFO = 0x53494749;
const NT_FILE = 0x46494c45;

/** Properties of a process for its notes. */
export interface Process {
  readonly pid: number;
  readonly ppid: number;
  readonly pgid: number;
  readonly sid: number;
  /** The main thread, then the others. */
  readonly threads: readonly ThreadState[];
  /** The beginning of the command line, as in memory. */
  readonly arguments: Uint8Array;
  /** Pairs of a type and a value, as in `mm_entry`. */
  readonly auxiliaryVector: readonly bigint[];
  /** File-backed areas in ascending order. */
  readonly mappings: readonly Mapping[];
}

/** Properties of a thread for its notes. */
export interface ThreadState {
  readonly tid: number;
  readonly core: CoreEntry;
  readonly creds?: CredsEntry;
  /** Signals pending for this thread only. */
  readonly pendingSignals: readonly SiginfoEntry[];
}

/** A file-backed memory area. */
export interface Mapping {
  readonly start: bigint;
  readonly end: bigint;
  /** Offset of the area in the file, in bytes. */
  readonly offset: bigint;
  /** The file's path. */
  readonly name: string;
}

/**
 * All notes of a process: the main thread's status, the properties of the process, the main
 * thread's other registers, then the notes of each further thread.
 *
 * @param pageSize in bytes
 * @throws {CritError} `data` if a thread has no registers of this architecture
 */
export function notesOf(process: Process, architecture: Architecture, pageSize: number): Note[] {
  const [main, ...others] = process.threads;
  if (main === undefined) throw dataError(`task ${process.pid} has no threads`);
  const [status, ...rest] = threadNotes(process, main, architecture);
  return [
    status!,
    coreNote(NT_PRPSINFO, processInfo(process, main, architecture)),
    // No signal ended the process: the signal number is 0.
    coreNote(NT_SIGINFO, new Uint8Array(SIGINFO_SIZE)),
    coreNote(NT_AUXV, packAuxiliaryVector(process.auxiliaryVector, architecture)),
    coreNote(NT_FILE, mappedFiles(process.mappings, architecture, pageSize)),
    ...rest,
    ...others.flatMap((thread) => threadNotes(process, thread, architecture)),
  ];
}

const SIGINFO_SIZE = 128;

function coreNote(type: number, description: Uint8Array): Note {
  return { owner: "CORE", type, description };
}

/** A thread's NT_PRSTATUS, then the notes of its architecture. */
function threadNotes(process: Process, thread: ThreadState, architecture: Architecture): Note[] {
  try {
    const { order } = architecture;
    const notes: Note[] = [];
    for (const { owner, type, pack } of architecture.notes) {
      const description = pack(thread.core, order);
      if (description !== undefined) notes.push({ owner, type, description });
    }
    const hasFloatingPoint = notes.some((note) => note.type === NT_FPREGSET);
    const status = threadStatus(process, thread, architecture, hasFloatingPoint);
    return [coreNote(NT_PRSTATUS, status), ...notes];
  } catch (error) {
    throw error instanceof CritError ? error.at({ image: `core-${thread.tid}.img` }) : error;
  }
}

/** `struct elf_prstatus`. */
function threadStatus(
  process: Process,
  { tid, core, pendingSignals }: ThreadState,
  architecture: Architecture,
  hasFloatingPoint: boolean,
): Uint8Array {
  const { bits, order, registers } = architecture;
  const values = registers.pack(core, order);
  if (values === undefined) throw dataError(`it has no ${architecture.name} registers`);
  const word = bits / 8;
  const head = bits === 64 ? 112 : 72;
  const writer = new StructWriter(roundUp(head + registers.size + 4, word), order);
  // pr_info and pr_cursig stay 0: no signal ended the process.
  writer.pos = 16;
  const blocked = core.thread_core?.blk_sigset ?? core.tc?.blk_sigset ?? 0n;
  writer.all(word, [signalSet(pendingSignals, order), blocked]);
  writer.all(4, [tid, process.ppid, process.pgid, process.sid]);
  // The four times used so far stay 0: CRIU does not dump them.
  writer.pos = head;
  writer.raw(values);
  writer.unsigned(4, hasFloatingPoint ? 1 : 0);
  return writer.bytes;
}

/** Signals as a set: bit N - 1 for signal N. */
function signalSet(signals: readonly SiginfoEntry[], order: ByteOrder): bigint {
  let set = 0n;
  for (const { siginfo } of signals) {
    if (siginfo.length < 4) throw dataError("a pending signal has no number");
    const view = new DataView(siginfo.buffer, siginfo.byteOffset, siginfo.length);
    const signal = view.getUint32(0, order === "little");
    if (signal >= 1 && signal <= 64) set |= 1n << BigInt(signal - 1);
  }
  return set;
}

/** Bytes of `pr_fname` and `pr_psargs`. */
const NAME_SIZE = 16;
const ARGUMENTS_SIZE = 80;
/** CRIU's `task_state` as `pr_state` and its letter; `TASK_ALIVE` is the default. */
const STATES: Readonly<Record<number, readonly [state: number, letter: string]>> = {
  3: [3, "T"],
  6: [5, "Z"],
};

/** `struct elf_prpsinfo`. */
function processInfo(
  process: Process,
  { core, creds }: ThreadState,
  architecture: Architecture,
): Uint8Array {
  const { bits, order, userSize } = architecture;
  const word = bits / 8;
  const size = roundUp(4, word) + word + 2 * userSize + 16 + NAME_SIZE + ARGUMENTS_SIZE;
  const writer = new StructWriter(size, order);
  const [state, letter] = STATES[core.tc?.task_state ?? 1] ?? [0, "R"];
  const isZombie = letter === "Z" ? 1 : 0;
  const nice = core.thread_core?.sched_nice ?? 0;
  writer.all(1, [state, letter.charCodeAt(0), isZombie, nice & 0xff]);
  writer.pos = roundUp(4, word);
  writer.unsigned(word, core.tc?.flags ?? 0);
  writer.all(userSize, [creds?.uid ?? 0, creds?.gid ?? 0]);
  writer.all(4, [process.pid, process.ppid, process.pgid, process.sid]);
  const name = encodeText(core.tc?.comm ?? "").subarray(0, NAME_SIZE - 1);
  writer.bytes.set(name, writer.pos);
  writer.pos += NAME_SIZE;
  const args = process.arguments.subarray(0, ARGUMENTS_SIZE - 1);
  writer.raw(args.map((byte) => byte === 0 ? 0x20 : byte));
  return writer.bytes;
}

/** Largest number of bytes of the command line in the notes. */
export const ARGUMENTS_LENGTH = ARGUMENTS_SIZE - 1;

/** Packs pairs of a type and a value, each a word, up to and including the pair of type AT_NULL. */
function packAuxiliaryVector(saved: readonly bigint[], { bits, order }: Architecture): Uint8Array {
  const words = bits === 32 ? unpackPairs(saved) : saved;
  const pairs: bigint[] = [];
  for (let i = 0; i + 1 < words.length && words[i] !== 0n; i += 2) {
    pairs.push(words[i]!, words[i + 1]!);
  }
  const writer = new StructWriter((pairs.length + 2) * bits / 8, order);
  writer.all(bits / 8, pairs);
  return writer.bytes;
}

/**
 * A 64-bit kernel shows a 32-bit task's vector to CRIU as it is in memory, two words in one number;
 * a 32-bit kernel shows each word separately.
 */
function unpackPairs(saved: readonly bigint[]): readonly bigint[] {
  if (saved.every((value) => value >> 32n === 0n)) return saved;
  return saved.flatMap((pair) => [pair & 0xffffffffn, pair >> 32n]);
}

/** The note NT_FILE: a table of areas, with offsets in pages, then their names. */
function mappedFiles(
  mappings: readonly Mapping[],
  { bits, order }: Architecture,
  pageSize: number,
): Uint8Array {
  const word = bits / 8;
  const names = mappings.map(({ name }) => encodeText(name));
  const namesSize = names.reduce((sum, name) => sum + name.length + 1, 0);
  const writer = new StructWriter((2 + 3 * mappings.length) * word + namesSize, order);
  writer.all(word, [mappings.length, pageSize]);
  for (const { start, end, offset } of mappings) {
    writer.all(word, [start, end, offset / BigInt(pageSize)]);
  }
  for (const name of names) {
    writer.raw(name);
    writer.pos++;
  }
  return writer.bytes;
}
