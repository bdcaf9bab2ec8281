/** Declarations of architectures for core files. @module */

import type { CoreEntry } from "../../../proto/types.ts";
import type { ByteOrder } from "../../bytes/byte_order.ts";
import type { ElfTarget, Note } from "../elf/elf.ts";
import { layoutSize, pack, type StructLayout } from "../elf/layout.ts";

/**
 * An architecture: the machine, and the layout of the dump's registers in the notes.
 *
 * Notes are listed in the order in which the kernel writes them after NT_PRSTATUS. Linux's
 * `arch/NAME/kernel/ptrace.c` lists them (the register sets), and
 * `arch/NAME/include/uapi/asm/ptrace.h` has their layout.
 */
export interface Architecture extends ElfTarget {
  /** Name for people: `x86-64`. */
  readonly name: string;
  /** Size in bytes of user and group numbers in NT_PRPSINFO (`__kernel_uid_t`). */
  readonly userSize: 2 | 4;
  /** `elf_gregset_t`: the field `pr_reg` of NT_PRSTATUS. */
  readonly registers: RegisterSet;
  /** The other notes of a thread. */
  readonly notes: readonly RegisterNote[];
}

/** Registers of a thread as a structure. */
export interface RegisterSet {
  /** Size in bytes. */
  readonly size: number;
  /** Packs the structure; undefined if the dump has none of these registers. */
  readonly pack: (core: CoreEntry, order: ByteOrder) => Uint8Array | undefined;
}

/** Registers of a thread as a note. */
export interface RegisterNote extends Pick<Note, "owner" | "type"> {
  readonly pack: RegisterSet["pack"];
}

/** The floating point registers: the only register note that all architectures have. */
export const NT_FPREGSET = 2;

/** Declares registers that are fields of the message that `of` returns. */
export function registers<T extends object>(
  of: (core: CoreEntry) => T | undefined,
  layout: StructLayout<T>,
): RegisterSet {
  return {
    size: layoutSize(layout),
    pack: (core, order) => {
      const message = of(core);
      return message === undefined ? undefined : pack(layout, message, order);
    },
  };
}

/**
 * Declares a note of the kernel's core dumper: `CORE` for notes of SVR4, `LINUX` for all others.
 */
export function note<T extends object>(
  owner: "CORE" | "LINUX",
  type: number,
  of: (core: CoreEntry) => T | undefined,
  layout: StructLayout<T>,
): RegisterNote {
  return { owner, type, pack: registers(of, layout).pack };
}
