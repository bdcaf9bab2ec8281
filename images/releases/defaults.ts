/**
 * Values of newer fields that are insignificant to an older release: it restores the same without
 * the field.
 *
 * By default, zero, false, an empty text and an empty list are insignificant. The rules here are
 * exceptions, which follow from CRIU's code for restores.
 *
 * @module
 */

import type { Message, Value } from "../codec/objects.ts";
import { VMA } from "../kernel/memory.ts";
import { enumSchema, type FieldSchema, Kind, messageSchema, UNKNOWN } from "../protobuf/schema.ts";
import type { DumpContext } from "./dump_context.ts";

/** Whether a value is insignificant. */
export type DefaultRule = (value: Value, facts: DumpContext) => boolean;

/** Accepts any of these values. */
function is(...values: readonly (number | bigint | string)[]): DefaultRule {
  return (value) => values.some((one) => one === value || one === Number(value));
}

/** For values that CRIU only compares, counts or prints, and for its own bookkeeping. */
const always: DefaultRule = () => true;
const never: DefaultRule = () => false;

/** For a network namespace: the namespace of all sockets in releases that know only one. */
const rootNetwork: DefaultRule = (value, { rootTaskIds }) => value === rootTaskIds?.net_ns_id;

/** Rules by `message.field`. */
export const DEFAULTS: Readonly<Record<string, DefaultRule>> = {
  // CRIU's own bookkeeping.
  "inventory_entry.dump_uptime": always,
  "inventory_entry.pre_dump_mode": always,
  // Names the nftables table that blocks connections until they are restored.
  "inventory_entry.dump_criu_run_id": (_value, { isLockedByNftables }) => !isLockedByNftables,
  // CRIU only compares these with the file on restore.
  "reg_file_entry.mode": always,
  "reg_file_entry.build_id": always,
  "reg_file_entry.checksum": always,
  "reg_file_entry.checksum_config": always,
  "reg_file_entry.checksum_parameter": always,
  "tty_info_entry.dev": always,
  // The dump found the watched file with these; a restore only uses the descriptor.
  "eventpoll_tfd_entry.dev": always,
  "eventpoll_tfd_entry.inode": always,
  "eventpoll_tfd_entry.pos": always,
  // If threads differ, their own sets are significant as well.
  "cg_controller_entry.is_threaded": always,
  // The default of every process.
  "task_core_entry.loginuid": is(0xffff_ffff),
  "task_core_entry.stop_signo": is(0, 19),
  "user_x86_regs_entry.mode": is("NATIVE", 1),
  "user_x86_xsave_entry.pkru": is(0, 0x5555_5554),
  // Segments as the kernel sets them before set_thread_area(2): 12 to 14 of the descriptor table.
  "user_desc_t.entry_number": is(12, 13, 14),
  "user_desc_t.read_exec_only": always,
  "user_desc_t.seg_not_present": (value) => value === true || value === 1,
  // Defaults of the kernel.
  "memfd_inode_entry.mode": is(0o100777),
  "ip_opts_entry.ttl": is(0, 64),
  "sk_opts_entry.tcp_keepcnt": is(9),
  "sk_opts_entry.tcp_keepidle": is(7200),
  "sk_opts_entry.tcp_keepintvl": is(75),
  "tcp_opts_entry.keepcnt": is(9),
  "tcp_opts_entry.keepidle": is(7200),
  "tcp_opts_entry.keepintvl": is(75),
  // If present, even a time of zero is set.
  "sk_opts_entry.so_linger": never,
  "ipc_var_entry.mq_msg_default": is(10),
  "ipc_var_entry.mq_msgsize_default": is(8192),
  "ipc_var_entry.msg_next_id": is(0xffff_ffff),
  "ipc_var_entry.sem_next_id": is(0xffff_ffff),
  "ipc_var_entry.shm_next_id": is(0xffff_ffff),
  "sysctl_entry.type": always,
  "netns_entry.unix_conf": (value) => (value as { iarg?: number }).iarg === 10,
  "unix_sk_entry.mnt_id": is(-1),
  // Namespaces that the tasks shared with CRIU were not dumped.
  "task_kobj_ids_entry.user_ns_id": (value, { criuIds }) => value === criuIds?.user_ns_id,
  "task_kobj_ids_entry.cgroup_ns_id": (value, { criuIds }) => value === criuIds?.cgroup_ns_id,
  "task_kobj_ids_entry.time_ns_id": (value, { criuIds }) => value === criuIds?.time_ns_id,
  "inet_sk_entry.ns_id": rootNetwork,
  "unix_sk_entry.ns_id": rootNetwork,
  "packet_sock_entry.ns_id": rootNetwork,
  "netlink_sk_entry.ns_id": rootNetwork,
  "tunfile_entry.ns_id": rootNetwork,
};

/** Messages that a restore does not need: statistics, and data for `criu cpuinfo` to compare. */
export const INFORMATIONAL: ReadonlySet<string> = new Set([
  "dump_stats_entry",
  "restore_stats_entry",
  "cpuinfo_entry",
  "cpuinfo_x86_entry",
  "cpuinfo_ppc64_entry",
  "cpuinfo_s390_entry",
]);

/** Whether a restore needs nothing of a message: all of its values are insignificant. */
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

/** Whether a value of a message's field is insignificant. */
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
 * Fields that are removed together with their message, whose meaning depends on them. A range of
 * pages stored elsewhere would otherwise become one of pages in the dump.
 */
export const CARRIES_MESSAGE: ReadonlySet<string> = new Set([
  "pagemap_entry.flags",
  "remap_file_path_entry.remap_type",
]);

/** Bits that are newer than their field, with their releases. */
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

/** Number fields with the values of an enum, by `message.field`. */
export const ENUM_NUMBERS: Readonly<Record<string, string>> = {
  "mnt_entry.fstype": "fstype",
};
