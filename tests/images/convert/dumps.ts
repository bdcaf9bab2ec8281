/** Dumps in memory, their conversion, and what the dump model says of them. @module */

import { joinBytes } from "../../../images/bytes/bytes.ts";
import { convertDump } from "../../../images/convert/convert.ts";
import type { ConversionOutput } from "../../../images/convert/output.ts";
import { ConversionReport } from "../../../images/convert/report.ts";
import { Dump } from "../../../images/dump/dump.ts";
import type { ImageFile, ImageSource } from "../../../images/dump/source.ts";
import { parseTarget } from "../../../images/releases/releases.ts";
import "../../../plugins/mod.ts";
import { ROOT } from "../../programs.ts";

/** Images by name. */
export type Files = Map<string, Uint8Array>;

/** Directories with dumps under one, at any depth; an incremental one's parents included. */
export function dumpsUnder(path: string): string[] {
  const entries = [...Deno.readDirSync(path)].sort((a, b) => (a.name < b.name ? -1 : 1));
  if (entries.some(({ name }) => name.endsWith(".img"))) return [path];
  return entries.filter(({ isDirectory }) => isDirectory)
    .flatMap(({ name }) => dumpsUnder(`${path}/${name}`));
}

/** The files of a directory. */
export function filesIn(path: string): Files {
  const names = [...Deno.readDirSync(path)].filter(({ isFile }) => isFile).map(({ name }) => name);
  return new Map(names.sort().map((name) => [name, Deno.readFileSync(`${path}/${name}`)]));
}

/** The files of a dump in `fixtures/dumps`. */
export function fixture(name: string): Files {
  return filesIn(`${ROOT}fixtures/dumps/${name}`);
}

class MemorySource implements ImageSource {
  readonly path = "memory";
  readonly identity = "memory";
  readonly files: ReadonlyMap<string, number>;
  readonly parentLink = undefined;

  constructor(readonly contents: Files) {
    this.files = new Map([...contents].map(([name, bytes]) => [name, bytes.length]));
  }

  open(name: string): ImageFile {
    const bytes = this.contents.get(name)!;
    return {
      name,
      size: bytes.length,
      read(offset, into) {
        const part = bytes.subarray(offset, offset + into.length);
        into.set(part);
        return part.length;
      },
      [Symbol.dispose]: () => {},
    };
  }

  openParent(): ImageSource {
    throw new Error("there is no parent");
  }

  [Symbol.dispose](): void {}
}

/** A dump of files in memory. */
export function dumpOf(files: Files): Dump {
  return new Dump(new MemorySource(files));
}

/** A converted dump. */
export interface Converted {
  files: Files;
  report: ConversionReport;
}

/** Converts files; those of a refused conversion as well. */
export function converted(files: Files, to: string | undefined, drops: string[] = []): Converted {
  using dump = dumpOf(files);
  const result: Files = new Map();
  const products: ConversionOutput = {
    keep: (name) => void result.set(name, files.get(name)!),
    create(name) {
      const pieces: Uint8Array[] = [];
      return {
        write: (bytes) => void pieces.push(bytes.slice()),
        skip: (length) => void pieces.push(new Uint8Array(length)),
        end: () => void result.set(name, joinBytes([new Uint8Array(), ...pieces])),
      };
    },
  };
  const report = new ConversionReport(new Set(drops));
  for (const _turn of convertDump(dump, parseTarget(to), products, report));
  return { files: new Map([...result].sort(([a], [b]) => (a < b ? -1 : 1))), report };
}

/** Names that accept all losses of a conversion. */
export function allDrops(files: Files, to: string): string[] {
  return [...new Set(converted(files, to).report.losses.map(({ name }) => name))];
}

/** What the dump model says: the same for all forms of the same dump. */
export function modelOf(files: Files): Record<string, unknown> {
  using dump = dumpOf(files);
  const tasks = dump.tasks.map((task) => ({
    pid: task.pid,
    state: task.state,
    comm: task.comm,
    rlimits: task.rlimits,
    timers: task.timers && { ...task.timers, posix: task.timers.posix ?? [] },
    sigactions: task.sigactions,
    signals: task.pendingSignals,
    cgroupSet: task.cgroupSet,
    vmas: task.isDead ? [] : task.vmas,
    fs: task.fs,
    fdinfo: task.fdinfo,
    exe: task.isDead ? undefined : task.exe,
    pages: task.isDead ? undefined : pagesOf(dump, task.pageMapName),
    threads: task.threads.map((thread) => ({
      tid: thread.tid,
      comm: thread.comm,
      creds: thread.creds,
      signals: thread.pendingSignals,
      registers: thread.core?.thread_info,
    })),
  }));
  const opened = dump.files.all.map(({ entry }) => entry)
    .sort((a, b) => `${a.type} ${a.id}` < `${b.type} ${b.id}` ? -1 : 1);
  const faults = dump.allFaults.map(({ message }) => message);
  return { tasks, files: opened, faults };
}

function pagesOf(dump: Dump, name: string): unknown {
  const { addresses, lengths, flags, pagesId } = dump.pageMap(name);
  // That pages might be fetched later (PE_LAZY) is lost without harm.
  return { addresses, lengths, flags: flags.map((flag) => flag & ~2), pagesId };
}
