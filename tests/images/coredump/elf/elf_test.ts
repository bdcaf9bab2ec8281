import { deepEqual, equal, throws } from "node:assert/strict";
import { layOut } from "../../../../images/coredump/core_file.ts";
import type { ElfTarget } from "../../../../images/coredump/elf/elf.ts";
import { Segments } from "../../../../images/coredump/segments.ts";
import { lacks, runProgram } from "../../../programs.ts";
import { readCore } from "../elf_reader.ts";

const TARGETS: Record<string, ElfTarget> = {
  "64-bit little-endian": { machine: 62, bits: 64, order: "little", flags: 0 },
  "64-bit big-endian": { machine: 22, bits: 64, order: "big", flags: 1 },
  "32-bit little-endian": { machine: 40, bits: 32, order: "little", flags: 2 },
};

/** Segments of one page each, of which every 64th has its page in the file. */
function segments(count: number): Segments {
  const segments = new Segments();
  for (let i = 0; i < count; i++) {
    const extents = i % 64 !== 1 ? [] : [{ kind: "zeros" as const, length: 4096 }];
    segments.add({ start: 0x10000 + i * 8192, length: 4096, protection: i % 8, extents });
  }
  return segments;
}

/** The file with its zeros. */
function bytesOf({ head, size }: { head: Uint8Array; size: number }): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size);
  bytes.set(head);
  return bytes;
}

const NOTES = [{ owner: "CORE", type: 1, description: Uint8Array.of(1, 2, 3, 4, 5) }];

for (const [name, target] of Object.entries(TARGETS)) {
  Deno.test(`${name} core files of few and of very many segments`, () => {
    for (const count of [0, 1, 9, 65_533, 65_534, 65_535, 70_001]) {
      const core = readCore(bytesOf(layOut(target, NOTES, segments(count), 4096)));
      equal(core.machine, target.machine);
      equal(core.flags, target.flags);
      equal(core.is64, target.bits === 64);
      equal(core.isLittle, target.order === "little");
      equal(core.notes.length, 1);
      const { owner, type, view } = core.notes[0]!;
      deepEqual([owner, type, view.byteLength, view.getUint8(4)], ["CORE", 1, 5, 5]);
      equal(core.segments.length, count);
      const wrong = core.segments.findIndex(({ address, memorySize, fileSize }, i) =>
        address !== 0x10000n + BigInt(i) * 8192n || memorySize !== 4096 ||
        fileSize !== (i % 64 === 1 ? 4096 : 0)
      );
      equal(wrong, -1);
      // PF_R 4, PF_W 2, PF_X 1 from PROT_READ 1, PROT_WRITE 2, PROT_EXEC 4.
      deepEqual(
        core.segments.slice(0, 8).map(({ flags }) => flags),
        [0, 4, 2, 6, 1, 5, 3, 7].slice(0, count),
      );
    }
  });
}

Deno.test({
  name: "readelf counts more segments than the ELF header has room for",
  ignore: lacks("readelf"),
  fn: async () => {
    const path = await Deno.makeTempFile();
    try {
      const file = layOut(TARGETS["64-bit little-endian"]!, NOTES, segments(65_536), 4096);
      await Deno.writeFile(path, bytesOf(file));
      const { stdout, stderr } = await runProgram("readelf", ["-hlW", path]);
      equal(stderr, "");
      equal(stdout.match(/Number of program headers: +(.*)$/m)?.[1], "65535 (65537)");
      equal(stdout.match(/^ +LOAD /gm)?.length, 65_536);
    } finally {
      await Deno.remove(path);
    }
  },
});

Deno.test("a 32-bit core file has no room beyond 4 GiB", () => {
  const target = TARGETS["32-bit little-endian"]!;
  const length = 2 ** 31;
  const segments = new Segments();
  segments.add({ start: 0, length, protection: 3, extents: [{ kind: "zeros", length }] });
  equal(layOut(target, NOTES, segments, 4096).size, length + 4096);
  segments.add({ start: length, length, protection: 3, extents: [{ kind: "zeros", length }] });
  throws(() => layOut(target, NOTES, segments, 4096), { kind: "unsupported" });
});
