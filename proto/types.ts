/**
 * Entries in the object form, as TypeScript sees them. Made by `deno task gen`: do not edit.
 *
 * @module
 */

/** Since CRIU 3.16. */
export interface AaPolicy {
  name: string;
  blob: Uint8Array;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 3.16. */
export interface AaNamespace {
  name: string;
  policies?: Array<AaPolicy>;
  namespaces?: Array<AaNamespace>;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 3.16. */
export interface ApparmorEntry {
  namespaces?: Array<AaNamespace>;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 3.15. */
export interface BpfmapFileEntry {
  id: number;
  flags: number;
  pos: bigint;
  fown: FownEntry;
  map_type: number;
  key_size: number;
  value_size: number;
  map_id: number;
  max_entries: number;
  map_flags: number;
  memlock: bigint;
  frozen: boolean;
  map_name: string;
  ifindex: number;
  mnt_id?: number;
  /** Since CRIU 3.17. */
  map_extra?: bigint;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 3.15. */
export interface BpfmapDataEntry {
  map_id: number;
  keys_bytes: number;
  values_bytes: number;
  count: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 2.0. */
export interface CgroupPerms {
  mode: number;
  uid: number;
  gid: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 1.3. */
export interface CgroupPropEntry {
  name: string;
  value: string;
  /** Since CRIU 2.0. */
  perms?: CgroupPerms;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 1.3. */
export interface CgroupDirEntry {
  dir_name: string;
  children?: Array<CgroupDirEntry>;
  properties?: Array<CgroupPropEntry>;
  /** Since CRIU 2.0. */
  dir_perms?: CgroupPerms;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 1.3. */
export interface CgControllerEntry {
  cnames?: Array<string>;
  dirs?: Array<CgroupDirEntry>;
  /** Since CRIU 3.18. */
  is_threaded?: boolean;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 1.3. */
export interface CgMemberEntry {
  name: string;
  path: string;
  /** Since CRIU 2.0. */
  cgns_prefix?: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 1.3. */
export interface CgSetEntry {
  id: number;
  ctls?: Array<CgMemberEntry>;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 1.3. */
export interface CgroupEntry {
  sets?: Array<CgSetEntry>;
  controllers?: Array<CgControllerEntry>;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 0.4. */
export interface RlimitEntry {
  cur: bigint;
  max: bigint;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 1.3. */
export interface TaskRlimitsEntry {
  rlimits?: Array<RlimitEntry>;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** `task_core_entry`. */
export interface TaskCoreEntry {
  task_state: number;
  exit_code: number;
  personality: number;
  flags: number;
  blk_sigset: bigint;
  comm: string;
  /** Since CRIU 1.3. */
  timers?: TaskTimersEntry;
  /** Since CRIU 1.3. */
  rlimits?: TaskRlimitsEntry;
  /** Since CRIU 1.3. */
  cg_set?: number;
  /** Since CRIU 1.3. */
  signals_s?: SignalQueueEntry;
  /** Named seccomp_mode up to CRIU 3.9. */
  old_seccomp_mode?: "disabled" | "strict" | "filter" | number;
  /** Named seccomp_filter up to CRIU 3.9. */
  old_seccomp_filter?: number;
  /** Since CRIU 2.0. */
  loginuid?: number;
  /** Since CRIU 2.0. */
  oom_score_adj?: number;
  /** Since CRIU 3.1. */
  sigactions?: Array<SaEntry>;
  /** Since CRIU 3.13. */
  child_subreaper?: boolean;
  /** Since CRIU 3.15. */
  blk_sigset_extended?: bigint;
  /** Since CRIU 3.18. */
  stop_signo?: number;
  /** Since CRIU 3.19. */
  membarrier_registration_mask?: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** `task_kobj_ids_entry`. */
export interface TaskKobjIdsEntry {
  vm_id: number;
  files_id: number;
  fs_id: number;
  sighand_id: number;
  /** Since CRIU 0.4. */
  pid_ns_id?: number;
  /** Since CRIU 0.4. */
  net_ns_id?: number;
  /** Since CRIU 0.4. */
  ipc_ns_id?: number;
  /** Since CRIU 0.4. */
  uts_ns_id?: number;
  /** Since CRIU 0.4. */
  mnt_ns_id?: number;
  /** Since CRIU 1.4. */
  user_ns_id?: number;
  /** Since CRIU 2.0. */
  cgroup_ns_id?: number;
  /** Since CRIU 3.14. */
  time_ns_id?: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 0.7. */
export interface ThreadSasEntry {
  ss_sp: bigint;
  ss_size: bigint;
  ss_flags: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 3.17. */
export interface RseqEntry {
  rseq_abi_pointer: bigint;
  rseq_abi_size: number;
  signature: number;
  rseq_cs_pointer?: bigint;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** `thread_core_entry`. */
export interface ThreadCoreEntry {
  futex_rla: bigint;
  futex_rla_len: number;
  /** Since CRIU 0.3. */
  sched_nice?: number;
  /** Since CRIU 0.3. */
  sched_policy?: number;
  /** Since CRIU 0.3. */
  sched_prio?: number;
  /** Since CRIU 0.3. */
  blk_sigset?: bigint;
  /** Since CRIU 0.7. */
  sas?: ThreadSasEntry;
  /** Since CRIU 1.3. */
  pdeath_sig?: number;
  /** Since CRIU 1.3. */
  signals_p?: SignalQueueEntry;
  /** Since CRIU 2.0. */
  creds?: CredsEntry;
  /** Since CRIU 3.10. */
  seccomp_mode?: "disabled" | "strict" | "filter" | number;
  /** Since CRIU 3.10. */
  seccomp_filter?: number;
  /** Since CRIU 3.11. */
  comm?: string;
  /** Since CRIU 3.15. */
  blk_sigset_extended?: bigint;
  /** Since CRIU 3.17. */
  rseq_entry?: RseqEntry;
  /** Since CRIU 3.18. */
  cg_set?: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** `core_entry`. */
export interface CoreEntry {
  mtype:
    | "UNKNOWN"
    | "X86_64"
    | "ARM"
    | "AARCH64"
    | "PPC64"
    | "S390"
    | "MIPS"
    | "LOONGARCH64"
    | "RISCV64"
    | number;
  thread_info?: ThreadInfoX86;
  tc?: TaskCoreEntry;
  ids?: TaskKobjIdsEntry;
  thread_core?: ThreadCoreEntry;
  /** Since CRIU 0.4. */
  ti_arm?: ThreadInfoArm;
  /** Since CRIU 1.3. */
  ti_aarch64?: ThreadInfoAarch64;
  /** Since CRIU 1.6. */
  ti_ppc64?: ThreadInfoPpc64;
  /** Since CRIU 3.4. */
  ti_s390?: ThreadInfoS390;
  /** Since CRIU 3.15. */
  ti_mips?: ThreadInfoMips;
  /** Since CRIU 3.19. */
  ti_loongarch64?: ThreadInfoLoongarch64;
  /** Since CRIU 4.1. */
  ti_riscv64?: ThreadInfoRiscv64;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 1.3. */
export interface UserAarch64RegsEntry {
  regs?: Array<bigint>;
  sp: bigint;
  pc: bigint;
  pstate: bigint;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 1.3. */
export interface UserAarch64FpsimdContextEntry {
  vregs?: Array<bigint>;
  fpsr: number;
  fpcr: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 4.1. */
export interface PacAddressKeys {
  apiakey_lo: bigint;
  apiakey_hi: bigint;
  apibkey_lo: bigint;
  apibkey_hi: bigint;
  apdakey_lo: bigint;
  apdakey_hi: bigint;
  apdbkey_lo: bigint;
  apdbkey_hi: bigint;
  pac_enabled_key: bigint;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 4.1. */
export interface PacGenericKeys {
  apgakey_lo: bigint;
  apgakey_hi: bigint;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 4.1. */
export interface PacKeys {
  pac_address_keys?: PacAddressKeys;
  pac_generic_keys?: PacGenericKeys;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 1.3. */
export interface ThreadInfoAarch64 {
  clear_tid_addr: bigint;
  tls: bigint;
  gpregs: UserAarch64RegsEntry;
  fpsimd: UserAarch64FpsimdContextEntry;
  /** Since CRIU 4.1. */
  pac_keys?: PacKeys;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 0.4. */
export interface UserArmRegsEntry {
  r0: number;
  r1: number;
  r2: number;
  r3: number;
  r4: number;
  r5: number;
  r6: number;
  r7: number;
  r8: number;
  r9: number;
  r10: number;
  fp: number;
  ip: number;
  sp: number;
  lr: number;
  pc: number;
  cpsr: number;
  orig_r0: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 0.4. */
export interface UserArmVfpstateEntry {
  vfp_regs?: Array<bigint>;
  fpscr: number;
  fpexc: number;
  fpinst: number;
  fpinst2: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 0.4. */
export interface ThreadInfoArm {
  clear_tid_addr: bigint;
  tls: number;
  gpregs: UserArmRegsEntry;
  fpstate: UserArmVfpstateEntry;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 3.19. */
export interface UserLoongarch64GpregsEntry {
  regs?: Array<bigint>;
  pc: bigint;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 3.19. */
export interface UserLoongarch64FpregsEntry {
  regs?: Array<bigint>;
  fcc: bigint;
  fcsr: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 3.19. */
export interface ThreadInfoLoongarch64 {
  clear_tid_addr: bigint;
  tls: bigint;
  gpregs: UserLoongarch64GpregsEntry;
  fpregs: UserLoongarch64FpregsEntry;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 3.15. */
export interface UserMipsRegsEntry {
  r0: bigint;
  r1: bigint;
  r2: bigint;
  r3: bigint;
  r4: bigint;
  r5: bigint;
  r6: bigint;
  r7: bigint;
  r8: bigint;
  r9: bigint;
  r10: bigint;
  r11: bigint;
  r12: bigint;
  r13: bigint;
  r14: bigint;
  r15: bigint;
  r16: bigint;
  r17: bigint;
  r18: bigint;
  r19: bigint;
  r20: bigint;
  r21: bigint;
  r22: bigint;
  r23: bigint;
  r24: bigint;
  r25: bigint;
  r26: bigint;
  r27: bigint;
  r28: bigint;
  r29: bigint;
  r30: bigint;
  r31: bigint;
  lo: bigint;
  hi: bigint;
  cp0_epc: bigint;
  cp0_badvaddr: bigint;
  cp0_status: bigint;
  cp0_cause: bigint;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 3.15. */
export interface UserMipsFpregsEntry {
  r0: bigint;
  r1: bigint;
  r2: bigint;
  r3: bigint;
  r4: bigint;
  r5: bigint;
  r6: bigint;
  r7: bigint;
  r8: bigint;
  r9: bigint;
  r10: bigint;
  r11: bigint;
  r12: bigint;
  r13: bigint;
  r14: bigint;
  r15: bigint;
  r16: bigint;
  r17: bigint;
  r18: bigint;
  r19: bigint;
  r20: bigint;
  r21: bigint;
  r22: bigint;
  r23: bigint;
  r24: bigint;
  r25: bigint;
  r26: bigint;
  r27: bigint;
  r28: bigint;
  r29: bigint;
  r30: bigint;
  r31: bigint;
  lo: bigint;
  hi: bigint;
  fpu_fcr31: number;
  fpu_id: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 3.15. */
export interface ThreadInfoMips {
  clear_tid_addr: bigint;
  tls: bigint;
  gpregs: UserMipsRegsEntry;
  fpregs: UserMipsFpregsEntry;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 1.6. */
export interface UserPpc64RegsEntry {
  gpr?: Array<bigint>;
  nip: bigint;
  msr: bigint;
  orig_gpr3: bigint;
  ctr: bigint;
  link: bigint;
  xer: bigint;
  ccr: bigint;
  trap: bigint;
  /** Since CRIU 2.6. */
  texasr?: bigint;
  /** Since CRIU 2.6. */
  tfhar?: bigint;
  /** Since CRIU 2.6. */
  tfiar?: bigint;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 1.6. */
export interface UserPpc64FpstateEntry {
  fpregs?: Array<bigint>;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 1.7. */
export interface UserPpc64VrstateEntry {
  vrregs?: Array<bigint>;
  vrsave: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 1.7. */
export interface UserPpc64VsxstateEntry {
  vsxregs?: Array<bigint>;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 2.6. */
export interface UserPpc64TmRegsEntry {
  gpregs: UserPpc64RegsEntry;
  fpstate?: UserPpc64FpstateEntry;
  vrstate?: UserPpc64VrstateEntry;
  vsxstate?: UserPpc64VsxstateEntry;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 1.6. */
export interface ThreadInfoPpc64 {
  clear_tid_addr: bigint;
  gpregs: UserPpc64RegsEntry;
  fpstate?: UserPpc64FpstateEntry;
  /** Since CRIU 1.7. */
  vrstate?: UserPpc64VrstateEntry;
  /** Since CRIU 1.7. */
  vsxstate?: UserPpc64VsxstateEntry;
  /** Since CRIU 2.6. */
  tmstate?: UserPpc64TmRegsEntry;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 4.1. */
export interface UserRiscv64RegsEntry {
  pc: bigint;
  ra: bigint;
  sp: bigint;
  gp: bigint;
  tp: bigint;
  t0: bigint;
  t1: bigint;
  t2: bigint;
  s0: bigint;
  s1: bigint;
  a0: bigint;
  a1: bigint;
  a2: bigint;
  a3: bigint;
  a4: bigint;
  a5: bigint;
  a6: bigint;
  a7: bigint;
  s2: bigint;
  s3: bigint;
  s4: bigint;
  s5: bigint;
  s6: bigint;
  s7: bigint;
  s8: bigint;
  s9: bigint;
  s10: bigint;
  s11: bigint;
  t3: bigint;
  t4: bigint;
  t5: bigint;
  t6: bigint;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 4.1. */
export interface UserRiscv64DExtEntry {
  f?: Array<bigint>;
  fcsr: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 4.1. */
export interface ThreadInfoRiscv64 {
  clear_tid_addr: bigint;
  tls: bigint;
  gpregs: UserRiscv64RegsEntry;
  fpsimd: UserRiscv64DExtEntry;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 3.4. */
export interface UserS390RegsEntry {
  psw_mask: bigint;
  psw_addr: bigint;
  gprs?: Array<bigint>;
  acrs?: Array<number>;
  orig_gpr2: bigint;
  system_call: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 3.4. */
export interface UserS390VxrsLowEntry {
  regs?: Array<bigint>;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 3.4. */
export interface UserS390VxrsHighEntry {
  regs?: Array<bigint>;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 3.4. */
export interface UserS390FpregsEntry {
  fpc: number;
  fprs?: Array<bigint>;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 3.6. */
export interface UserS390GsCbEntry {
  regs?: Array<bigint>;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 3.6. */
export interface UserS390RiEntry {
  ri_on: number;
  regs?: Array<bigint>;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 3.4. */
export interface ThreadInfoS390 {
  clear_tid_addr: bigint;
  gpregs: UserS390RegsEntry;
  fpregs: UserS390FpregsEntry;
  vxrs_low?: UserS390VxrsLowEntry;
  vxrs_high?: UserS390VxrsHighEntry;
  /** Since CRIU 3.6. */
  gs_cb?: UserS390GsCbEntry;
  /** Since CRIU 3.6. */
  gs_bc?: UserS390GsCbEntry;
  /** Since CRIU 3.6. */
  ri_cb?: UserS390RiEntry;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** `user_x86_regs_entry`. */
export interface UserX86RegsEntry {
  r15: bigint;
  r14: bigint;
  r13: bigint;
  r12: bigint;
  bp: bigint;
  bx: bigint;
  r11: bigint;
  r10: bigint;
  r9: bigint;
  r8: bigint;
  ax: bigint;
  cx: bigint;
  dx: bigint;
  si: bigint;
  di: bigint;
  orig_ax: bigint;
  ip: bigint;
  cs: bigint;
  flags: bigint;
  sp: bigint;
  ss: bigint;
  fs_base: bigint;
  gs_base: bigint;
  ds: bigint;
  es: bigint;
  fs: bigint;
  gs: bigint;
  /** Since CRIU 3.0. */
  mode?: "NATIVE" | "COMPAT" | number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 4.0. */
export interface UserX86CetEntry {
  cet: bigint;
  ssp: bigint;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 0.4. */
export interface UserX86XsaveEntry {
  xstate_bv: bigint;
  ymmh_space?: Array<number>;
  /** Since CRIU 3.11. */
  bndreg_state?: Array<bigint>;
  /** Since CRIU 3.11. */
  bndcsr_state?: Array<bigint>;
  /** Since CRIU 3.11. */
  opmask_reg?: Array<bigint>;
  /** Since CRIU 3.11. */
  zmm_upper?: Array<bigint>;
  /** Since CRIU 3.11. */
  hi16_zmm?: Array<bigint>;
  /** Since CRIU 3.11. */
  pkru?: Array<number>;
  /** Since CRIU 4.0. */
  cet?: UserX86CetEntry;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** `user_x86_fpregs_entry`. */
export interface UserX86FpregsEntry {
  cwd: number;
  swd: number;
  twd: number;
  fop: number;
  rip: bigint;
  rdp: bigint;
  mxcsr: number;
  mxcsr_mask: number;
  st_space?: Array<number>;
  xmm_space?: Array<number>;
  padding?: Array<number>;
  /** Since CRIU 0.4. */
  xsave?: UserX86XsaveEntry;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 3.0. */
export interface UserDescT {
  entry_number: number;
  base_addr: number;
  limit: number;
  seg_32bit: boolean;
  contents_h: boolean;
  contents_l: boolean;
  read_exec_only: boolean;
  limit_in_pages: boolean;
  seg_not_present: boolean;
  /** Named useable up to CRIU 3.16.1. */
  usable: boolean;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** `thread_info_x86`. */
export interface ThreadInfoX86 {
  clear_tid_addr: bigint;
  gpregs: UserX86RegsEntry;
  fpregs: UserX86FpregsEntry;
  /** Since CRIU 3.0. */
  tls?: Array<UserDescT>;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 1.4. */
export interface CpuinfoX86Entry {
  vendor_id: "UNKNOWN" | "INTEL" | "AMD" | number;
  cpu_family: number;
  model: number;
  stepping: number;
  capability_ver: number;
  capability?: Array<number>;
  model_id?: string;
  /** Since CRIU 3.11. */
  xfeatures_mask?: bigint;
  /** Since CRIU 3.11. */
  xsave_size?: number;
  /** Since CRIU 3.11. */
  xsave_size_max?: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 2.0. */
export interface CpuinfoPpc64Entry {
  endian: "BIGENDIAN" | "LITTLEENDIAN" | number;
  hwcap?: Array<bigint>;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 3.4. */
export interface CpuinfoS390Entry {
  hwcap?: Array<bigint>;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 1.4. */
export interface CpuinfoEntry {
  x86_entry?: Array<CpuinfoX86Entry>;
  /** Since CRIU 2.0. */
  ppc64_entry?: Array<CpuinfoPpc64Entry>;
  /** Since CRIU 3.4. */
  s390_entry?: Array<CpuinfoS390Entry>;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** `creds_entry`. */
export interface CredsEntry {
  uid: number;
  gid: number;
  euid: number;
  egid: number;
  suid: number;
  sgid: number;
  fsuid: number;
  fsgid: number;
  cap_inh?: Array<number>;
  cap_prm?: Array<number>;
  cap_eff?: Array<number>;
  cap_bnd?: Array<number>;
  secbits: number;
  /** Since CRIU 0.3. */
  groups?: Array<number>;
  /** Since CRIU 1.6. */
  lsm_profile?: string;
  /** Since CRIU 3.13. */
  lsm_sockcreate?: string;
  /** Since CRIU 3.16. */
  apparmor_data?: Uint8Array;
  /** Since CRIU 3.19. */
  no_new_privs?: number;
  /** Since CRIU 4.1. */
  cap_amb?: Array<number>;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** `eventfd_file_entry`. */
export interface EventfdFileEntry {
  id: number;
  flags: number;
  fown: FownEntry;
  counter: bigint;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** `eventpoll_tfd_entry`. */
export interface EventpollTfdEntry {
  id: number;
  tfd: number;
  events: number;
  data: bigint;
  /** Since CRIU 3.11. */
  dev?: number;
  /** Since CRIU 3.11. */
  inode?: bigint;
  /** Since CRIU 3.11. */
  pos?: bigint;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** `eventpoll_file_entry`. */
export interface EventpollFileEntry {
  id: number;
  flags: number;
  fown: FownEntry;
  /** Since CRIU 1.4. */
  tfd?: Array<EventpollTfdEntry>;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** `signalfd_entry`. */
export interface SignalfdEntry {
  id: number;
  flags: number;
  fown: FownEntry;
  sigmask: bigint;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 1.3. */
export interface TimerfdEntry {
  id: number;
  flags: number;
  fown: FownEntry;
  clockid: number;
  ticks: bigint;
  settime_flags: number;
  vsec: bigint;
  vnsec: bigint;
  isec: bigint;
  insec: bigint;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 4.1. */
export interface PidfdEntry {
  id: number;
  ino: number;
  flags: number;
  nspid: number;
  fown: FownEntry;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** `fdinfo_entry`. */
export interface FdinfoEntry {
  id: number;
  flags: number;
  type:
    | "UND"
    | "REG"
    | "PIPE"
    | "FIFO"
    | "INETSK"
    | "UNIXSK"
    | "EVENTFD"
    | "EVENTPOLL"
    | "INOTIFY"
    | "SIGNALFD"
    | "PACKETSK"
    | "TTY"
    | "FANOTIFY"
    | "NETLINKSK"
    | "NS"
    | "TUNF"
    | "EXT"
    | "TIMERFD"
    | "MEMFD"
    | "BPFMAP"
    | "PIDFD"
    | "CTL_TTY"
    | "AUTOFS_PIPE"
    | number;
  fd: number;
  /** Since CRIU 3.13. */
  xattr_security_selinux?: string;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 3.4. */
export interface FileEntry {
  type:
    | "UND"
    | "REG"
    | "PIPE"
    | "FIFO"
    | "INETSK"
    | "UNIXSK"
    | "EVENTFD"
    | "EVENTPOLL"
    | "INOTIFY"
    | "SIGNALFD"
    | "PACKETSK"
    | "TTY"
    | "FANOTIFY"
    | "NETLINKSK"
    | "NS"
    | "TUNF"
    | "EXT"
    | "TIMERFD"
    | "MEMFD"
    | "BPFMAP"
    | "PIDFD"
    | "CTL_TTY"
    | "AUTOFS_PIPE"
    | number;
  id: number;
  reg?: RegFileEntry;
  isk?: InetSkEntry;
  nsf?: NsFileEntry;
  psk?: PacketSockEntry;
  nlsk?: NetlinkSkEntry;
  efd?: EventfdFileEntry;
  epfd?: EventpollFileEntry;
  sgfd?: SignalfdEntry;
  tunf?: TunfileEntry;
  tfd?: TimerfdEntry;
  ify?: InotifyFileEntry;
  ffy?: FanotifyFileEntry;
  ext?: ExtFileEntry;
  usk?: UnixSkEntry;
  fifo?: FifoEntry;
  pipe?: PipeEntry;
  tty?: TtyFileEntry;
  /** Since CRIU 3.14. */
  memfd?: MemfdFileEntry;
  /** Since CRIU 3.15. */
  bpf?: BpfmapFileEntry;
  /** Since CRIU 4.1. */
  pidfd?: PidfdEntry;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 0.4. */
export interface FileLockEntry {
  flag: number;
  type: number;
  pid: number;
  fd: number;
  start: bigint;
  len: bigint;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** `fown_entry`. */
export interface FownEntry {
  uid: number;
  euid: number;
  signum: number;
  pid_type: number;
  pid: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** `fs_entry`. */
export interface FsEntry {
  cwd_id: number;
  root_id: number;
  /** Since CRIU 0.4. */
  umask?: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** `fh_entry`. */
export interface FhEntry {
  bytes: number;
  type: number;
  handle?: Array<bigint>;
  /** Since CRIU 1.2. */
  path?: string;
  /** Since CRIU 1.7.1. */
  mnt_id?: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** `inotify_wd_entry`. */
export interface InotifyWdEntry {
  id: number;
  i_ino: bigint;
  mask: number;
  ignored_mask: number;
  s_dev: number;
  wd: number;
  f_handle: FhEntry;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** `inotify_file_entry`. */
export interface InotifyFileEntry {
  id: number;
  flags: number;
  fown: FownEntry;
  /** Since CRIU 1.4. */
  wd?: Array<InotifyWdEntry>;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 0.4. */
export interface FanotifyInodeMarkEntry {
  i_ino: bigint;
  f_handle: FhEntry;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 0.4. */
export interface FanotifyMountMarkEntry {
  mnt_id: number;
  /** Since CRIU 3.1. */
  path?: string;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 0.4. */
export interface FanotifyMarkEntry {
  id: number;
  type: "INODE" | "MOUNT" | number;
  mflags: number;
  mask: number;
  ignored_mask: number;
  s_dev: number;
  ie?: FanotifyInodeMarkEntry;
  me?: FanotifyMountMarkEntry;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 0.4. */
export interface FanotifyFileEntry {
  id: number;
  flags: number;
  fown: FownEntry;
  faflags: number;
  evflags: number;
  /** Since CRIU 1.4. */
  mark?: Array<FanotifyMarkEntry>;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 1.2. */
export interface IrmapCacheEntry {
  dev: number;
  inode: bigint;
  path: string;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** `remap_file_path_entry`. */
export interface RemapFilePathEntry {
  orig_id: number;
  remap_id: number;
  /** Since CRIU 1.4. */
  remap_type?: "LINKED" | "GHOST" | "PROCFS" | number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 2.0. */
export interface Timeval {
  tv_sec: bigint;
  tv_usec: bigint;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** `ghost_file_entry`. */
export interface GhostFileEntry {
  uid: number;
  gid: number;
  mode: number;
  /** Since CRIU 0.3. */
  dev?: number;
  /** Since CRIU 0.3. */
  ino?: bigint;
  /** Since CRIU 1.3. */
  rdev?: number;
  /** Since CRIU 2.0. */
  atim?: Timeval;
  /** Since CRIU 2.0. */
  mtim?: Timeval;
  /** Since CRIU 3.3. */
  chunks?: boolean;
  /** Since CRIU 3.3. */
  size?: bigint;
  /** Since CRIU 3.14. */
  symlnk_target?: string;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 3.3. */
export interface GhostChunkEntry {
  len: bigint;
  off: bigint;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 3.15. */
export interface ImgStreamerRequestEntry {
  filename: string;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 3.15. */
export interface ImgStreamerReplyEntry {
  exists: boolean;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 4.1. */
export interface PluginsEntry {
  plugins?: Array<string>;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** `inventory_entry`. */
export interface InventoryEntry {
  img_version: number;
  /** Since CRIU 0.4. */
  fdinfo_per_id?: boolean;
  /** Since CRIU 0.4. */
  root_ids?: TaskKobjIdsEntry;
  /** Since CRIU 0.8. */
  ns_per_id?: boolean;
  /** Since CRIU 1.3. */
  root_cg_set?: number;
  /** Since CRIU 1.6. */
  lsmtype?: "NO_LSM" | "SELINUX" | "APPARMOR" | number;
  /** Since CRIU 3.10. */
  dump_uptime?: bigint;
  /** Since CRIU 3.14. */
  pre_dump_mode?: number;
  /** Since CRIU 3.15. */
  tcp_close?: boolean;
  /** Since CRIU 3.16. */
  network_lock_method?: number;
  /** Since CRIU 4.1. */
  plugins_entry?: PluginsEntry;
  /** Since CRIU 4.1. */
  dump_criu_run_id?: string;
  /** Since CRIU 4.2. */
  allow_uprobes?: boolean;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** `ipc_desc_entry`. */
export interface IpcDescEntry {
  key: number;
  uid: number;
  gid: number;
  cuid: number;
  cgid: number;
  mode: number;
  id: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** `ipc_var_entry`. */
export interface IpcVarEntry {
  sem_ctls?: Array<number>;
  msg_ctlmax: number;
  msg_ctlmnb: number;
  msg_ctlmni: number;
  auto_msgmni: number;
  shm_ctlmax: bigint;
  shm_ctlall: bigint;
  shm_ctlmni: number;
  shm_rmid_forced: number;
  mq_queues_max: number;
  mq_msg_max: number;
  mq_msgsize_max: number;
  /** Since CRIU 2.5. */
  mq_msg_default?: number;
  /** Since CRIU 2.5. */
  mq_msgsize_default?: number;
  /** Since CRIU 2.6. */
  msg_next_id?: number;
  /** Since CRIU 2.6. */
  sem_next_id?: number;
  /** Since CRIU 2.6. */
  shm_next_id?: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** `ipc_shm_entry`. */
export interface IpcShmEntry {
  desc: IpcDescEntry;
  size: bigint;
  /** Since CRIU 3.0. */
  in_pagemaps?: boolean;
  /** Since CRIU 3.17. */
  hugetlb_flag?: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** `ipc_msg`. */
export interface IpcMsg {
  mtype: bigint;
  msize: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** `ipc_msg_entry`. */
export interface IpcMsgEntry {
  desc: IpcDescEntry;
  qbytes: number;
  qnum: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** `ipc_sem_entry`. */
export interface IpcSemEntry {
  desc: IpcDescEntry;
  nsems: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 3.14. */
export interface MemfdFileEntry {
  id: number;
  flags: number;
  pos: bigint;
  fown: FownEntry;
  inode_id: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 3.14. */
export interface MemfdInodeEntry {
  name: string;
  uid: number;
  gid: number;
  size: bigint;
  shmid: number;
  seals: number;
  inode_id: bigint;
  /** Since CRIU 3.17. */
  hugetlb_flag?: number;
  /** Since CRIU 3.19. */
  mode?: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** `vma_entry`. */
export interface VmaEntry {
  start: bigint;
  end: bigint;
  pgoff: bigint;
  shmid: bigint;
  prot: number;
  flags: number;
  status: number;
  fd: bigint;
  /** Since CRIU 0.3. */
  madv?: bigint;
  /** Since CRIU 1.3. */
  fdflags?: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 1.5. */
export interface AioRingEntry {
  id: bigint;
  nr_req: number;
  ring_len: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** `mm_entry`. */
export interface MmEntry {
  mm_start_code: bigint;
  mm_end_code: bigint;
  mm_start_data: bigint;
  mm_end_data: bigint;
  mm_start_stack: bigint;
  mm_start_brk: bigint;
  mm_brk: bigint;
  mm_arg_start: bigint;
  mm_arg_end: bigint;
  mm_env_start: bigint;
  mm_env_end: bigint;
  exe_file_id: number;
  mm_saved_auxv?: Array<bigint>;
  /** Since CRIU 1.2. */
  vmas?: Array<VmaEntry>;
  /** Since CRIU 1.3. */
  dumpable?: number;
  /** Since CRIU 1.5. */
  aios?: Array<AioRingEntry>;
  /** Since CRIU 3.5. */
  thp_disabled?: boolean;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** `mnt_entry`. */
export interface MntEntry {
  fstype: number;
  mnt_id: number;
  root_dev: number;
  parent_mnt_id: number;
  flags: number;
  root: string;
  mountpoint: string;
  source: string;
  options: string;
  /** Since CRIU 0.7. */
  shared_id?: number;
  /** Since CRIU 0.7. */
  master_id?: number;
  /** Since CRIU 1.1. */
  with_plugin?: boolean;
  /** Since CRIU 1.3. */
  ext_mount?: boolean;
  /** Since CRIU 1.6. */
  fsname?: string;
  /** Since CRIU 1.6. */
  internal_sharing?: boolean;
  /** Since CRIU 1.7. */
  deleted?: boolean;
  /** Since CRIU 1.8. */
  sb_flags?: number;
  /** Since CRIU 3.0. */
  ext_key?: string;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 2.4. */
export interface AutofsEntry {
  fd: number;
  pgrp: number;
  timeout: number;
  minproto: number;
  maxproto: number;
  mode: number;
  uid?: number;
  gid?: number;
  read_fd?: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 2.0. */
export interface BinfmtMiscEntry {
  name: string;
  enabled: boolean;
  interpreter: string;
  flags?: string;
  extension?: string;
  magic?: string;
  mask?: string;
  offset?: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 0.6. */
export interface NsFileEntry {
  id: number;
  ns_id: number;
  ns_cflag: number;
  flags: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** `utsns_entry`. */
export interface UtsnsEntry {
  nodename: string;
  domainname: string;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 3.15. */
export interface PidnsEntry {
  ext_key?: string;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 1.4. */
export interface UidGidExtent {
  first: number;
  lower_first: number;
  count: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 1.4. */
export interface UsernsEntry {
  uid_map?: Array<UidGidExtent>;
  gid_map?: Array<UidGidExtent>;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 3.14. */
export interface Timespec {
  tv_sec: bigint;
  tv_nsec: bigint;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 3.14. */
export interface TimensEntry {
  monotonic: Timespec;
  boottime: Timespec;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 0.7. */
export interface TunLinkEntry {
  flags: number;
  owner: number;
  group: number;
  vnethdr: number;
  sndbuf: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 2.8. */
export interface MacvlanLinkEntry {
  mode: number;
  flags?: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 3.6. */
export interface SitEntry {
  link?: number;
  local?: Array<number>;
  remote?: Array<number>;
  ttl?: number;
  tos?: number;
  pmtudisc?: boolean;
  proto?: number;
  flags?: number;
  encap_type?: number;
  encap_flags?: number;
  encap_sport?: number;
  encap_dport?: number;
  rd_prefixlen?: number;
  rd_prefix?: Array<number>;
  relay_prefixlen?: number;
  relay_prefix?: Array<number>;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 2.3. */
export interface SysctlEntry {
  type: "CTL_STR" | "CTL_32" | number;
  iarg?: number;
  sarg?: string;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** `net_device_entry`. */
export interface NetDeviceEntry {
  type: "LOOPBACK" | "VETH" | "TUN" | "EXTLINK" | "VENET" | "BRIDGE" | "MACVLAN" | "SIT" | number;
  ifindex: number;
  mtu: number;
  flags: number;
  name: string;
  /** Since CRIU 0.7. */
  tun?: TunLinkEntry;
  /** Since CRIU 0.7. */
  address?: Uint8Array;
  /** Since CRIU 1.6. */
  conf?: Array<number>;
  /** Since CRIU 2.3. */
  conf4?: Array<SysctlEntry>;
  /** Since CRIU 2.3. */
  conf6?: Array<SysctlEntry>;
  /** Since CRIU 2.8. */
  macvlan?: MacvlanLinkEntry;
  /** Since CRIU 3.8. */
  peer_ifindex?: number;
  /** Since CRIU 3.8. */
  peer_nsid?: number;
  /** Since CRIU 3.8. */
  master?: number;
  /** Since CRIU 3.6. */
  sit?: SitEntry;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 3.8. */
export interface NetnsId {
  target_ns_id: number;
  netnsid_value: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 1.6. */
export interface NetnsEntry {
  def_conf?: Array<number>;
  all_conf?: Array<number>;
  /** Since CRIU 2.3. */
  def_conf4?: Array<SysctlEntry>;
  /** Since CRIU 2.3. */
  all_conf4?: Array<SysctlEntry>;
  /** Since CRIU 2.3. */
  def_conf6?: Array<SysctlEntry>;
  /** Since CRIU 2.3. */
  all_conf6?: Array<SysctlEntry>;
  /** Since CRIU 3.8. */
  nsids?: Array<NetnsId>;
  /** Since CRIU 3.11. */
  ext_key?: string;
  /** Since CRIU 3.14. */
  unix_conf?: Array<SysctlEntry>;
  /** Since CRIU 4.1. */
  ipv4_sysctl?: Array<SysctlEntry>;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 0.5. */
export interface PagemapHead {
  pages_id: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 0.5. */
export interface PagemapEntry {
  vaddr: bigint;
  /** Named nr_pages up to CRIU 4.1.1. */
  compat_nr_pages: number;
  in_parent?: boolean;
  /** Since CRIU 3.5. */
  flags?: number;
  /** Since CRIU 4.2. */
  nr_pages?: bigint;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** `pipe_entry`. */
export interface PipeEntry {
  id: number;
  pipe_id: number;
  flags: number;
  fown: FownEntry;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** `fifo_entry`. */
export interface FifoEntry {
  id: number;
  pipe_id: number;
  /** Since CRIU 3.6. */
  regf_id?: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** `pipe_data_entry`. */
export interface PipeDataEntry {
  pipe_id: number;
  bytes: number;
  /** Since CRIU 0.4. */
  size?: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** `pstree_entry`. */
export interface PstreeEntry {
  pid: number;
  ppid: number;
  pgid: number;
  sid: number;
  threads?: Array<number>;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** `reg_file_entry`. */
export interface RegFileEntry {
  id: number;
  flags: number;
  pos: bigint;
  fown: FownEntry;
  name: string;
  /** Since CRIU 1.3. */
  mnt_id?: number;
  /** Since CRIU 1.3. */
  size?: bigint;
  /** Since CRIU 2.0. */
  ext?: boolean;
  /** Since CRIU 2.4. */
  mode?: number;
  /** Since CRIU 3.15. */
  build_id?: Array<number>;
  /** Since CRIU 3.15. */
  checksum?: number;
  /** Since CRIU 3.15. */
  checksum_config?: number;
  /** Since CRIU 3.15. */
  checksum_parameter?: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 1.1. */
export interface ExtFileEntry {
  id: number;
  fown: FownEntry;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 1.8. */
export interface SeccompFilter {
  filter: Uint8Array;
  prev?: number;
  /** Since CRIU 3.10. */
  flags?: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 1.8. */
export interface SeccompEntry {
  seccomp_filters?: Array<SeccompFilter>;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** `sa_entry`. */
export interface SaEntry {
  sigaction: bigint;
  flags: bigint;
  restorer: bigint;
  mask: bigint;
  /** Since CRIU 3.0. */
  compat_sigaction?: boolean;
  /** Since CRIU 3.15. */
  mask_extended?: bigint;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 0.5. */
export interface SiginfoEntry {
  siginfo: Uint8Array;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 1.3. */
export interface SignalQueueEntry {
  signals?: Array<SiginfoEntry>;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 3.12. */
export interface IpOptsRawEntry {
  hdrincl?: boolean;
  nodefrag?: boolean;
  checksum?: boolean;
  icmpv_filter?: Array<number>;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 1.8. */
export interface IpOptsEntry {
  freebind?: boolean;
  /** Since CRIU 3.12. */
  raw?: IpOptsRawEntry;
  /** Since CRIU 3.18. */
  pktinfo?: boolean;
  /** Since CRIU 3.19. */
  tos?: number;
  /** Since CRIU 4.0. */
  ttl?: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 4.0. */
export interface TcpOptsEntry {
  cork?: boolean;
  nodelay?: boolean;
  keepcnt?: number;
  keepidle?: number;
  keepintvl?: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** `inet_sk_entry`. */
export interface InetSkEntry {
  id: number;
  ino: number;
  family: number;
  type: number;
  proto: number;
  state: number;
  src_port: number;
  dst_port: number;
  flags: number;
  backlog: number;
  src_addr?: Array<number>;
  dst_addr?: Array<number>;
  fown: FownEntry;
  opts: SkOptsEntry;
  v6only?: boolean;
  /** Since CRIU 1.8. */
  ip_opts?: IpOptsEntry;
  /** Since CRIU 1.8. */
  ifname?: string;
  /** Since CRIU 3.8. */
  ns_id?: number;
  /** Since CRIU 3.0. */
  shutdown?: "NONE" | "READ" | "WRITE" | "BOTH" | number;
  /** Since CRIU 4.0. */
  tcp_opts?: TcpOptsEntry;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** `tcp_stream_entry`. */
export interface TcpStreamEntry {
  inq_len: number;
  inq_seq: number;
  outq_len: number;
  outq_seq: number;
  opt_mask: number;
  snd_wscale: number;
  mss_clamp: number;
  rcv_wscale?: number;
  /** Since CRIU 0.4. */
  timestamp?: number;
  /** Since CRIU 0.8. */
  cork?: boolean;
  /** Since CRIU 0.8. */
  nodelay?: boolean;
  /** Since CRIU 1.0. */
  unsq_len?: number;
  /** Since CRIU 2.5. */
  snd_wl1?: number;
  /** Since CRIU 2.5. */
  snd_wnd?: number;
  /** Since CRIU 2.5. */
  max_window?: number;
  /** Since CRIU 2.5. */
  rcv_wnd?: number;
  /** Since CRIU 2.5. */
  rcv_wup?: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 0.5. */
export interface NetlinkSkEntry {
  id: number;
  ino: number;
  protocol: number;
  state: number;
  flags: number;
  portid: number;
  groups?: Array<number>;
  dst_portid: number;
  dst_group: number;
  fown: FownEntry;
  opts: SkOptsEntry;
  /** Since CRIU 3.8. */
  ns_id?: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** `sk_opts_entry`. */
export interface SkOptsEntry {
  so_sndbuf: number;
  so_rcvbuf: number;
  so_snd_tmo_sec: bigint;
  so_snd_tmo_usec: bigint;
  so_rcv_tmo_sec: bigint;
  so_rcv_tmo_usec: bigint;
  reuseaddr?: boolean;
  /** Since CRIU 0.3. */
  so_priority?: number;
  /** Since CRIU 0.3. */
  so_rcvlowat?: number;
  /** Since CRIU 0.3. */
  so_mark?: number;
  /** Since CRIU 0.3. */
  so_passcred?: boolean;
  /** Since CRIU 0.3. */
  so_passsec?: boolean;
  /** Since CRIU 0.3. */
  so_dontroute?: boolean;
  /** Since CRIU 0.3. */
  so_no_check?: boolean;
  /** Since CRIU 0.3. */
  so_bound_dev?: string;
  /** Since CRIU 0.3. */
  so_filter?: Array<bigint>;
  /** Since CRIU 3.7. */
  so_reuseport?: boolean;
  /** Since CRIU 3.13. */
  so_broadcast?: boolean;
  /** Since CRIU 3.14. */
  so_keepalive?: boolean;
  /** Since CRIU 3.14. */
  tcp_keepcnt?: number;
  /** Since CRIU 3.14. */
  tcp_keepidle?: number;
  /** Since CRIU 3.14. */
  tcp_keepintvl?: number;
  /** Since CRIU 3.15. */
  so_oobinline?: number;
  /** Since CRIU 3.15. */
  so_linger?: number;
  /** Since CRIU 3.17. */
  so_buf_lock?: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** `packet_mclist`. */
export interface PacketMclist {
  index: number;
  type: number;
  addr: Uint8Array;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** `packet_ring`. */
export interface PacketRing {
  block_size: number;
  block_nr: number;
  frame_size: number;
  frame_nr: number;
  retire_tmo: number;
  sizeof_priv: number;
  features: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** `packet_sock_entry`. */
export interface PacketSockEntry {
  id: number;
  type: number;
  protocol: number;
  flags: number;
  ifindex: number;
  fown: FownEntry;
  opts: SkOptsEntry;
  version: number;
  reserve: number;
  aux_data: boolean;
  orig_dev: boolean;
  vnet_hdr: boolean;
  loss: boolean;
  timestamp: number;
  copy_thresh: number;
  mclist?: Array<PacketMclist>;
  fanout?: number;
  rx_ring?: PacketRing;
  tx_ring?: PacketRing;
  /** Since CRIU 3.8. */
  ns_id?: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 3.6. */
export interface ScmEntry {
  type: number;
  rights?: Array<number>;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** `sk_packet_entry`. */
export interface SkPacketEntry {
  id_for: number;
  length: number;
  /** Since CRIU 3.6. */
  scm?: Array<ScmEntry>;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 0.4. */
export interface FilePermsEntry {
  mode: number;
  uid: number;
  gid: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** `unix_sk_entry`. */
export interface UnixSkEntry {
  id: number;
  ino: number;
  type: number;
  state: number;
  flags: number;
  uflags: number;
  backlog: number;
  peer: number;
  fown: FownEntry;
  opts: SkOptsEntry;
  name: Uint8Array;
  /** Since CRIU 0.3. */
  shutdown?: "NONE" | "READ" | "WRITE" | "BOTH" | number;
  /** Since CRIU 0.4. */
  file_perms?: FilePermsEntry;
  /** Since CRIU 1.6.1. */
  name_dir?: string;
  /** Since CRIU 2.5. */
  deleted?: boolean;
  /** Since CRIU 3.8. */
  ns_id?: number;
  /** Since CRIU 3.9. */
  mnt_id?: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 0.6. */
export interface DumpStatsEntry {
  freezing_time: number;
  frozen_time: number;
  memdump_time: number;
  memwrite_time: number;
  pages_scanned: bigint;
  pages_skipped_parent: bigint;
  pages_written: bigint;
  /** Since CRIU 1.2. */
  irmap_resolve?: number;
  /** Since CRIU 3.5. */
  pages_lazy: bigint;
  /** Since CRIU 3.7. */
  page_pipes?: bigint;
  /** Since CRIU 3.7. */
  page_pipe_bufs?: bigint;
  /** Since CRIU 3.13. */
  shpages_scanned?: bigint;
  /** Since CRIU 3.13. */
  shpages_skipped_parent?: bigint;
  /** Since CRIU 3.13. */
  shpages_written?: bigint;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 0.7. */
export interface RestoreStatsEntry {
  pages_compared: bigint;
  pages_skipped_cow: bigint;
  forking_time: number;
  restore_time: number;
  /** Since CRIU 1.2. */
  pages_restored?: bigint;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 0.6. */
export interface StatsEntry {
  dump?: DumpStatsEntry;
  /** Since CRIU 0.7. */
  restore?: RestoreStatsEntry;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** `itimer_entry`. */
export interface ItimerEntry {
  isec: bigint;
  iusec: bigint;
  vsec: bigint;
  vusec: bigint;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 0.6. */
export interface PosixTimerEntry {
  it_id: number;
  clock_id: number;
  si_signo: number;
  it_sigev_notify: number;
  sival_ptr: bigint;
  overrun: number;
  isec: bigint;
  insec: bigint;
  vsec: bigint;
  vnsec: bigint;
  /** Since CRIU 3.16. */
  notify_thread_id?: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 1.3. */
export interface TaskTimersEntry {
  real: ItimerEntry;
  virt: ItimerEntry;
  prof: ItimerEntry;
  posix?: Array<PosixTimerEntry>;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** `winsize_entry`. */
export interface WinsizeEntry {
  ws_row: number;
  ws_col: number;
  ws_xpixel: number;
  ws_ypixel: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** `termios_entry`. */
export interface TermiosEntry {
  c_iflag: number;
  c_oflag: number;
  c_cflag: number;
  c_lflag: number;
  c_line: number;
  c_ispeed: number;
  c_ospeed: number;
  c_cc?: Array<number>;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** `tty_pty_entry`. */
export interface TtyPtyEntry {
  index: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** `tty_file_entry`. */
export interface TtyFileEntry {
  id: number;
  tty_info_id: number;
  flags: number;
  fown: FownEntry;
  /** Since CRIU 3.6. */
  regf_id?: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** `tty_info_entry`. */
export interface TtyInfoEntry {
  id: number;
  type: "UNKNOWN" | "PTY" | "CONSOLE" | "VT" | "CTTY" | "EXT_TTY" | "SERIAL" | number;
  locked: boolean;
  exclusive: boolean;
  packet_mode: boolean;
  sid: number;
  pgrp: number;
  rdev: number;
  termios?: TermiosEntry;
  termios_locked?: TermiosEntry;
  winsize?: WinsizeEntry;
  pty?: TtyPtyEntry;
  /** Since CRIU 2.0. */
  dev?: number;
  /** Since CRIU 2.6. */
  uid?: number;
  /** Since CRIU 2.6. */
  gid?: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 2.3. */
export interface TtyDataEntry {
  tty_id: number;
  data: Uint8Array;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Since CRIU 0.7. */
export interface TunfileEntry {
  id: number;
  netdev?: string;
  detached?: boolean;
  /** Since CRIU 3.9. */
  ns_id?: number;
  /** Fields that the schema does not know, as raw wire bytes. */
  "?"?: Uint8Array;
}

/** Interface of each message, by the message's name. */
export interface Messages {
  "aa_policy": AaPolicy;
  "aa_namespace": AaNamespace;
  "apparmor_entry": ApparmorEntry;
  "bpfmap_file_entry": BpfmapFileEntry;
  "bpfmap_data_entry": BpfmapDataEntry;
  "cgroup_perms": CgroupPerms;
  "cgroup_prop_entry": CgroupPropEntry;
  "cgroup_dir_entry": CgroupDirEntry;
  "cg_controller_entry": CgControllerEntry;
  "cg_member_entry": CgMemberEntry;
  "cg_set_entry": CgSetEntry;
  "cgroup_entry": CgroupEntry;
  "rlimit_entry": RlimitEntry;
  "task_rlimits_entry": TaskRlimitsEntry;
  "task_core_entry": TaskCoreEntry;
  "task_kobj_ids_entry": TaskKobjIdsEntry;
  "thread_sas_entry": ThreadSasEntry;
  "rseq_entry": RseqEntry;
  "thread_core_entry": ThreadCoreEntry;
  "core_entry": CoreEntry;
  "user_aarch64_regs_entry": UserAarch64RegsEntry;
  "user_aarch64_fpsimd_context_entry": UserAarch64FpsimdContextEntry;
  "pac_address_keys": PacAddressKeys;
  "pac_generic_keys": PacGenericKeys;
  "pac_keys": PacKeys;
  "thread_info_aarch64": ThreadInfoAarch64;
  "user_arm_regs_entry": UserArmRegsEntry;
  "user_arm_vfpstate_entry": UserArmVfpstateEntry;
  "thread_info_arm": ThreadInfoArm;
  "user_loongarch64_gpregs_entry": UserLoongarch64GpregsEntry;
  "user_loongarch64_fpregs_entry": UserLoongarch64FpregsEntry;
  "thread_info_loongarch64": ThreadInfoLoongarch64;
  "user_mips_regs_entry": UserMipsRegsEntry;
  "user_mips_fpregs_entry": UserMipsFpregsEntry;
  "thread_info_mips": ThreadInfoMips;
  "user_ppc64_regs_entry": UserPpc64RegsEntry;
  "user_ppc64_fpstate_entry": UserPpc64FpstateEntry;
  "user_ppc64_vrstate_entry": UserPpc64VrstateEntry;
  "user_ppc64_vsxstate_entry": UserPpc64VsxstateEntry;
  "user_ppc64_tm_regs_entry": UserPpc64TmRegsEntry;
  "thread_info_ppc64": ThreadInfoPpc64;
  "user_riscv64_regs_entry": UserRiscv64RegsEntry;
  "user_riscv64_d_ext_entry": UserRiscv64DExtEntry;
  "thread_info_riscv64": ThreadInfoRiscv64;
  "user_s390_regs_entry": UserS390RegsEntry;
  "user_s390_vxrs_low_entry": UserS390VxrsLowEntry;
  "user_s390_vxrs_high_entry": UserS390VxrsHighEntry;
  "user_s390_fpregs_entry": UserS390FpregsEntry;
  "user_s390_gs_cb_entry": UserS390GsCbEntry;
  "user_s390_ri_entry": UserS390RiEntry;
  "thread_info_s390": ThreadInfoS390;
  "user_x86_regs_entry": UserX86RegsEntry;
  "user_x86_cet_entry": UserX86CetEntry;
  "user_x86_xsave_entry": UserX86XsaveEntry;
  "user_x86_fpregs_entry": UserX86FpregsEntry;
  "user_desc_t": UserDescT;
  "thread_info_x86": ThreadInfoX86;
  "cpuinfo_x86_entry": CpuinfoX86Entry;
  "cpuinfo_ppc64_entry": CpuinfoPpc64Entry;
  "cpuinfo_s390_entry": CpuinfoS390Entry;
  "cpuinfo_entry": CpuinfoEntry;
  "creds_entry": CredsEntry;
  "eventfd_file_entry": EventfdFileEntry;
  "eventpoll_tfd_entry": EventpollTfdEntry;
  "eventpoll_file_entry": EventpollFileEntry;
  "signalfd_entry": SignalfdEntry;
  "timerfd_entry": TimerfdEntry;
  "pidfd_entry": PidfdEntry;
  "fdinfo_entry": FdinfoEntry;
  "file_entry": FileEntry;
  "file_lock_entry": FileLockEntry;
  "fown_entry": FownEntry;
  "fs_entry": FsEntry;
  "fh_entry": FhEntry;
  "inotify_wd_entry": InotifyWdEntry;
  "inotify_file_entry": InotifyFileEntry;
  "fanotify_inode_mark_entry": FanotifyInodeMarkEntry;
  "fanotify_mount_mark_entry": FanotifyMountMarkEntry;
  "fanotify_mark_entry": FanotifyMarkEntry;
  "fanotify_file_entry": FanotifyFileEntry;
  "irmap_cache_entry": IrmapCacheEntry;
  "remap_file_path_entry": RemapFilePathEntry;
  "timeval": Timeval;
  "ghost_file_entry": GhostFileEntry;
  "ghost_chunk_entry": GhostChunkEntry;
  "img_streamer_request_entry": ImgStreamerRequestEntry;
  "img_streamer_reply_entry": ImgStreamerReplyEntry;
  "plugins_entry": PluginsEntry;
  "inventory_entry": InventoryEntry;
  "ipc_desc_entry": IpcDescEntry;
  "ipc_var_entry": IpcVarEntry;
  "ipc_shm_entry": IpcShmEntry;
  "ipc_msg": IpcMsg;
  "ipc_msg_entry": IpcMsgEntry;
  "ipc_sem_entry": IpcSemEntry;
  "memfd_file_entry": MemfdFileEntry;
  "memfd_inode_entry": MemfdInodeEntry;
  "vma_entry": VmaEntry;
  "aio_ring_entry": AioRingEntry;
  "mm_entry": MmEntry;
  "mnt_entry": MntEntry;
  "autofs_entry": AutofsEntry;
  "binfmt_misc_entry": BinfmtMiscEntry;
  "ns_file_entry": NsFileEntry;
  "utsns_entry": UtsnsEntry;
  "pidns_entry": PidnsEntry;
  "uid_gid_extent": UidGidExtent;
  "userns_entry": UsernsEntry;
  "timespec": Timespec;
  "timens_entry": TimensEntry;
  "tun_link_entry": TunLinkEntry;
  "macvlan_link_entry": MacvlanLinkEntry;
  "sit_entry": SitEntry;
  "sysctl_entry": SysctlEntry;
  "net_device_entry": NetDeviceEntry;
  "netns_id": NetnsId;
  "netns_entry": NetnsEntry;
  "pagemap_head": PagemapHead;
  "pagemap_entry": PagemapEntry;
  "pipe_entry": PipeEntry;
  "fifo_entry": FifoEntry;
  "pipe_data_entry": PipeDataEntry;
  "pstree_entry": PstreeEntry;
  "reg_file_entry": RegFileEntry;
  "ext_file_entry": ExtFileEntry;
  "seccomp_filter": SeccompFilter;
  "seccomp_entry": SeccompEntry;
  "sa_entry": SaEntry;
  "siginfo_entry": SiginfoEntry;
  "signal_queue_entry": SignalQueueEntry;
  "ip_opts_raw_entry": IpOptsRawEntry;
  "ip_opts_entry": IpOptsEntry;
  "tcp_opts_entry": TcpOptsEntry;
  "inet_sk_entry": InetSkEntry;
  "tcp_stream_entry": TcpStreamEntry;
  "netlink_sk_entry": NetlinkSkEntry;
  "sk_opts_entry": SkOptsEntry;
  "packet_mclist": PacketMclist;
  "packet_ring": PacketRing;
  "packet_sock_entry": PacketSockEntry;
  "scm_entry": ScmEntry;
  "sk_packet_entry": SkPacketEntry;
  "file_perms_entry": FilePermsEntry;
  "unix_sk_entry": UnixSkEntry;
  "dump_stats_entry": DumpStatsEntry;
  "restore_stats_entry": RestoreStatsEntry;
  "stats_entry": StatsEntry;
  "itimer_entry": ItimerEntry;
  "posix_timer_entry": PosixTimerEntry;
  "task_timers_entry": TaskTimersEntry;
  "winsize_entry": WinsizeEntry;
  "termios_entry": TermiosEntry;
  "tty_pty_entry": TtyPtyEntry;
  "tty_file_entry": TtyFileEntry;
  "tty_info_entry": TtyInfoEntry;
  "tty_data_entry": TtyDataEntry;
  "tunfile_entry": TunfileEntry;
}
