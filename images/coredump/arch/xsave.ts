/**
 * The XSAVE area of x86 in its standard format (Intel SDM volume 1, chapter 13), as in the kernel's
 * note NT_X86_XSTATE.
 *
 * @module
 */

import type { CoreEntry, UserX86FpregsEntry, UserX86XsaveEntry } from "../../../proto/types.ts";
import { dataError } from "../../errors.ts";
import { StructWriter } from "../elf/bytes.ts";
import { list, pack, type StructLayout, u16, u32, u64, zeros } from "../elf/layout.ts";

/** A part of the area after the legacy area. */
interface Component {
  /** Its bit in XCR0. */
  readonly bit: number;
  readonly field: Exclude<keyof UserX86XsaveEntry, "xstate_bv" | "cet" | "?">;
  /** Bytes of each value of the field. */
  readonly valueSize: 4 | 8;
  /** Offset in the area, in bytes. */
  readonly offset: number;
  /** Size in the area, in bytes. */
  readonly size: number;
}

/** The offsets are Intel's, which debuggers assume by default. */
const COMPONENTS: readonly Component[] = [
  { bit: 2, field: "ymmh_space", valueSize: 4, offset: 576, size: 256 },
  { bit: 3, field: "bndreg_state", valueSize: 8, offset: 960, size: 64 },
  { bit: 4, field: "bndcsr_state", valueSize: 8, offset: 1024, size: 64 },
  { bit: 5, field: "opmask_reg", valueSize: 8, offset: 1088, size: 64 },
  { bit: 6, field: "zmm_upper", valueSize: 8, offset: 1152, size: 512 },
  { bit: 7, field: "hi16_zmm", valueSize: 8, offset: 1664, size: 1024 },
  { bit: 9, field: "pkru", valueSize: 4, offset: 2688, size: 8 },
];

/** XCR0's bits of the legacy area: x87 and SSE. */
const LEGACY = 3n;
/** Offset of XCR0: `USER_XSTATE_XCR0_WORD` in the unused bytes of the legacy area. */
const XCR0_OFFSET = 464;
const HEADER_OFFSET = 512;
const HEADER_SIZE = 64;

/** The first 512 bytes of the area, which FXSAVE writes: `struct user_fpregs_struct`. */
export const fxsave: StructLayout<UserX86FpregsEntry> = [
  u16("cwd", "swd", "twd", "fop"),
  u64("rip", "rdp"),
  u32("mxcsr", "mxcsr_mask"),
  list("st_space", 32, 4),
  list("xmm_space", 64, 4),
  zeros(96),
];

/**
 * The XSAVE area of a thread; undefined if its CPU had none. XCR0 has the components that the dump
 * has, and the area ends with the last of them.
 *
 * @throws {CritError} `data` if a component has more values than fit
 */
export function packXsave(core: CoreEntry): Uint8Array | undefined {
  const fpregs = core.thread_info?.fpregs;
  const xsave = fpregs?.xsave;
  if (fpregs === undefined || xsave === undefined) return undefined;
  const present = COMPONENTS.filter(({ field }) => xsave[field] !== undefined);
  const xcr0 = present.reduce((mask, { bit }) => mask | 1n << BigInt(bit), LEGACY);
  const last = present.at(-1);
  const size = last === undefined ? HEADER_OFFSET + HEADER_SIZE : last.offset + last.size;
  const area = new StructWriter(size, "little");
  area.raw(pack(fxsave, fpregs, "little"));
  area.pos = XCR0_OFFSET;
  area.unsigned(8, xcr0);
  area.pos = HEADER_OFFSET;
  area.unsigned(8, xsave.xstate_bv & xcr0);
  for (const component of present) {
    const values: ReadonlyArray<number | bigint> = xsave[component.field] ?? [];
    if (values.length * component.valueSize > component.size) {
      const room = component.size / component.valueSize;
      throw dataError(`${values.length} values, ${room} fit`, { field: component.field });
    }
    area.pos = component.offset;
    area.all(component.valueSize, values);
  }
  return area.bytes;
}
