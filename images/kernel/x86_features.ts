/**
 * Features of x86 processors, as the words of cpuinfo.img have them.
 *
 * The words are those of CRIU's compel/arch/x86/src/lib/include/uapi/asm/cpu.h, which follow the
 * kernel's arch/x86/include/asm/cpufeatures.h; names are those of /proc/cpuinfo.
 *
 * @module
 */

/** Names by word; `-` for a bit that has none. Words that CRIU or the kernel makes up have none. */
const FEATURES: Readonly<Record<number, string>> = {
  // CPUID 1, EDX
  0: "fpu vme de pse tsc msr pae mce cx8 apic - sep mtrr pge mca cmov pat pse36 pn clflush - dts " +
    "acpi mmx fxsr sse sse2 ss ht tm ia64 pbe",
  // CPUID 0x80000001, EDX
  1: "- - - - - - - - - - - syscall - - - - - - - mp nx - mmxext - - fxsr_opt pdpe1gb rdtscp - lm " +
    "3dnowext 3dnow",
  // CPUID 1, ECX
  4: "pni pclmulqdq dtes64 monitor ds_cpl vmx smx est tm2 ssse3 cid sdbg fma cx16 xtpr pdcm - " +
    "pcid dca sse4_1 sse4_2 x2apic movbe popcnt tsc_deadline_timer aes xsave osxsave avx f16c " +
    "rdrand hypervisor",
  // CPUID 0x80000001, ECX
  6: "lahf_lm cmp_legacy svm extapic cr8_legacy abm sse4a misalignsse 3dnowprefetch osvw ibs xop " +
    "skinit wdt - lwp fma4 tce - nodeid_msr - tbm topoext perfctr_core perfctr_nb - bpext ptsc " +
    "perfctr_llc mwaitx",
  // CPUID 7, EBX
  9: "fsgsbase tsc_adjust sgx bmi1 hle avx2 fdp_excptn_only smep bmi2 erms invpcid rtm cqm " +
    "zero_fcs_fds mpx rdt_a avx512f avx512dq rdseed adx smap avx512ifma - clflushopt clwb " +
    "intel_pt avx512pf avx512er avx512cd sha_ni avx512bw avx512vl",
  // CPUID 0xd, 1, EAX
  10: "xsaveopt xsavec xgetbv1 xsaves xfd",
  // CPUID 7, ECX
  11: "prefetchwt1 avx512vbmi umip pku ospke waitpkg avx512_vbmi2 shstk gfni vaes vpclmulqdq " +
    "avx512_vnni avx512_bitalg tme avx512_vpopcntdq - la57 - - - - - rdpid - bus_lock_detect " +
    "cldemote - movdiri movdir64b enqcmd sgx_lc",
  // CPUID 0xf, 1, EDX
  12: "cqm_occup_llc cqm_mbm_total cqm_mbm_local",
  // CPUID 0x80000008, EBX
  13: "clzero irperf xsaveerptr - rdpru - - - - wbnoinvd - - amd_ibpb - amd_ibrs amd_stibp - - - " +
    "- - - - - amd_ssbd virt_ssbd",
  // CPUID 6, EAX
  14: "dtherm ida arat - pln - pts hwp hwp_notify hwp_act_window hwp_epp hwp_pkg_req",
  // CPUID 0x8000000a, EDX
  15:
    "npt lbrv svm_lock nrip_save tsc_scale vmcb_clean flushbyasid decodeassists - - pausefilter " +
    "- pfthreshold avic - v_vmsave_vmload vgif",
  // CPUID 0x80000007, EBX
  17: "overflow_recov succor - smca",
  // CPUID 7, EDX
  18: "- - avx512_4vnniw avx512_4fmaps fsrm - - - avx512_vp2intersect - md_clear - - - serialize " +
    "- tsxldtrk - pconfig arch_lbr ibt - amx_bf16 avx512_fp16 amx_tile amx_int8 spec_ctrl stibp " +
    "flush_l1d arch_capabilities - ssbd",
};

/** Words that are the kernel's or CRIU's own, with no bits of the processor. */
const MADE_UP = [2, 3, 5, 7, 8, 16];

/** Names of features, in the order of the words; `WORD:BIT` for one without a name. */
export function featureNames(words: readonly number[]): string[] {
  const names: string[] = [];
  for (const [index, word] of words.entries()) {
    if (MADE_UP.includes(index)) continue;
    const known = FEATURES[index]?.split(" ") ?? [];
    for (let bit = 0; bit < 32; bit++) {
      if ((word >>> bit & 1) === 0) continue;
      const name = known[bit];
      names.push(name === undefined || name === "-" ? `${index}:${bit}` : name);
    }
  }
  return names;
}

/** Components of the XSAVE area by their bit (Intel SDM volume 1, 13.1). */
const COMPONENTS: Readonly<Record<number, string>> = {
  0: "x87",
  1: "sse",
  2: "avx",
  3: "bndregs",
  4: "bndcsr",
  5: "opmask",
  6: "zmm_hi256",
  7: "hi16_zmm",
  8: "pt",
  9: "pkru",
  10: "pasid",
  11: "cet_user",
  12: "cet_supervisor",
  13: "hdc",
  14: "uintr",
  15: "lbr",
  16: "hwp",
  17: "amx_tilecfg",
  18: "amx_tiledata",
};

/** Names of the components in a mask. */
export function componentNames(mask: bigint): string[] {
  const names: string[] = [];
  for (let bit = 0; mask >> BigInt(bit) !== 0n; bit++) {
    if ((mask >> BigInt(bit) & 1n) !== 0n) names.push(COMPONENTS[bit] ?? `${bit}`);
  }
  return names;
}
