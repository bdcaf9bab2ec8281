/** Figures of page contents: numbers of zero pages and of duplicates. @module */

import { alignedBytes } from "../bytes/aligned_bytes.ts";
import { areZeroWords } from "../bytes/bytes.ts";
import type { Dump } from "../dump/dump.ts";
import { PageSet } from "./page_set.ts";

/** Pages in the files of a dump, without those of parent dumps. */
export interface PageStats {
  /** Number of pages. */
  readonly pages: number;
  /** Number of zero pages. */
  readonly zero: number;
  /** Number of pages equal to an earlier one of this dump, without zero pages. */
  readonly duplicate: number;
  /** Bytes of the zero pages. */
  readonly zeroBytes: number;
  /** Bytes of the duplicate pages. */
  readonly duplicateBytes: number;
}

/** Bytes that are read at a time: a multiple of every page size. */
const CHUNK = 1 << 20;

/**
 * Reads all pages of a dump.
 *
 * @param onRead called with the number of bytes read
 * @throws {CritError} `file` if a file cannot be read
 */
export function pageStats(
  dump: Dump,
  pageSize: number,
  onRead: (bytes: number) => void = () => {},
): PageStats {
  const seen = new PageSet();
  const chunk = alignedBytes(CHUNK);
  const words = new Uint32Array(chunk.buffer);
  const pageWords = pageSize / 4;
  let pages = 0;
  let zero = 0;
  for (const { name, size } of pagesFiles(dump)) {
    for (let offset = 0; offset < size; offset += CHUNK) {
      const length = dump.read(name, offset, chunk);
      // A truncated page is a fault of the dump, and does not count.
      const whole = Math.floor(length / pageSize);
      pages += whole;
      for (let from = 0; from < whole * pageWords; from += pageWords) {
        const to = from + pageWords;
        if (areZeroWords(words, from, to)) zero++;
        else seen.add(words, from, to);
      }
      onRead(length);
      if (length < CHUNK) break;
    }
  }
  const duplicate = pages - zero - seen.size;
  return {
    pages,
    zero,
    duplicate,
    zeroBytes: zero * pageSize,
    duplicateBytes: duplicate * pageSize,
  };
}

/** Bytes that {@link pageStats} will read. */
export function pagesBytes(dump: Dump): number {
  return pagesFiles(dump).reduce((sum, { size }) => sum + size, 0);
}

function pagesFiles(dump: Dump) {
  return dump.dumpFiles.ofTypes(({ name }) => name === "PAGES");
}
