/** Demands on files: those that are opened by their paths. @module */

import type { RegFileEntry } from "../../../proto/types.ts";
import { hexBytes } from "../../bytes/printable.ts";
import { bytesOfWords, isSameBuild } from "../../dump/build_id.ts";
import { OPEN_FLAGS } from "../../kernel/files.ts";
import type { Demand, Outcome, Setting } from "../demand.ts";
import type { FileFacts, Machine } from "../machine.ts";
import type { FileUse, Place, RestoreSubject } from "../subject.ts";

/** S_IFMT and the types in it. */
const FORMAT = 0o170000;
const TYPES: Readonly<Record<number, string>> = {
  0o010000: "fifo",
  0o020000: "character device",
  0o040000: "directory",
  0o060000: "block device",
  0o100000: "regular file",
  0o120000: "symbolic link",
  0o140000: "socket",
};
const FIFO = 0o010000;
const SOCKET = 0o140000;
const DIRECTORY = 0o040000;

/** `regular file 644` */
function modeText(mode: number): string {
  return `${TYPES[mode & FORMAT] ?? "file"} ${(mode & ~FORMAT).toString(8)}`;
}

const flag = (name: string) => OPEN_FLAGS.rows.find(([, own]) => own === name)![0];
const [O_CREAT, O_EXCL, O_TRUNC] = [flag("O_CREAT"), flag("O_EXCL"), flag("O_TRUNC")];

/** A file that CRIU opens by its path. */
interface PathFile extends Place {
  readonly reg: RegFileEntry;
  readonly use: FileUse;
}

/** Where the files of a dump are looked for, or why they cannot be. */
function whyNot(subject: RestoreSubject, reg: RegFileEntry, setting: Setting): string | undefined {
  if (subject.mounts.length === 0) return undefined;
  const mount = subject.mountOf(reg.mnt_id);
  if (mount === undefined) return undefined;
  if (mount.mountpoint !== "/") {
    return `it is on the mount ${mount.mountpoint}, which restore makes`;
  }
  return setting.hasRoot ? undefined : "its root is not known: give --root DIR";
}

/** Ids of the files that were deleted: their paths need not be there. */
function remapped({ context }: RestoreSubject): Map<number, { linked?: number }> {
  const found = new Map<number, { linked?: number }>();
  const image = "remap-fpath.img";
  for (
    const [, { orig_id, remap_id, remap_type }] of context.entries(image, "remap_file_path_entry")
  ) {
    found.set(orig_id, remap_type === "LINKED" ? { linked: remap_id } : {});
  }
  return found;
}

/** `/proc/12/…`: a file of a process. */
const OF_PROCESS = /^\/proc\/(\d+)(\/|$)/;

const PATH_FILES = new WeakMap<RestoreSubject, readonly PathFile[]>();

/** The files that CRIU opens by their paths. */
function pathFiles(subject: RestoreSubject): readonly PathFile[] {
  let files = PATH_FILES.get(subject);
  if (files === undefined) PATH_FILES.set(subject, files = [...findPathFiles(subject)]);
  return files;
}

function* findPathFiles(subject: RestoreSubject): Generator<PathFile> {
  const deleted = remapped(subject);
  const slaves = new Set(
    subject.files.filter(({ entry: { tty } }) => isPair(subject, tty?.tty_info_id))
      .map(({ entry: { tty } }) => tty!.regf_id),
  );
  const links = new Set([...deleted.values()].map(({ linked }) => linked));
  for (const { entry: { reg }, image, index } of subject.files) {
    if (reg === undefined || reg.ext || deleted.has(reg.id) || links.has(reg.id)) continue;
    const use = subject.uses.get(reg.id);
    if (use === undefined || slaves.has(reg.id)) continue;
    const process = OF_PROCESS.exec(reg.name)?.[1];
    if (process !== undefined && subject.dump.task(Number(process)) !== undefined) continue;
    yield { reg, use, image, entry: index };
  }
}

/** Whether a terminal is a pseudo-terminal, which CRIU opens in a way of its own. */
function isPair(subject: RestoreSubject, id: number | undefined): boolean {
  const type = subject.terminalOf(id)?.type;
  return type === "PTY" || type === "EXT_TTY";
}

/** Asks about each file for which `ask` has something to say. */
function* eachFile(
  subject: RestoreSubject,
  machine: Machine,
  setting: Setting,
  ask: (file: PathFile, facts: FileFacts) => Omit<Outcome, "what"> | undefined,
): Generator<Outcome> {
  for (const file of pathFiles(subject)) {
    if (whyNot(subject, file.reg, setting) !== undefined) continue;
    const facts = machine.stat(file.reg.name);
    if (typeof facts === "string") continue;
    const outcome = ask(file, facts);
    if (outcome !== undefined) yield { what: file.reg.name, ...outcome };
  }
}

const presence: Demand = {
  id: "file-present",
  summary: "files are at their paths",
  explanation: "CRIU opens each file by its path and stops where there is none.",
  *ask(subject, machine, setting) {
    const told = new Set<string>();
    for (const { reg, use, image, entry } of pathFiles(subject)) {
      // The same path may be open more than once, and is asked about in each mount.
      const key = `${reg.mnt_id} ${reg.flags & (O_CREAT | O_EXCL)} ${reg.name}`;
      if (told.has(key)) continue;
      told.add(key);
      const outcome = {
        what: reg.name,
        expected: `${use.role} of process ${use.pid}`,
        place: { image, entry },
      };
      const why = whyNot(subject, reg, setting);
      if (why !== undefined) {
        // What CRIU itself puts there is no question to the machine.
        if (!setting.hasRoot && why.startsWith("its root")) {
          yield { ...outcome, state: "unknown", found: why };
        }
        continue;
      }
      const facts = machine.stat(reg.name);
      if (facts === "unreadable") {
        yield { ...outcome, state: "unknown", found: "it cannot be looked at" };
      } else if (facts !== "absent") {
        if ((reg.flags & O_EXCL) !== 0 && (reg.flags & O_CREAT) !== 0) {
          yield { ...outcome, state: "fails", found: "it is there, and is opened with O_EXCL" };
        } else yield { ...outcome, state: "ok", found: "it is there" };
      } else if ((reg.flags & O_CREAT) !== 0 && reg.size === undefined) {
        yield { ...outcome, state: "ok", found: "it is absent, and is made anew" };
      } else {
        const fix = "bring the file back, or change the path with `crit edit`";
        yield { ...outcome, state: "fails", found: "it is absent", fix };
      }
    }
  },
};

const size: Demand = {
  id: "file-size",
  summary: "files have the size that they had",
  explanation: "CRIU stops at a file of another size: bad size.",
  ask: (subject, machine, setting) =>
    eachFile(subject, machine, setting, ({ reg, image, entry }, facts) => {
      if (reg.size === undefined) return undefined;
      const place = { image, entry, field: "reg.size" };
      const [expected, found] = [`${reg.size} bytes`, `${facts.size} bytes`];
      if ((reg.flags & O_TRUNC) !== 0 && reg.size !== 0n) {
        return { state: "fails", expected, found: "it is emptied when it is opened", place };
      }
      if (facts.size === reg.size) return { state: "ok", expected, found, place };
      const fix =
        `bring the file back, or \`crit edit DUMP -o NEW --delete '${image}:[${entry}].reg.size'\``;
      return { state: "fails", expected, found, place, fix };
    }),
};

const buildId: Demand = {
  id: "file-build-id",
  summary: "programs and libraries are the builds that they were",
  explanation: "CRIU stops at another build of a program or library: bad build-ID.",
  ask: (subject, machine, setting) =>
    eachFile(subject, machine, setting, ({ reg, image, entry }, facts) => {
      const { build_id = [], size } = reg;
      if (build_id.length === 0 || size === undefined || facts.size !== size) return undefined;
      const place = { image, entry, field: "reg.build_id" };
      const dumped = bytesOfWords(build_id, subject.dump.byteOrder);
      const expected = hexBytes(dumped);
      const id = machine.buildId(reg.name);
      // A file without one is not compared.
      if (id === undefined) {
        return { state: "ok", expected, found: "it has none, and is not compared", place };
      }
      const found = id.length === dumped.length && isSameBuild(id, dumped)
        ? expected
        : hexBytes(id);
      if (isSameBuild(id, dumped)) return { state: "ok", expected, found, place };
      const fix = "bring the file back, or restore with `--file-validation filesize`";
      return { state: "fails", expected, found, place, fix };
    }),
};

const mode: Demand = {
  id: "file-mode",
  summary: "files are of the type that they were, with the same permissions",
  explanation: "CRIU stops at a file of another type or with other permissions: bad mode.",
  ask: (subject, machine, setting) =>
    eachFile(subject, machine, setting, ({ reg, use, image, entry }, facts) => {
      const place = { image, entry, field: "reg.mode" };
      if (reg.mode === undefined) {
        const isDirectory = use.role.endsWith("directory");
        if (!isDirectory || (facts.mode & FORMAT) === DIRECTORY) return undefined;
        return { state: "fails", expected: "directory", found: modeText(facts.mode), place };
      }
      const [expected, found] = [modeText(reg.mode), modeText(facts.mode)];
      if (reg.mode === facts.mode) return { state: "ok", expected, found, place };
      const isSameType = (reg.mode & ~0o777) === (facts.mode & ~0o777);
      const fix = isSameType
        ? "set the permissions again, or restore with `--skip-file-rwx-check`"
        : "bring the file back";
      return { state: "fails", expected, found, place, fix };
    }),
};

const executable: Demand = {
  id: "program-executable",
  summary: "programs may be executed",
  explanation: "CRIU cannot make a file without permission to execute a process's program.",
  ask: (subject, machine, setting) =>
    eachFile(subject, machine, setting, ({ use, image, entry }, facts) => {
      if (use.role !== "program") return undefined;
      const state = (facts.mode & 0o111) === 0 ? "fails" : "ok";
      const [expected, found] = ["permission to execute", modeText(facts.mode)];
      return { state, expected, found, place: { image, entry } };
    }),
};

const fifo: Demand = {
  id: "fifo",
  summary: "fifos are fifos",
  explanation: "CRIU opens a fifo by its path and stops where something else is there.",
  ask: (subject, machine, setting) =>
    eachFile(subject, machine, setting, ({ use, image, entry }, facts) => {
      if (use.role !== "fifo") return undefined;
      const state = (facts.mode & FORMAT) === FIFO ? "ok" : "fails";
      return { state, expected: "fifo", found: modeText(facts.mode), place: { image, entry } };
    }),
};

/** The directory of a path and the name in it. */
function parted(path: string): [directory: string, name: string] {
  const slash = path.lastIndexOf("/");
  return [path.slice(0, slash) || "/", path.slice(slash + 1)];
}

/** The paths of files that were deleted, with their remaps. */
function* deletedPaths(subject: RestoreSubject, setting: Setting) {
  const image = "remap-fpath.img";
  for (
    const [entry, { orig_id, remap_id, remap_type }] of subject.context.entries(
      image,
      "remap_file_path_entry",
    )
  ) {
    const reg = subject.dump.files.get("REG", orig_id)?.reg;
    if (reg === undefined || whyNot(subject, reg, setting) !== undefined) continue;
    yield { reg, remap_id, remap_type, place: { image, entry } };
  }
}

const ghost: Demand = {
  id: "ghost-place",
  summary: "files that were deleted can be made beside their old paths",
  explanation:
    "CRIU makes PATH.cr.ID.ghost and stops if that is there, as after a restore that was killed.",
  *ask(subject, machine, setting) {
    for (const { reg, remap_id, remap_type, place } of deletedPaths(subject, setting)) {
      if (remap_type !== "GHOST") continue;
      const path = `${reg.name}.cr.${remap_id.toString(16)}.ghost`;
      const expected = "a free name";
      const facts = machine.stat(path);
      if (facts === "absent") {
        yield { state: "ok", what: path, expected, found: "it is free", place };
      } else if (facts === "unreadable") {
        yield { state: "unknown", what: path, expected, found: "it cannot be looked at", place };
      } else {
        const fix = "remove it: an earlier restore left it behind";
        yield { state: "fails", what: path, expected, found: modeText(facts.mode), place, fix };
      }
    }
  },
};

const linkedRemap: Demand = {
  id: "linked-remap",
  summary: "the second names of files that were deleted are there",
  explanation: "CRIU links the file back from its second name, which a restore then removes.",
  *ask(subject, machine, setting) {
    for (const { remap_id, remap_type, place } of deletedPaths(subject, setting)) {
      const reg = subject.dump.files.get("REG", remap_id)?.reg;
      if (remap_type !== "LINKED" || reg === undefined) continue;
      const facts = machine.stat(reg.name);
      const outcome = { what: reg.name, expected: "the deleted file under its second name", place };
      if (facts === "unreadable") {
        yield { ...outcome, state: "unknown", found: "it cannot be looked at" };
      } else if (facts === "absent") {
        const fix = "bring the file back; a successful restore has removed it";
        yield { ...outcome, state: "fails", found: "it is absent", fix };
      } else yield { ...outcome, state: "ok", found: "it is there" };
    }
  },
};

const watched: Demand = {
  id: "watched-path",
  summary: "what inotify and fanotify watch is at its path",
  explanation: "CRIU sets each watch again on what is at its path.",
  *ask(subject, machine, setting) {
    for (const { entry: { ify, ffy }, image, index } of subject.files) {
      const marks = (ffy?.mark ?? []).flatMap(({ ie }) => ie === undefined ? [] : [ie]);
      const handles = [...ify?.wd ?? [], ...marks].map(({ f_handle }) => f_handle);
      for (const { path } of handles) {
        const outcome = {
          what: path ?? "a watch",
          expected: "what is watched",
          place: { image, entry: index },
        };
        if (path === undefined) {
          const found = "the dump has no path of it, only a handle of its file system";
          yield { ...outcome, state: "unknown", found };
        } else if (subject.mounts.length > 0 && !setting.hasRoot) {
          yield { ...outcome, state: "unknown", found: "its root is not known: give --root DIR" };
        } else if (machine.stat(path) === "absent") {
          const fix = "make the path, or remove the watch with `crit edit`";
          yield { ...outcome, state: "fails", found: "it is absent", fix };
        } else yield { ...outcome, state: "ok", found: "it is there" };
      }
    }
  },
};

const decoder = new TextDecoder();

const unixPath: Demand = {
  id: "unix-path",
  summary: "the paths of unix sockets are free, or of sockets",
  explanation:
    "CRIU replaces a socket at the path and stops at anything else, and where the directory is missing.",
  *ask(subject, machine, setting) {
    for (const { entry: { usk }, image, index } of subject.files) {
      if (usk === undefined || usk.name.length === 0 || usk.name[0] === 0) continue;
      // One that is outside is not made.
      if ((usk.uflags & 1) !== 0) continue;
      const name = decoder.decode(usk.name).replace(/\0.*$/s, "");
      const path = name.startsWith("/") || usk.name_dir === undefined
        ? name
        : `${usk.name_dir}/${name}`;
      const place = { image, entry: index, field: "usk.name" };
      const outcome = { what: path, expected: "a place for a socket", place };
      if (!path.startsWith("/")) continue;
      if (subject.mounts.length > 0) {
        if (!setting.hasRoot) {
          yield { ...outcome, state: "unknown", found: "its root is not known: give --root DIR" };
        }
        continue;
      }
      const facts = machine.stat(path);
      if (facts === "absent") {
        const [directory] = parted(path);
        const isThere = machine.stat(directory) !== "absent";
        if (isThere) yield { ...outcome, state: "ok", found: "it is free" };
        else {
          const fix = "make the directory";
          yield { ...outcome, state: "fails", found: `${directory} is absent`, fix };
        }
      } else if (facts === "unreadable") {
        yield { ...outcome, state: "unknown", found: "it cannot be looked at" };
      } else if ((facts.mode & FORMAT) === SOCKET) {
        yield { ...outcome, state: "ok", found: "a socket, which is replaced" };
      } else {
        yield { ...outcome, state: "fails", found: modeText(facts.mode), fix: "remove it" };
      }
    }
  },
};

/** The demands. */
export default [
  presence,
  mode,
  size,
  buildId,
  executable,
  fifo,
  ghost,
  linkedRemap,
  watched,
  unixPath,
] satisfies Demand[];
