/** Rules about what belongs to open files but stands apart from them. @module */

import type { CheckContext } from "../context.ts";
import {
  fieldOfFile,
  type FileReference,
  type Reference,
  unresolved,
  unresolvedFiles,
} from "../references.ts";
import type { Finding, Rule } from "../rule.ts";

const REMAKE = "fetch files.img again, or make the dump again";

/** Images with what was in pipes, and the kind of file that they are about. */
const PIPES = [
  { image: "pipes-data.img", kind: "pipe", type: "PIPE" },
  { image: "fifo-data.img", kind: "fifo", type: "FIFO" },
] as const;

const pipeData: Rule = {
  id: "pipe-data",
  severity: "error",
  summary: "the pipe of every piece of pipe data is in the dump",
  explanation: "CRIU drops the data of a pipe that is not in the dump.",
  fix: REMAKE,
  *check(context) {
    for (const { image, kind, type } of PIPES) {
      const ids = new Set(context.files.all.map(({ entry }) => entry[kind]?.pipe_id));
      const data = [...context.entries(image, "pipe_data_entry")];
      const lost = data.filter(([, { pipe_id: id }]) => !ids.has(id));
      const references = lost.map(([entry, { pipe_id: id }]): FileReference => {
        const target = `${kind} with pipe_id ${id}`;
        return { image, entry, field: "pipe_id", type, target };
      });
      yield* unresolvedFiles(context, references);
    }
  },
};

const pipeSize: Rule = {
  id: "pipe-size",
  severity: "error",
  summary: "the data of a pipe fits into the pipe",
  explanation:
    "CRIU sets the pipe's size and writes the data back; if there is too much, it waits forever.",
  fix: "set the pipe's size, usually 65536: `crit edit {image} -o NEW --set '[N].size=65536'`",
  *check(context) {
    for (const { image } of PIPES) {
      for (const [entry, { bytes, size = 0 }] of context.entries(image, "pipe_data_entry")) {
        if (size === 0 || bytes <= size) continue;
        const message = `${bytes} bytes do not fit into the pipe's ${size} bytes`;
        yield { image, entry, field: "bytes", message };
      }
    }
  },
};

function* regularFiles({ files }: CheckContext): Generator<FileReference> {
  const type = "REG";
  for (const { entry: { fifo, tty }, image, index: entry } of files.all) {
    const id = fifo?.regf_id ?? tty?.regf_id;
    if (id === undefined || files.get(type, id) !== undefined) continue;
    const field = fieldOfFile(image, fifo === undefined ? "tty" : "fifo", "regf_id");
    yield { image, entry, field, type, target: `REG file ${id}` };
  }
}

const pathFile: Rule = {
  id: "path-file",
  severity: "error",
  summary: "the path of every fifo and terminal is in the dump as a REG file",
  explanation: "CRIU opens a fifo or a terminal by the path of the REG file that it names.",
  fix: REMAKE,
  check: (context) => unresolvedFiles(context, regularFiles(context)),
};

function* terminals(context: CheckContext): Generator<Reference> {
  const known = new Set(
    [...context.entries("tty-info.img", "tty_info_entry")].map(([, { id }]) => id),
  );
  for (const { entry: { tty }, image, index } of context.files.all) {
    if (tty === undefined || known.has(tty.tty_info_id)) continue;
    const field = fieldOfFile(image, "tty", "tty_info_id");
    yield { image, entry: index, field, target: `terminal ${tty.tty_info_id}` };
  }
  const image = "tty-data.img";
  for (const [entry, { tty_id: id }] of context.entries(image, "tty_data_entry")) {
    if (!known.has(id)) yield { image, entry, field: "tty_id", target: `terminal ${id}` };
  }
}

const terminalInfo: Rule = {
  id: "tty-info",
  severity: "error",
  summary: "every terminal is in tty-info.img",
  explanation: "CRIU sets up a terminal from its entry there.",
  fix: "fetch tty-info.img from where the dump was made, or make the dump again",
  check: (context) => unresolved(context, ["tty-info.img"], terminals(context)),
};

function* maps(context: CheckContext): Generator<FileReference> {
  const known = new Set(context.files.all.map(({ entry }) => entry.bpf?.map_id));
  const image = "bpfmap-data.img";
  for (const [entry, { map_id: id }] of context.entries(image, "bpfmap_data_entry")) {
    if (known.has(id)) continue;
    yield { image, entry, field: "map_id", type: "BPFMAP", target: `BPF map ${id}` };
  }
}

const mapData: Rule = {
  id: "bpfmap-data",
  severity: "error",
  summary: "the BPF map of all map data is in the dump",
  explanation: "CRIU drops the data of a map that is not in the dump.",
  fix: REMAKE,
  check: (context) => unresolvedFiles(context, maps(context)),
};

const lockOwner: Rule = {
  id: "lock-owner",
  severity: "error",
  summary: "the process and descriptor of every file lock are in the dump",
  explanation: "CRIU takes a lock again through the descriptor that held it.",
  fix: "fetch {image} again, or make the dump again",
  *check(context) {
    const { living, tables, dump } = context;
    const isKnown = living.length + context.dead.length === dump.tasks.length &&
      tables.every(({ image }) => context.isWhole(image)) && context.isWhole("pstree.img");
    if (!isKnown) return;
    const descriptors = new Map(
      tables.flatMap(({ tasks, entries }) => {
        const numbers = new Set(entries.map(({ fd }) => fd));
        return tasks.map(({ pid }) => [pid, numbers] as const);
      }),
    );
    yield* freeLocks(context, descriptors);
  },
};

function* freeLocks(
  context: CheckContext,
  descriptors: ReadonlyMap<number, ReadonlySet<number>>,
): Generator<Finding> {
  const pids = new Set(context.living.map(({ pid }) => pid));
  const image = "filelocks.img";
  for (const [entry, { pid, fd }] of context.entries(image, "file_lock_entry")) {
    if (!pids.has(pid)) {
      yield { image, entry, field: "pid", message: `there is no process ${pid}` };
    } else if (descriptors.get(pid)?.has(fd) === false) {
      yield { image, entry, field: "fd", message: `process ${pid} has no descriptor ${fd}` };
    }
  }
}

export default [pipeData, pipeSize, pathFile, terminalInfo, mapData, lockOwner];
