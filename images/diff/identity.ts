/**
 * What tells the entries of a list apart, so that a list is compared entry by entry although some
 * were added or removed before it.
 *
 * @module
 */

import type { Message } from "../codec/objects.ts";
import type { FieldTable, MessageTable } from "../codec/table.ts";
import { prettyValue } from "./pretty.ts";

/**
 * Fields that identify a message in its list, by message; `a.b` is a field of the field `a`. The
 * entries of all other messages are told apart by their place.
 */
export const IDENTITIES: Readonly<Record<string, readonly string[]>> = {
  aa_namespace: ["name"],
  aa_policy: ["name"],
  aio_ring_entry: ["id"],
  binfmt_misc_entry: ["name"],
  bpfmap_data_entry: ["map_id"],
  bpfmap_file_entry: ["id"],
  cg_member_entry: ["name"],
  cg_set_entry: ["id"],
  cgroup_dir_entry: ["dir_name"],
  cgroup_prop_entry: ["name"],
  eventfd_file_entry: ["id"],
  eventpoll_file_entry: ["id"],
  eventpoll_tfd_entry: ["id", "tfd"],
  ext_file_entry: ["id"],
  fanotify_file_entry: ["id"],
  fdinfo_entry: ["fd"],
  fifo_entry: ["id"],
  file_entry: ["type", "id"],
  file_lock_entry: ["pid", "fd", "start"],
  inet_sk_entry: ["id"],
  inotify_file_entry: ["id"],
  inotify_wd_entry: ["id", "wd"],
  ipc_msg_entry: ["desc.id"],
  ipc_sem_entry: ["desc.id"],
  ipc_shm_entry: ["desc.id"],
  irmap_cache_entry: ["dev", "inode"],
  memfd_inode_entry: ["inode_id"],
  mnt_entry: ["mnt_id"],
  net_device_entry: ["ifindex"],
  netlink_sk_entry: ["id"],
  netns_id: ["target_ns_id"],
  ns_file_entry: ["id"],
  packet_sock_entry: ["id"],
  pagemap_entry: ["vaddr"],
  pidfd_entry: ["id"],
  pipe_data_entry: ["pipe_id"],
  pipe_entry: ["id"],
  posix_timer_entry: ["it_id"],
  pstree_entry: ["pid"],
  reg_file_entry: ["id"],
  remap_file_path_entry: ["orig_id"],
  signalfd_entry: ["id"],
  timerfd_entry: ["id"],
  tty_data_entry: ["tty_id"],
  tty_file_entry: ["id"],
  tty_info_entry: ["id"],
  tunfile_entry: ["id"],
  unix_sk_entry: ["id"],
  vma_entry: ["start"],
};

/** Where an identifying field stands: its table, those of the messages around it before it. */
type FieldPath = readonly FieldTable[];

/** Tells the messages of one list apart. */
export class Identity {
  readonly #fields: ReadonlyArray<{ readonly name: string; readonly path: FieldPath }>;

  private constructor(table: MessageTable, names: readonly string[]) {
    this.#fields = names.map((name) => ({ name, path: pathOf(table, name) }));
  }

  /** What identifies messages of a table; undefined when only their place does. */
  static of(table: MessageTable): Identity | undefined {
    const names = IDENTITIES[table.schema.name];
    return names === undefined ? undefined : new Identity(table, names);
  }

  /** Equal for two messages that are the same thing. */
  key(message: Message): string {
    return this.#fields.map(({ path }) => String(valueAt(message, path))).join("\0");
  }

  /** The identity as a path has it: `[fd=3]`, `[type=REG,id=4]`. */
  label(message: Message): string {
    const parts = this.#fields.map(({ name, path }) => {
      const value = valueAt(message, path);
      return `${name}=${value === undefined ? "" : prettyValue(path.at(-1)!, value)}`;
    });
    return `[${parts.join(",")}]`;
  }
}

/** The fields that lead to `a.b`. A test sees to it that the table above names real ones. */
function pathOf(table: MessageTable, name: string): FieldPath {
  const path: FieldTable[] = [];
  for (const part of name.split(".")) {
    const inner = path.at(-1)?.message() ?? table;
    path.push(inner.byName.get(part)!);
  }
  return path;
}

function valueAt(message: Message, path: FieldPath): Message[string] {
  let value: Message[string] = message;
  for (const { name } of path) value = (value as Message | undefined)?.[name];
  return value;
}
