/**
 * Numbers of credentials: capabilities, secure bits, seccomp.
 *
 * @module
 */

import { type NumberTable, numberTable } from "./names.ts";

/** Names of capabilities by their number (include/uapi/linux/capability.h), without `CAP_`. */
export const CAPABILITIES: readonly string[] =
  ("chown dac_override dac_read_search fowner fsetid kill setgid setuid setpcap linux_immutable " +
    "net_bind_service net_broadcast net_admin net_raw ipc_lock ipc_owner sys_module sys_rawio " +
    "sys_chroot sys_ptrace sys_pacct sys_admin sys_boot sys_nice sys_resource sys_time " +
    "sys_tty_config mknod lease audit_write audit_control setfcap mac_override mac_admin syslog " +
    "wake_alarm block_suspend audit_read perfmon bpf checkpoint_restore").split(" ");

/** Sets that were named before, by their two words as one number: most tasks have the same. */
const NAMED = new Map<number, readonly string[]>();
/** Most of them. */
const MOST_NAMED = 1000;

/**
 * Names of the capabilities in words of 32 bits; a number where there is no name. Sets that are
 * alike have the same list.
 */
export function capabilityNames(words: readonly number[] = []): readonly string[] {
  const [low = 0, high = 0] = words;
  // Larger numbers are not exact.
  if (words.length > 2 || high >>> 0 >= 1 << 20) return namesOf(words);
  const set = (high >>> 0) * 2 ** 32 + (low >>> 0);
  let names = NAMED.get(set);
  if (names === undefined) {
    if (NAMED.size >= MOST_NAMED) NAMED.clear();
    NAMED.set(set, names = namesOf(words));
  }
  return names;
}

function namesOf(words: readonly number[]): string[] {
  const names: string[] = [];
  for (let index = 0; index < words.length; index++) {
    let number = 32 * index;
    for (let rest = words[index]! >>> 0; rest !== 0; rest >>>= 1, number++) {
      if ((rest & 1) !== 0) names.push(CAPABILITIES[number] ?? `${number}`);
    }
  }
  return names;
}

/** Secure bits (include/uapi/linux/securebits.h), without `SECBIT_`. */
export const SECURE_BITS: NumberTable = numberTable("SECBIT_", () => [
  [1 << 0, "NOROOT"],
  [1 << 1, "NOROOT_LOCKED"],
  [1 << 2, "NO_SETUID_FIXUP"],
  [1 << 3, "NO_SETUID_FIXUP_LOCKED"],
  [1 << 4, "KEEP_CAPS"],
  [1 << 5, "KEEP_CAPS_LOCKED"],
  [1 << 6, "NO_CAP_AMBIENT_RAISE"],
  [1 << 7, "NO_CAP_AMBIENT_RAISE_LOCKED"],
  [1 << 8, "EXEC_RESTRICT_FILE"],
  [1 << 9, "EXEC_RESTRICT_FILE_LOCKED"],
  [1 << 10, "EXEC_DENY_INTERACTIVE"],
  [1 << 11, "EXEC_DENY_INTERACTIVE_LOCKED"],
]);

/** Names of the bits of a table that a number has; those without a name in hexadecimal. */
export function bitNames({ rows }: NumberTable, value: number): string[] {
  let rest = value;
  const names: string[] = [];
  for (const [bit, name] of rows) {
    if ((rest & bit) === 0) continue;
    names.push(name);
    rest &= ~bit;
  }
  return rest === 0 ? names : [...names, `0x${(rest >>> 0).toString(16)}`];
}
