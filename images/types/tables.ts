/**
 * The tables of names that plugins may give to fields, by the name that a hint has for them.
 *
 * @module
 */

import { SECURE_BITS } from "../kernel/credentials.ts";
import {
  FILE_SYSTEMS,
  LOCK_KINDS,
  LOCK_TYPES,
  MOUNT_FLAGS,
  OPEN_FLAGS,
  SEALS,
} from "../kernel/files.ts";
import { MADV_BITS, MAP_FLAGS, PAGE_FLAGS, PROTECTION, VMA_STATUS } from "../kernel/memory.ts";
import type { NumberTable } from "../kernel/names.ts";
import {
  FAMILIES,
  NETLINK_PROTOCOLS,
  PROTOCOLS,
  SOCKET_STATES,
  SOCKET_TYPES,
} from "../kernel/sockets.ts";
import { CLOCKS, POLICIES, TASK_STATES } from "../kernel/tasks.ts";

/** A plugin's own table of named bits or values, in the order in which they are matched. */
export type NumberNames = ReadonlyArray<readonly [name: string, value: number]>;

/** Bits by name. */
export const flagTables: Readonly<Record<string, NumberTable>> = {
  "mmap.prot": PROTECTION,
  "mmap.flags": MAP_FLAGS,
  "mmap.status": VMA_STATUS,
  "mmap.madv": MADV_BITS,
  "rfile.flags": OPEN_FLAGS,
  "seals.flags": SEALS,
  "pmap.flags": PAGE_FLAGS,
  "mnt.flags": MOUNT_FLAGS,
};

/** Values by name. */
export const dictTables: Readonly<Record<string, NumberTable>> = {
  "gen.task_state": TASK_STATES,
  "sched.policy": POLICIES,
  "timer.clock": CLOCKS,
  "lock.kind": LOCK_KINDS,
  "lock.type": LOCK_TYPES,
  "sk.family": FAMILIES,
  "sk.type": SOCKET_TYPES,
  "sk.state": SOCKET_STATES,
  "sk.proto": PROTOCOLS,
  "nl.proto": NETLINK_PROTOCOLS,
  "creds.secbits": SECURE_BITS,
  "mnt.fstype": FILE_SYSTEMS,
};
