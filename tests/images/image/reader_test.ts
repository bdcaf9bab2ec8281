/** The framing of images: events come in the same order however the bytes are cut. */

import assert from "node:assert/strict";
import { CritError } from "../../../images/errors.ts";
import type { ExtraRun } from "../../../images/image/extra.ts";
import type { Head } from "../../../images/image/head.ts";
import { type ImageEvents, ImageReader } from "../../../images/image/reader.ts";
import { ownFixtures } from "../../fixtures.ts";

/** Writes down what a reader passes on; runs of bytes are joined. */
class Journal implements ImageEvents {
  readonly lines: string[] = [];
  #bytes: number[] = [];

  begin({ type }: Head): void {
    this.lines.push(`begin ${type.name}`);
  }

  payload(_: unknown, bytes: Uint8Array, from: number, to: number, offset: number): void {
    this.lines.push(`payload at ${offset}: ${bytes.slice(from, to).toHex()}`);
  }

  extraBegin({ kind, length }: ExtraRun): void {
    this.lines.push(`${kind} of ${length}`);
    this.#bytes = [];
  }

  extraBytes(bytes: Uint8Array, from: number, to: number): void {
    this.#bytes.push(...bytes.subarray(from, to));
  }

  extraEnd(): void {
    this.lines.push(Uint8Array.from(this.#bytes).toHex());
  }

  entryEnd(): void {
    this.lines.push("end of entry");
  }

  end(): void {
    this.lines.push("end");
  }
}

function read(bytes: Uint8Array, name: string, piece: number): string[] {
  const journal = new Journal();
  const reader = new ImageReader(journal, { name });
  for (let from = 0; from < bytes.length; from += piece) {
    reader.push(bytes.subarray(from, from + piece));
  }
  reader.finish();
  return journal.lines;
}

Deno.test("the reader reports the same for chunks of any size", () => {
  for (const { file, bytes } of ownFixtures().filter(({ bytes }) => bytes.length < 20_000)) {
    const whole = read(bytes, file, bytes.length);
    assert.equal(whole.at(-1), "end");
    for (const piece of [1, 3, 4096]) assert.deepEqual(read(bytes, file, piece), whole, file);
  }
});

Deno.test("payloads are reported at their offsets", () => {
  const head = [0x19, 0x43, 0x56, 0x54, 0x30, 0x30, 0x27, 0x50];
  const image = Uint8Array.of(...head, 2, 0, 0, 0, 8, 7, 0, 0, 0, 0);
  assert.deepEqual(read(image, "x.img", 5).slice(1), [
    "payload at 8: 0807",
    "end of entry",
    "payload at 14: ",
    "end of entry",
    "end",
  ]);
});

Deno.test("a size beyond the end of the file fails before the bytes are read", () => {
  const head = [0x19, 0x43, 0x56, 0x54, 0x30, 0x30, 0x27, 0x50];
  const reader = new ImageReader(new Journal(), { name: "x.img", size: 20 });
  assert.throws(() => reader.push(Uint8Array.of(...head, 9, 0, 0, 0)), (error) => {
    assert(error instanceof CritError);
    assert.equal(error.message, "x.img: entry 0 at offset 8: payload is 9 bytes, 8 remain");
    return true;
  });
});
