/** Memory in hexadecimal. @module */

import { hexText } from "../../../images/bytes/printable.ts";
import { binarySize } from "../../../images/bytes/sizes.ts";
import type { Stretch } from "../../../images/memory/contents.ts";
import { ByteWriter } from "../../terminal/byte_writer.ts";
import { jsonOf } from "../../terminal/json_text.ts";

/** Bytes of a line. */
const LINE = 16;

/** Bytes that are read at a time; a multiple of {@link LINE}. */
const PIECE = 1 << 16;

/** Why bytes are not known, in words. */
export const ABSENCES: Readonly<Record<NonNullable<Stretch["absence"]>, string>> = {
  zero: "zero: nobody ever wrote there",
  file: "pages of a mapped file that are not in the dump",
  lazy: "not in the dump: to be fetched later",
  parent: "in a parent dump that is missing",
  lost: "missing in the dump",
  kernel: "made by the kernel",
  unmapped: "no memory that is meant",
};

/** Prints memory as `hexdump -C` does. */
export function printLines(stretches: Iterable<Stretch>): void {
  const writer = new ByteWriter();
  const lines = new Lines(writer);
  let end = 0n;
  for (const stretch of stretches) {
    const { address, length, absence } = stretch;
    end = address + length;
    if (absence === undefined) {
      for (const { at, bytes } of shownPieces(stretch)) lines.add(at, bytes);
    } else {
      lines.end();
      writer.text(`${digits(address)}  (${binarySize(length)}: ${ABSENCES[absence]})\n`);
    }
  }
  lines.end();
  writer.text(`${digits(end)}\n`);
  writer.flush();
}

/** Prints memory as one JSON list, bytes in hexadecimal. */
export function printJson(stretches: Iterable<Stretch>): void {
  const writer = new ByteWriter();
  let separator = "[\n";
  const row = (text: object) => {
    writer.text(`${separator}${jsonOf(text)}`);
    separator = ",\n";
  };
  for (const stretch of stretches) {
    const { address, length, absence } = stretch;
    if (absence !== undefined) {
      row({ address: hexText(address), length: Number(length), absence });
    } else {
      for (const { at, bytes } of shownPieces(stretch)) {
        row({ address: hexText(at), length: bytes.length, bytes: bytes.toHex() });
      }
    }
  }
  writer.text(separator === "[\n" ? "[]\n" : "\n]\n");
  writer.flush();
}

/** The bytes of a stretch, in pieces that end at the border of a line. */
export function* shownPieces(
  { address, length, source, offset }: Stretch,
): Generator<{ at: bigint; bytes: Uint8Array }> {
  const buffer = new Uint8Array(PIECE);
  for (let done = 0n; done < length;) {
    const at = address + done;
    const room = PIECE - Number(at % BigInt(LINE));
    const count = length - done < room ? Number(length - done) : room;
    const bytes = buffer.subarray(0, count);
    source!.read(offset + Number(done), bytes);
    yield { at, bytes };
    done += BigInt(count);
  }
}

/** Puts bytes into lines; equal lines are one line and a star. */
class Lines {
  readonly #line = new Uint8Array(LINE);
  readonly #last = new Uint8Array(LINE);
  #length = 0;
  #address = 0n;
  #hasLast = false;
  #isSame = false;

  constructor(readonly writer: ByteWriter) {}

  /** Adds bytes; where they do not follow the last ones, a line begins. */
  add(address: bigint, bytes: Uint8Array): void {
    if (this.#length === 0) this.#address = address;
    for (let from = 0; from < bytes.length;) {
      const count = Math.min(LINE - this.#length, bytes.length - from);
      this.#line.set(bytes.subarray(from, from + count), this.#length);
      this.#length += count;
      from += count;
      if (this.#length === LINE) this.#flush();
    }
  }

  /** Ends the line, whatever it has: no bytes follow. */
  end(): void {
    if (this.#length > 0) this.#print();
    this.#hasLast = false;
    this.#isSame = false;
  }

  #flush(): void {
    const isSame = this.#hasLast && this.#line.every((byte, i) => byte === this.#last[i]);
    if (!isSame) this.#print();
    else {
      if (!this.#isSame) this.writer.text("*\n");
      this.#address += BigInt(LINE);
      this.#length = 0;
    }
    this.#isSame = isSame;
  }

  #print(): void {
    const line = this.#line.subarray(0, this.#length);
    const cells = Array.from({ length: LINE }, (_, i) => {
      const byte = line[i];
      const text = byte === undefined ? "  " : byte.toString(16).padStart(2, "0");
      return i === 8 ? ` ${text}` : text;
    });
    const characters = Array.from(line, (byte) => {
      return byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : ".";
    });
    this.writer.text(`${digits(this.#address)}  ${cells.join(" ")}  |${characters.join("")}|\n`);
    this.#last.set(this.#line);
    this.#hasLast = this.#length === LINE;
    this.#address += BigInt(this.#length);
    this.#length = 0;
  }
}

function digits(address: bigint): string {
  return address.toString(16).padStart(16, "0");
}
