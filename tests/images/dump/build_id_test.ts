import { deepEqual, equal, ok } from "node:assert/strict";
import { buildIdOf } from "../../../images/dump/build_id.ts";
import { HeldFile } from "../../../images/dump/source.ts";
import { lacks, runProgram } from "../../programs.ts";

const GNU = new TextEncoder().encode("GNU\0");
const ID = Uint8Array.from({ length: 20 }, (_, i) => 0xa0 + i);

const fileOf = (bytes: Uint8Array) => new HeldFile("file", bytes);

/** A note as the linker writes it. */
function note(type: number, description: Uint8Array, isLittle: boolean): Uint8Array {
  const bytes = new Uint8Array(16 + description.length);
  const view = new DataView(bytes.buffer);
  [4, description.length, type].forEach((word, i) => view.setUint32(4 * i, word, isLittle));
  bytes.set(GNU, 12);
  bytes.set(description, 16);
  return bytes;
}

/** An ELF file of a header, one program header and notes. */
function elf(is64: boolean, isLittle: boolean, notes: Uint8Array): Uint8Array {
  const [header, program] = is64 ? [64, 56] : [52, 32];
  const bytes = new Uint8Array(header! + program! + notes.length);
  const view = new DataView(bytes.buffer);
  const word = (at: number, value: number) =>
    is64 ? view.setBigUint64(at, BigInt(value), isLittle) : view.setUint32(at, value, isLittle);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, is64 ? 2 : 1, isLittle ? 1 : 2, 1]);
  word(is64 ? 32 : 28, header!);
  view.setUint16(is64 ? 54 : 42, program!, isLittle);
  view.setUint16(is64 ? 56 : 44, 1, isLittle);
  view.setUint32(header!, 4, isLittle);
  word(header! + (is64 ? 8 : 4), header! + program!);
  word(header! + (is64 ? 32 : 16), notes.length);
  word(header! + (is64 ? 48 : 28), 4);
  bytes.set(notes, header! + program!);
  return bytes;
}

Deno.test("a build id is found in ELF files of each width and byte order", () => {
  for (const is64 of [true, false]) {
    for (const isLittle of [true, false]) {
      const other = note(1, new Uint8Array(16), isLittle);
      const file = elf(is64, isLittle, Uint8Array.of(...other, ...note(3, ID, isLittle)));
      deepEqual([...buildIdOf(fileOf(file))!], [...ID]);
    }
  }
});

Deno.test("truncated and deceptive files have no build id", () => {
  const file = elf(true, true, note(3, ID, true));
  for (let size = 0; size < file.length; size++) {
    equal(buildIdOf(fileOf(file.subarray(0, size))), undefined);
  }
  for (let at = 4; at < file.length; at++) {
    for (const value of [0, 0x7f, 0xff]) {
      const damaged = file.slice();
      damaged[at] = value;
      const found = buildIdOf(fileOf(damaged));
      ok(found === undefined || found.length <= 32);
    }
  }
});

Deno.test({
  name: "a build id is the one that readelf reads",
  ignore: lacks("readelf"),
  fn: async () => {
    const path = "/bin/sh";
    const { stdout } = await runProgram("readelf", ["-n", path]);
    const expected = stdout.match(/Build ID: ([0-9a-f]+)/)?.[1];
    const file = await Deno.readFile(path);
    equal(buildIdOf(fileOf(file))?.toHex(), expected);
  },
});
