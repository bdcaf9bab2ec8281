/** The members of an archive in order. @module */

import { type Bytes, readUpTo } from "./bytes.ts";
import { type Member, readTar } from "./tar_reader.ts";

/** A member with the offsets of its parts in the archive, in bytes. */
export interface PlacedMember extends Member {
  /** Offset of its headers, including extended headers. */
  readonly begin: number;
  /** Offset of its contents. */
  readonly contents: number;
  /** Offset of the next member. */
  readonly end: number;
}

/**
 * Reads the headers of an archive.
 *
 * @param hasContents whether contents follow the headers
 * @throws {CritError} `data` if it is damaged or cut short
 */
export function* membersOf(
  bytes: Bytes,
  hasContents = true,
): Generator<PlacedMember, void, undefined> {
  const tar = readTar();
  let begin = 0;
  let at = 0;
  let answer: Uint8Array | undefined;
  for (let step = tar.next(); !step.done; step = tar.next(answer)) {
    if ("count" in step.value) {
      answer = readUpTo(bytes, at, step.value.count);
      at += answer.length;
      continue;
    }
    answer = undefined;
    const { member, padding } = step.value;
    const contents = at;
    if (hasContents) at += member.storedSize + padding;
    yield { ...member, begin, contents, end: at };
    begin = at;
  }
}
