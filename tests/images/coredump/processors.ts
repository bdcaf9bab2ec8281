/**
 * How processors lay out their XSAVE areas, and the notes that Linux writes on each of them.
 *
 * @module
 */

import type { UserX86XsaveEntry } from "../../../proto/types.ts";
import type { ReadNote } from "./elf_reader.ts";

/** NT_X86_XSTATE. */
export const XSTATE = 0x202;
/** NT_X86_XSAVE_LAYOUT, which Linux writes since 6.12. */
export const XSAVE_LAYOUT = 0x205;

/** Where XCR0 stands in an XSAVE area that the kernel wrote (`USER_XSTATE_XCR0_WORD`). */
export const XCR0_OFFSET = 464;
/** Where XSTATE_BV stands, at the start of the header. */
export const XSTATE_BV_OFFSET = 512;
/** Where the components beyond the legacy area and the header begin. */
export const COMPONENTS_OFFSET = 576;
/** XCR0's bits of x87 and SSE, which stand in the legacy area. */
export const LEGACY_COMPONENTS = 3n;

/** First byte and size of the components of an XSAVE area, by their bit in XCR0. */
export type XsaveLayout = ReadonlyMap<number, readonly [offset: number, size: number]>;

/**
 * The components that a dump can hold: the field of `user_x86_xsave_entry`, and the size of its
 * values in bytes. AMX (17, 18), APX (19) and whatever comes after them have no field.
 */
export const HELD: ReadonlyMap<number, readonly [keyof UserX86XsaveEntry & string, 4 | 8]> =
  new Map([
    [2, ["ymmh_space", 4]],
    [3, ["bndreg_state", 8]],
    [4, ["bndcsr_state", 8]],
    [5, ["opmask_reg", 8]],
    [6, ["zmm_upper", 8]],
    [7, ["hi16_zmm", 8]],
    [9, ["pkru", 4]],
  ]);

/** XCR0's bits of all that a dump can hold. */
export const HELD_BITS: bigint = [...HELD.keys()].reduce(
  (mask, bit) => mask | 1n << BigInt(bit),
  LEGACY_COMPONENTS,
);

/** Intel's layout without AMX, which is that of crit's core files. */
export const INTEL: XsaveLayout = new Map([
  [2, [576, 256]],
  [3, [960, 64]],
  [4, [1024, 64]],
  [5, [1088, 64]],
  [6, [1152, 512]],
  [7, [1664, 1024]],
  [9, [2688, 8]],
]);

/** Layouts of processors, as CPUID leaf 13 gives them there. */
export const PROCESSORS: Readonly<Record<string, XsaveLayout>> = {
  "SSE only": new Map(),
  "Intel with AVX": new Map([[2, [576, 256]]]),
  "Intel with MPX": new Map([[2, [576, 256]], [3, [960, 64]], [4, [1024, 64]]]),
  "Intel with AVX-512": INTEL,
  "Intel with AMX": new Map([
    ...[...INTEL].filter(([bit]) => bit !== 3 && bit !== 4),
    [17, [2752, 64]],
    [18, [2816, 8192]],
  ]),
  "Intel with APX, which reuses the place of MPX": new Map([
    ...[...INTEL].filter(([bit]) => bit !== 3 && bit !== 4),
    [17, [2752, 64]],
    [18, [2816, 8192]],
    [19, [960, 128]],
  ]),
  "AMD with protection keys": new Map([[2, [576, 256]], [9, [832, 8]]]),
  "AMD with AVX-512": new Map([
    [2, [576, 256]],
    [5, [832, 64]],
    [6, [896, 512]],
    [7, [1408, 1024]],
    [9, [2432, 8]],
  ]),
};

/** The layout that a note of type {@link XSAVE_LAYOUT} describes. */
export function layoutIn({ view }: ReadNote): XsaveLayout {
  return new Map(
    Array.from({ length: view.byteLength / 16 }, (_, i) => {
      const word = (at: number) => view.getUint32(16 * i + at, true);
      return [word(0), [word(8), word(4)]];
    }),
  );
}

/** Where an XSAVE area ends that has all components of a layout. */
function endOf(layout: XsaveLayout): number {
  return Math.max(COMPONENTS_OFFSET, ...[...layout.values()].map(([at, size]) => at + size));
}

/**
 * A core file's notes as Linux would have written them on a processor of another layout: what both
 * processors have moves, and what only the other one has is filled with numbers, all in use.
 */
export function notesOn(
  layout: XsaveLayout,
  notes: readonly ReadNote[],
  from: XsaveLayout,
): ReadNote[] {
  return notes.map((note) => {
    if (note.type === XSTATE) return { ...note, view: areaOn(layout, note.view, from) };
    if (note.type !== XSAVE_LAYOUT) return note;
    const words = [...layout].flatMap(([bit, [offset, size]]) => [bit, size, offset, 0]);
    return { ...note, view: new DataView(Uint32Array.from(words).buffer) };
  });
}

function areaOn(layout: XsaveLayout, area: DataView, from: XsaveLayout): DataView<ArrayBuffer> {
  const old = new Uint8Array(area.buffer, area.byteOffset, area.byteLength);
  const bytes = new Uint8Array(endOf(layout));
  bytes.set(old.subarray(0, COMPONENTS_OFFSET));
  let xcr0 = LEGACY_COMPONENTS;
  for (const [bit, [offset, size]] of layout) {
    xcr0 |= 1n << BigInt(bit);
    const place = from.get(bit);
    if (place === undefined) {
      bytes.set(Uint8Array.from({ length: size }, (_, i) => bit * 16 + i * 7 + 1), offset);
    } else {
      bytes.set(old.subarray(place[0], place[0] + size), offset);
    }
  }
  const view = new DataView(bytes.buffer);
  view.setBigUint64(XCR0_OFFSET, xcr0, true);
  view.setBigUint64(XSTATE_BV_OFFSET, xcr0, true);
  return view;
}
