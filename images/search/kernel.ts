/** The inner loops of the search in WebAssembly, and their memory. @module */

import { fromBase64 } from "../bytes/base64.ts";
import { KERNEL_CODE } from "./kernel_code.ts";

/** Unit of WebAssembly memory, in bytes. */
const WASM_PAGE = 1 << 16;

/** Bytes after a buffer that the loops may load. */
const SLACK = 128;

/** The exports of `kernel.wat`, which describes them. Addresses are those of the memory. */
export type Loops = {
  readonly memory: WebAssembly.Memory;
  readonly row: WebAssembly.Global;
  readonly pos: WebAssembly.Global;
  readonly open: WebAssembly.Global;
  find(
    from: number,
    to: number,
    length: number,
    values: number,
    masks: number,
    i: number,
    j: number,
  ): number;
  text(end: number, table: number, least: number, most: number): number;
  set(from: number, to: number, tables: number): number;
  automaton(
    classes: number,
    tables: number,
    end: number,
    length: number,
    values: number,
    masks: number,
    i: number,
    j: number,
  ): number;
};

/** The loops and their memory, parts of which are allocated. */
export class Kernel {
  readonly loops: Loops;
  #bytes: Uint8Array<ArrayBuffer>;
  /** Address of free memory. Address 0 is never allocated. */
  #free = 16;

  /** Loads the module in less than a millisecond. */
  constructor() {
    const module = new WebAssembly.Module(fromBase64(KERNEL_CODE));
    this.loops = new WebAssembly.Instance(module).exports as Loops;
    this.#bytes = new Uint8Array(this.loops.memory.buffer as ArrayBuffer);
  }

  /** The memory; another allocation replaces this view. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes;
  }

  /** Allocates zeroed memory permanently, at a multiple of 16. */
  allocate(length: number): number {
    const address = this.#free;
    this.#free = address + length + 15 & ~15;
    const missing = this.#free + SLACK - this.#bytes.length;
    if (missing > 0) {
      const { memory } = this.loops;
      memory.grow(Math.ceil(missing / WASM_PAGE));
      this.#bytes = new Uint8Array(memory.buffer as ArrayBuffer);
    }
    return address;
  }
}
