/**
 * Names of open files.
 *
 * @module
 */

import type { FdTypes, FileEntry } from "../../proto/types.ts";
import { printable } from "../bytes/printable.ts";
import { encodeQuotedPrintable } from "../bytes/quoted_printable.ts";
import { decodeText } from "../bytes/utf8.ts";

/** Path of a REG file, as text that stays on its line. */
export function pathText(path: string): string {
  if (path.isWellFormed()) return printable(path);
  // As CRIU's own tool prints what is not UTF-8.
  return `b'${printable(path).replaceAll("'", "\\'")}'`;
}

/**
 * The name of a file in CRIU's own tool: a path, `pipe[ID]`, `unix[INO (PEER) NAME]` or `TYPE.ID`.
 */
export function fileText(type: FdTypes, id: number, file: FileEntry | undefined): string {
  const { reg, pipe, usk } = file ?? {};
  if (reg !== undefined) return pathText(reg.name);
  if (type === "REG") return "unknown path";
  if (pipe !== undefined) return `pipe[${pipe.pipe_id}]`;
  if (usk !== undefined) {
    const name = encodeQuotedPrintable(usk.name).replaceAll("=\n", "");
    return `unix[${usk.ino} (${usk.peer})${name === "" ? "" : ` ${printable(name)}`}]`;
  }
  return `${type}.${id}`;
}

/** Id of the REG file that has the path of a FIFO or a terminal; undefined for other files. */
export function pathFileOf({ fifo, tty, id }: FileEntry): number | undefined {
  // Before CRIU 3.6 it was the FIFO's own id.
  if (fifo !== undefined) return fifo.regf_id ?? id;
  return tty?.regf_id;
}

/** Name of a unix socket: a path, or with an `@` in place of the zero byte an abstract name. */
export function unixSocketName(name: Uint8Array): string {
  if (name.length === 0) return "";
  if (name[0] === 0) return `@${decodeText(name, 1, name.length)}`;
  const end = name.indexOf(0);
  return decodeText(name, 0, end < 0 ? name.length : end);
}
