/** Memory as a file. @module */

import { binarySize } from "../../../images/bytes/sizes.ts";
import { CritError } from "../../../images/errors.ts";
import type { Stretch } from "../../../images/memory/contents.ts";
import { openOutput } from "../../files/output.ts";
import { yieldToEventLoop } from "../../terminal/interrupt.ts";
import { warn } from "../../terminal/terminal.ts";
import { ABSENCES, shownPieces } from "./text.ts";

/** Largest file that is written, holes included: what file systems take. */
const LARGEST_FILE = 1n << 43n;

/**
 * Writes memory to a file; what is zero or not known is a hole.
 *
 * @throws {CritError} `usage` when the range is larger than a file may be
 */
export async function writeStretches(stretches: Iterable<Stretch>, path: string): Promise<void> {
  using output = openOutput(path);
  const unknown = new Map<string, bigint>();
  let size = 0n;
  // There is a file even if the range has no bytes.
  output.write(new Uint8Array());
  for (const stretch of stretches) {
    const { length, absence } = stretch;
    size += length;
    if (size > LARGEST_FILE) {
      throw new CritError("usage", `the range is larger than ${binarySize(LARGEST_FILE)}`);
    }
    if (absence === undefined) {
      for (const { bytes } of shownPieces(stretch)) {
        output.write(bytes);
        const turn = yieldToEventLoop();
        if (turn !== undefined) await turn;
      }
      continue;
    }
    output.skip(Number(length));
    if (absence !== "zero") unknown.set(absence, (unknown.get(absence) ?? 0n) + length);
  }
  output.commit();
  for (const [absence, length] of unknown) {
    const why = ABSENCES[absence as keyof typeof ABSENCES];
    warn(`crit: ${binarySize(length)} are a hole: ${why}`);
  }
}
