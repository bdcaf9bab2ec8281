/**
 * Which values of newer fields say nothing to an older release: without the field it does the same.
 *
 * The rule is that zero, false, an empty text and an empty list say nothing. What stands here are
 * the exceptions, from what CRIU does on restore.
 *
 * @module
 */

import type { Message, Value } from "../codec/objects.ts";
import { VMA } from "../kernel/memory.ts";
import { enumSchema, type FieldSchema, Kind, messageSchema, UNKNOWN } from "../protobuf/schema.ts";
import type { DumpContext } from "./dump_context.ts";

/** Whether a value says nothing. */
export type DefaultRule = (value: Value, facts: DumpContext) => boolean;

/** A value, or any of several. */
function is(...values: readonly (number | bigint | string)[]): DefaultRule {
  return (value) => values.some((one) => one === value || one === Number(value));
}

/** For what CRIU only compares, counts or prints, and for its notes to itself. */
const always: DefaultRule = () => true;
const never: DefaultRule = () => false;

/** Of a network namespace: the one that all sockets were in when CRIU knew of no other. */
const rootNetwork: DefaultRule = (value, { rootTaskIds }) => value === rootTaskIds?.net_ns_id;

/** Rules by `message.field`. */
export const DEFAULTS: Readonly<Record<string, DefaultRule>> = {
  // Notes of CRIU to itself.
  "inventory_entry.dump_uptime": always,
  "inventory_entry.pre_dump_mode": always,
  // It names the table of nftables that keeps connections still until they are restored.
  "inventory_entry.dump_criu_run_id": (_value, { isLockedByNftables }) => !isLockedByNftables,
  // Only compared with what is found on restore, to see whether it is the same file.
  "reg_file_entry.mode": always,
  "reg_file_entry.build_id": always,
  "reg_file_entry.checksum": always,
  "reg_file_entry.checksum_config": always,
  "reg_file_entry.checksum_parameter": always,
  "tty_info_entry.dev": always,
  // How the dump found out which file is watched; on restore the descriptor alone counts.
  "eventpoll_tfd_entry.dev": always,
  "eventpoll_tfd_entry.inode": always,
  "eventpoll_tfd_entry.pos": always,
  // Where threads differ, their own sets do not pass either.
  "cg_controller_entry.is_threaded": always,
  // What every process has unless it says otherwise.
  "task_core_entry.loginuid": is(0xffff_ffff),
  "task_core_entry.stop_signo": is(0, 19),
  "user_x86_regs_entry.mode": is("NATIVE", 1),
  "user_x86_xsave_entry.pkru": is(0, 0x5555_5554),
  // Segments as the kernel has them before set_thread_area(2), 12 to 14 of the descriptor table.
  "user_desc_t.entry_number": is(12, 13, 14),
  "user_desc_t.read_exec_only": always,
  "user_desc_t.seg_not_present": (value) => value === true || value === 1,
  // The kernel's presets.
  "memfd_inode_entry.mode": is(0o100777),
  "ip_opts_entry.ttl": is(0, 64),
  "sk_opts_entry.tcp_keepcnt": is(9),
  "sk_opts_entry.tcp_keepidle": is(7200),
  "sk_opts_entry.tcp_keepintvl": is(75),
  "tcp_opts_entry.keepcnt": is(9),
  "tcp_opts_entry.keepidle": is(7200),
  "tcp_opts_entry.keepintvl": is(75),
  // Present, it sets even a time of zero.
  "sk_opts_entry.so_linger": never,
  "ipc_var_entry.mq_msg_default": is(10),
  "ipc_var_entry.mq_msgsize_default": is(8192),
  "ipc_var_entry.msg_next_id": is(0xffff_ffff),
  "ipc_var_entry.sem_next_id": is(0xffff_ffff),
  "ipc_var_entry.shm_next_id": is(0xffff_ffff),
  "sysctl_entry.type": always,
  "netns_entry.unix_conf": (value) => (value as { iarg?: number }).iarg === 10,
  "unix_sk_entry.mnt_id": is(-1),
  // Namespaces that CRIU shared with the tasks were not dumped.
  "task_kobj_ids_entry.user_ns_id": (value, { criuIds }) => value === criuIds?.user_ns_id,
  "task_kobj_ids_entry.cgroup_ns_id": (value, { criuIds }) => value === criuIds?.cgroup_ns_id,
  "task_kobj_ids_entry.time_ns_id": (value, { criuIds }) => value === criuIds?.time_ns_id,
  "inet_sk_entry.ns_id": rootNetwork,
  "unix_sk_entry.ns_id": rootNetwork,
  "packet_sock_entry.ns_id": rootNetwork,
  "netlink_sk_entry.ns_id": rootNetwork,
  "tunfile_entry.ns_id": rootNetwork,
};

/** Messages of which nothing matters to a restore: statistics, and what `criu cpuinfo` compares. */
export const INFORMATIONAL: ReadonlySet<string> = new Set([
  "dump_stats_entry",
  "restore_stats_entry",
  "cpuinfo_entry",
  "cpuinfo_x86_entry",
  "cpuinfo_ppc64_entry",
  "cpuinfo_s390_entry",
]);

/** Whether a restore loses nothing without a message: all its values are defaults. */
export function isInsignificantMessage(
  name: string,
  message: Message,
  facts: DumpContext,
): boolean {
  if (message[UNKNOWN] !== undefined) return false;
  if (INFORMATIONAL.has(name)) return true;
  return messageSchema(name).fields.every((field) => {
    const value = message[field.name];
    if (value === undefined) return true;
    const list = Array.isArray(value) ? value : [value];
    return list.every((one) => isInsignificantValue(name, field, one, facts));
  });
}

/** Whether a restore loses nothing without a value of a message's field. */
export function isInsignificantValue(
  message: string,
  field: FieldSchema,
  value: Value,
  facts: DumpContext,
): boolean {
  if (INFORMATIONAL.has(message)) return true;
  const rule = DEFAULTS[`${message}.${field.name}`];
  if (rule !== undefined) return rule(value, facts);
  if (value instanceof Uint8Array) return value.length === 0;
  if (field.kind === Kind.Message) {
    return isInsignificantMessage(field.typeName!, value as Message, facts);
  }
  if (field.kind === Kind.Enum && typeof value === "string") {
    return enumSchema(field.typeName!).byName.get(value) === 0;
  }
  return !value;
}

/**
 * Fields without which their message would say something else: it goes with them. A range of pages
 * that are elsewhere would be taken for one whose pages are here.
 */
export const CARRIES_MESSAGE: ReadonlySet<string> = new Set([
  "pagemap_entry.flags",
  "remap_file_path_entry.remap_type",
]);

/** Bits of a field that came later than the field, with the release. */
export const FLAG_BITS: Readonly<
  Record<string, readonly (readonly [bits: number, since: string])[]>
> = {
  "vma_entry.status": [
    [VMA.AIORING, "1.5"],
    [VMA.MEMFD, "3.14"],
    [VMA.SHSTK, "4.0"],
    [VMA.GUARD, "4.2"],
    [VMA.UPROBES, "4.2"],
  ],
};

/** Numbers that are values of an enum, by `message.field`. */
export const ENUM_NUMBERS: Readonly<Record<string, string>> = {
  "mnt_entry.fstype": "fstype",
};
