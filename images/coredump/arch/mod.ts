/** The architectures that CRIU dumps, by their names in dumps. @module */

import type { CoreEntry } from "../../../proto/types.ts";
import { CritError } from "../../errors.ts";
import { aarch64 } from "./aarch64.ts";
import type { Architecture } from "./architecture.ts";
import { arm } from "./arm.ts";
import { i386 } from "./i386.ts";
import { loongarch64 } from "./loongarch64.ts";
import { mips } from "./mips.ts";
import { ppc64 } from "./ppc64.ts";
import { riscv64 } from "./riscv64.ts";
import { s390 } from "./s390.ts";
import { x86_64 } from "./x86_64.ts";

const BY_MTYPE: Readonly<Record<string, Architecture>> = {
  X86_64: x86_64,
  ARM: arm,
  AARCH64: aarch64,
  PPC64: ppc64,
  S390: s390,
  MIPS: mips,
  LOONGARCH64: loongarch64,
  RISCV64: riscv64,
};

/**
 * The architecture of a task, from its main thread's core entry.
 *
 * @throws {CritError} `unsupported` if CRIU 4.2 does not dump this `mtype`
 */
export function architectureOf(core: CoreEntry): Architecture {
  if (core.thread_info?.gpregs.mode === "COMPAT") return i386;
  const architecture = Object.hasOwn(BY_MTYPE, core.mtype) ? BY_MTYPE[core.mtype] : undefined;
  if (architecture !== undefined) return architecture;
  throw new CritError("unsupported", `crit knows no machine of type ${core.mtype}`, {
    field: "mtype",
  });
}
