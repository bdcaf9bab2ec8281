/** CORE: a task's or thread's registers, signals, timers, limits and credentials. @module */

import { dict, hex, type ImageType, register } from "../images/types/plugin.ts";

const type: ImageType = register({
  name: "CORE",
  magic: 0x55053847,
  files: ["core-%u.img"],
  number: "tid",
  summary: "a task's or thread's registers, signals, timers, limits and credentials",
  entry: "core_entry",
  hints: {
    task_core_entry: {
      task_state: dict("gen.task_state"),
      blk_sigset: hex,
      blk_sigset_extended: hex,
      membarrier_registration_mask: hex,
    },
    thread_core_entry: { sched_policy: dict("sched.policy") },
    thread_info_x86: { clear_tid_addr: hex, gpregs: hex },
    user_x86_cet_entry: { cet: hex, ssp: hex },
    thread_info_aarch64: { clear_tid_addr: hex, gpregs: hex },
    thread_info_arm: { clear_tid_addr: hex, gpregs: hex },
    thread_info_ppc64: { clear_tid_addr: hex, gpregs: hex },
    thread_info_s390: {
      clear_tid_addr: hex,
      gpregs: hex,
      fpregs: hex,
      vxrs_low: hex,
      vxrs_high: hex,
      gs_cb: hex,
      gs_bc: hex,
      ri_cb: hex,
    },
    thread_info_mips: { clear_tid_addr: hex, gpregs: hex, fpregs: hex },
    thread_info_loongarch64: { clear_tid_addr: hex, gpregs: hex, fpregs: hex },
    thread_info_riscv64: { clear_tid_addr: hex, gpregs: hex },
  },
});

export default type;
