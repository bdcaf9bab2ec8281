/**
 * The headers of an archive that was decoded into a directory.
 *
 * A directory has no room for what an archive says of its members: their order, owners, times,
 * extended attributes, empty records. `crit decode` therefore keeps the archive's headers in a file
 * beside the JSON, and `crit encode` makes an archive with them again. The file is headers of tar,
 * one after the other without contents; the first one is a link, which leads to the directory of
 * the archive that became the output directory.
 *
 * @module
 */

import { readUpTo } from "../../images/archive/bytes.ts";
import { membersOf } from "../../images/archive/members.ts";
import { tarHeader } from "../../images/archive/tar_writer.ts";
import { below } from "../../images/bytes/paths.ts";
import { type DirectoryFile, openFile } from "../../images/dump/directory.ts";
import { CritError, dataError } from "../../images/errors.ts";
import type { ArchiveHeaders } from "./new_archive.ts";
import { openEntry } from "./output.ts";
import { range } from "./pieces.ts";
import { HEADERS, type OriginalArchive, type Tree } from "./tree.ts";

/** Most bytes of zeros at an archive's end that are kept. */
const LONGEST_END = 1 << 20;

/** Keeps the headers of an archive in a directory. @throws {CritError} `data` if it is damaged */
export function writeHeaders(
  directory: string,
  { archive, top }: OriginalArchive,
  mode: number,
): void {
  using output = openEntry(below(directory, HEADERS), mode);
  const link = top === "" ? "." : top;
  output.write(tarHeader({ path: HEADERS, size: 0, mode: 0o777, modified: 0, link }));
  let end = 0;
  for (const member of membersOf(archive.bytes)) {
    for (const piece of range(archive.bytes, member.begin, member.contents)) output.write(piece);
    end = member.end;
  }
  // Blocks of zeros, and what fills the last of tar's own records.
  output.write(readUpTo(archive.bytes, end, LONGEST_END));
  output.commit();
}

/** The headers that a directory keeps; undefined without any. */
export function openHeaders(tree: Tree): (ArchiveHeaders & Disposable) | undefined {
  const file = tree.files.find(({ place }) => place === HEADERS);
  if (file?.path === undefined) return undefined;
  const opened = openFile(file.path).file;
  try {
    return headersIn(opened);
  } catch (error) {
    opened[Symbol.dispose]();
    throw error instanceof CritError ? error.at({ image: HEADERS }) : error;
  }
}

function headersIn(file: DirectoryFile): ArchiveHeaders & Disposable {
  const { value: first } = membersOf(file, false).next();
  if (first?.kind !== "symlink" || first.path !== HEADERS) {
    throw dataError("it is not what decode has written", { image: HEADERS });
  }
  return {
    bytes: { read: (offset, into) => file.read(first.end + offset, into) },
    top: first.link === "." ? "" : first.link,
    [Symbol.dispose]: () => file[Symbol.dispose](),
  };
}
