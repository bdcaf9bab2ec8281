import assert from "node:assert/strict";
import { alignedBytes } from "../../../images/bytes/aligned_bytes.ts";

const SIZES = [1, 4096, (1 << 16) + 1, 1 << 21];

Deno.test("large buffers have the requested size, are zero, and begin at a memory page", () => {
  for (const size of SIZES) {
    const bytes = alignedBytes(size);
    assert.equal(bytes.length, size);
    assert(bytes.every((byte) => byte === 0));
    assert.equal(Deno.UnsafePointer.value(Deno.UnsafePointer.of(bytes)) % 4096n, 0n);
  }
});

Deno.test("without aligned memory, large buffers are usual ones", () => {
  const { Memory } = WebAssembly;
  WebAssembly.Memory = class {
    constructor() {
      throw new RangeError("could not allocate memory");
    }
  } as unknown as typeof Memory;
  try {
    for (const size of SIZES) assert.deepEqual(alignedBytes(size), new Uint8Array(size));
  } finally {
    WebAssembly.Memory = Memory;
  }
});
