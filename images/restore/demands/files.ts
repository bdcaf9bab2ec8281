/** Demands on files: those that are opened by their paths. @module */

import type { RegFileEntry } from "../../../proto/types.ts";
import { hexBytes } from "../../bytes/printable.ts";
import { bytesOfWords, isSameBuild } from "../../dump/build_id.ts";
import type { DumpPlace } from "../../dump/dump_place.ts";
import { OPEN_FLAGS } from "../../kernel/files.ts";
import type { Demand, Outcome, Setting } from "../demand.ts";
import type { FileFacts, Machine } from "../machine.ts";
import type { FileUse, RestoreSubject } from "../subject.ts";

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

/** Texts of modes: there are few, and many files. */
const MODE_TEXTS = new Map<number, string>();

/** `regular file 644` */
function modeText(mode: number): string {
  let text = MODE_TEXTS.get(mode);
  if (text === undefined) {
    text = `${TYPES[mode & FORMAT] ?? "file"} ${(mode & ~FORMAT).toString(8)}`;
    MODE_TEXTS.set(mode, text);
  }
  return text;
}

const flag = (name: string) => OPEN_FLAGS.rows.find(([, own]) => own === name)![0];
const [O_CREAT, O_EXCL, O_TRUNC] = [flag("O_CREAT"), flag("O_EXCL"), flag("O_TRUNC")];

/** A file that CRIU opens by its path. */
interface PathFile extends DumpPlace {
  readonly reg: RegFileEntry;
  readonly use: FileUse;
}

/** Why paths of a mount namespace cannot be checked without `--root`. */
const UNKNOWN_ROOT = "its root is unknown: use --root DIR";

/** Why the path of a file cannot be checked; undefined if it can. */
function whyNot(subject: RestoreSubject, reg: RegFileEntry, setting: Setting): string | undefined {
  if (subject.mounts.length === 0) return undefined;
  const mount = subject.mountOf(reg.mnt_id);
  if (mount === undefined) return undefined;
  if (mount.mountpoint !== "/") {
    return `it is on the mount ${mount.mountpoint}, which the restore creates`;
  }
  return setting.hasRoot ? undefined : UNKNOWN_ROOT;
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

/** A file that is at its path, and what the machine has there. */
interface FoundFile {
  readonly file: PathFile;
  readonly facts: FileFacts;
}

/** What was found last for each machine. */
const FOUND = new WeakMap<
  Machine,
  { readonly files: readonly PathFile[]; setting: Setting; found: readonly FoundFile[] }
>();

/** The files that are at their paths; every demand on files asks about them. */
function foundFiles(
  subject: RestoreSubject,
  machine: Machine,
  setting: Setting,
): readonly FoundFile[] {
  const files = pathFiles(subject);
  const last = FOUND.get(machine);
  if (last !== undefined && last.files === files && last.setting === setting) return last.found;
  const found: FoundFile[] = [];
  for (const file of files) {
    if (whyNot(subject, file.reg, setting) !== undefined) continue;
    const facts = machine.stat(file.reg.name);
    if (typeof facts !== "string") found.push({ file, facts });
  }
  FOUND.set(machine, { files, setting, found });
  return found;
}

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
  for (const { file, facts } of foundFiles(subject, machine, setting)) {
    const outcome = ask(file, facts);
    if (outcome !== undefined) yield { what: file.reg.name, ...outcome };
  }
}

const presence: Demand = {
  id: "file-present",
  summary: "files exist at their paths",
  explanation: "CRIU opens each file by its path and stops if the file is absent.",
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
        // The machine does not have what CRIU itself creates.
        if (!setting.hasRoot && why === UNKNOWN_ROOT) {
          yield { ...outcome, state: "unknown", found: why };
        }
        continue;
      }
      const facts = machine.stat(reg.name);
      if (facts === "unreadable") {
        yield { ...outcome, state: "unknown", found: "cannot be examined" };
      } else if (facts !== "absent") {
        if ((reg.flags & O_EXCL) !== 0 && (reg.flags & O_CREAT) !== 0) {
          yield { ...outcome, state: "fails", found: "present, but opened with O_EXCL" };
        } else yield { ...outcome, state: "ok", found: "present" };
      } else if ((reg.flags & O_CREAT) !== 0 && reg.size === undefined) {
        yield { ...outcome, state: "ok", found: "absent; opening it creates it" };
      } else {
        const fix = "put the file back, or change the path with `crit edit`";
        yield { ...outcome, state: "fails", found: "absent", fix };
      }
    }
  },
};

const size: Demand = {
  id: "file-size",
  summary: "files have the same size as when the dump was made",
  explanation: "CRIU stops if the size of a file has changed: bad size.",
  ask: (subject, machine, setting) =>
    eachFile(subject, machine, setting, ({ reg, image, entry }, facts) => {
      if (reg.size === undefined) return undefined;
      const place = { image, entry, field: "reg.size" };
      const [expected, found] = [`${reg.size} bytes`, `${facts.size} bytes`];
      if ((reg.flags & O_TRUNC) !== 0 && reg.size !== 0n) {
        return { state: "fails", expected, found: "opening it truncates it", place };
      }
      if (facts.size === reg.size) return { state: "ok", expected, found, place };
      const fix =
        `put the file back, or \`crit edit DUMP -o NEW --delete '${image}:[${entry}].reg.size'\``;
      return { state: "fails", expected, found, place, fix };
    }),
};

const buildId: Demand = {
  id: "file-build-id",
  summary: "programs and libraries are the same builds as when the dump was made",
  explanation: "CRIU stops if a program or library is another build: bad build-ID.",
  ask(subject, machine, setting) {
    const { byteOrder } = subject.dump;
    const idOf = (words: readonly number[]) => {
      const dumped = bytesOfWords(words, byteOrder);
      return { words, dumped, expected: hexBytes(dumped) };
    };
    // Many processes have the same programs and libraries.
    const last = new Map<string, ReturnType<typeof idOf>>();
    return eachFile(subject, machine, setting, ({ reg, image, entry }, facts) => {
      const { build_id = [], size } = reg;
      if (build_id.length === 0 || size === undefined || facts.size !== size) return undefined;
      const place = { image, entry, field: "reg.build_id" };
      const known = last.get(reg.name);
      const isKnown = known?.words.length === build_id.length &&
        build_id.every((word, i) => word === known.words[i]);
      const { dumped, expected } = isKnown ? known : idOf(build_id);
      if (!isKnown) last.set(reg.name, { words: build_id, dumped, expected });
      const id = machine.buildId(reg.name);
      // A file without one is not compared.
      if (id === undefined) {
        return { state: "ok", expected, found: "no build id; CRIU does not compare it", place };
      }
      const found = id.length === dumped.length && isSameBuild(id, dumped)
        ? expected
        : hexBytes(id);
      if (isSameBuild(id, dumped)) return { state: "ok", expected, found, place };
      const fix = "put the file back, or run CRIU with `--file-validation filesize`";
      return { state: "fails", expected, found, place, fix };
    });
  },
};

const mode: Demand = {
  id: "file-mode",
  summary: "files have the same type and permissions as when the dump was made",
  explanation: "CRIU stops if the type or permissions of a file have changed: bad mode.",
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
        ? "change the permissions back, or run CRIU with `--skip-file-rwx-check`"
        : "put the file back";
      return { state: "fails", expected, found, place, fix };
    }),
};

const executable: Demand = {
  id: "program-executable",
  summary: "programs are executable",
  explanation: "CRIU cannot set the program of a process to a file without execute permission.",
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
  summary: "the paths of FIFOs lead to FIFOs",
  explanation: "CRIU opens a FIFO by its path and stops if the file is not a FIFO.",
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
  summary: "the temporary files for deleted files can be created",
  explanation:
    "CRIU creates PATH.cr.ID.ghost and stops if the file exists, for example after an interrupted restore.",
  *ask(subject, machine, setting) {
    for (const { reg, remap_id, remap_type, place } of deletedPaths(subject, setting)) {
      if (remap_type !== "GHOST") continue;
      const path = `${reg.name}.cr.${remap_id.toString(16)}.ghost`;
      const expected = "a free name";
      const facts = machine.stat(path);
      if (facts === "absent") {
        yield { state: "ok", what: path, expected, found: "free", place };
      } else if (facts === "unreadable") {
        yield { state: "unknown", what: path, expected, found: "cannot be examined", place };
      } else {
        const fix = "remove the file, which an earlier restore left behind";
        yield { state: "fails", what: path, expected, found: modeText(facts.mode), place, fix };
      }
    }
  },
};

const linkedRemap: Demand = {
  id: "linked-remap",
  summary: "the second names of deleted files exist",
  explanation: "CRIU links the deleted file from its second name, and then removes that name.",
  *ask(subject, machine, setting) {
    for (const { remap_id, remap_type, place } of deletedPaths(subject, setting)) {
      const reg = subject.dump.files.get("REG", remap_id)?.reg;
      if (remap_type !== "LINKED" || reg === undefined) continue;
      const facts = machine.stat(reg.name);
      const outcome = { what: reg.name, expected: "the deleted file under its second name", place };
      if (facts === "unreadable") {
        yield { ...outcome, state: "unknown", found: "cannot be examined" };
      } else if (facts === "absent") {
        const fix = "put the file back, which a successful restore has removed";
        yield { ...outcome, state: "fails", found: "absent", fix };
      } else yield { ...outcome, state: "ok", found: "present" };
    }
  },
};

const watched: Demand = {
  id: "watched-path",
  summary: "the paths that inotify and fanotify watch exist",
  explanation: "CRIU sets each watch again by its path.",
  *ask(subject, machine, setting) {
    for (const { entry: { ify, ffy }, image, index } of subject.files) {
      const marks = (ffy?.mark ?? []).flatMap(({ ie }) => ie === undefined ? [] : [ie]);
      const handles = [...ify?.wd ?? [], ...marks].map(({ f_handle }) => f_handle);
      for (const { path } of handles) {
        const outcome = {
          what: path ?? "a watch",
          expected: "a watched file or directory",
          place: { image, entry: index },
        };
        if (path === undefined) {
          const found = "the dump has no path for it, only a file handle";
          yield { ...outcome, state: "unknown", found };
        } else if (subject.mounts.length > 0 && !setting.hasRoot) {
          yield { ...outcome, state: "unknown", found: UNKNOWN_ROOT };
        } else if (machine.stat(path) === "absent") {
          const fix = "create the path, or remove the watch with `crit edit`";
          yield { ...outcome, state: "fails", found: "absent", fix };
        } else yield { ...outcome, state: "ok", found: "present" };
      }
    }
  },
};

const decoder = new TextDecoder();

const unixPath: Demand = {
  id: "unix-path",
  summary: "the paths of unix sockets are free or lead to sockets",
  explanation:
    "CRIU replaces a socket at the path. It stops if the path leads to another kind of file, or if its directory is missing.",
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
          yield { ...outcome, state: "unknown", found: UNKNOWN_ROOT };
        }
        continue;
      }
      const facts = machine.stat(path);
      if (facts === "absent") {
        const [directory] = parted(path);
        const isThere = machine.stat(directory) !== "absent";
        if (isThere) yield { ...outcome, state: "ok", found: "free" };
        else {
          const fix = "create the directory";
          yield { ...outcome, state: "fails", found: `the directory ${directory} is absent`, fix };
        }
      } else if (facts === "unreadable") {
        yield { ...outcome, state: "unknown", found: "cannot be examined" };
      } else if ((facts.mode & FORMAT) === SOCKET) {
        yield { ...outcome, state: "ok", found: "a socket, which CRIU replaces" };
      } else {
        yield { ...outcome, state: "fails", found: modeText(facts.mode), fix: "remove the file" };
      }
    }
  },
};

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
