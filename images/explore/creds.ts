/**
 * Credentials.
 *
 * @module
 */

import { bitNames, CAPABILITIES, capabilityNames, SECURE_BITS } from "../kernel/credentials.ts";
import { tableView, type View } from "./view.ts";

/** The credentials of a thread. */
export type CredsRow = {
  /** Process id. */
  pid: number;
  /** Thread id. */
  tid: number;
  /** Name, at most 15 bytes. */
  comm: string | undefined;
  /** User ids: real, effective, saved, file system. */
  uids: readonly number[];
  /** Group ids: real, effective, saved, file system. */
  gids: readonly number[];
  /** Supplementary groups. */
  groups: readonly number[];
  /** Names of the effective capabilities. */
  effective: readonly string[];
  /** Permitted capabilities. */
  permitted: readonly string[];
  /** Inheritable capabilities. */
  inheritable: readonly string[];
  /** Bounding set. */
  bounding: readonly string[];
  /** Ambient capabilities; CRIU before 4.1 does not dump them. */
  ambient: readonly string[] | undefined;
  /** Names of `SECBIT_*`. */
  secure_bits: readonly string[];
  /** Whether execve can no longer gain privileges; CRIU before 3.19 does not dump it. */
  no_new_privs: boolean | undefined;
  /** SELinux label or AppArmor profile. */
  lsm_profile: string | undefined;
  /** SELinux label of sockets that the thread creates. */
  lsm_sockcreate: string | undefined;
  /** Mode of seccomp(2): disabled, strict or filter. */
  seccomp: string | undefined;
  /** Index of the last filter in seccomp.img. */
  seccomp_filter: number | undefined;
  /** User id at login; left out if it was never set. */
  loginuid: number | undefined;
};

/** The credentials of each thread. */
export const creds: View<CredsRow> = tableView<CredsRow>({
  columns: [
    { key: "pid", doc: "process id", title: "PID", align: "right" },
    { key: "tid", doc: "thread id", title: "TID", align: "right" },
    { key: "comm", doc: "name, at most 15 bytes", title: "COMM" },
    {
      key: "uids",
      doc: "user ids: real, effective, saved, file system",
      title: "UID",
      text: ({ uids }) => idsText(uids),
    },
    {
      key: "gids",
      doc: "group ids: real, effective, saved, file system",
      title: "GID",
      text: ({ gids }) => idsText(gids),
    },
    {
      key: "groups",
      doc: "supplementary groups",
      title: "GROUPS",
      text: ({ groups }) => groups.join(",") || "-",
    },
    {
      key: "effective",
      doc: "names of the effective capabilities",
      title: "EFFECTIVE",
      text: ({ effective }) => setText(effective),
    },
    { key: "permitted", doc: "permitted capabilities" },
    { key: "inheritable", doc: "inheritable capabilities" },
    { key: "bounding", doc: "bounding set" },
    { key: "ambient", doc: "ambient capabilities; CRIU before 4.1 does not dump them" },
    {
      key: "secure_bits",
      doc: "names of `SECBIT_*`",
      title: "SECBITS",
      text: (row) => row.secure_bits.join(",") || "-",
    },
    {
      key: "no_new_privs",
      doc: "whether execve can no longer gain privileges; CRIU before 3.19 does not dump it",
      title: "NNP",
      text: (row) => row.no_new_privs === undefined ? "?" : row.no_new_privs ? "yes" : "no",
    },
    {
      key: "seccomp",
      doc: "mode of seccomp(2): disabled, strict or filter",
      title: "SECCOMP",
      text: ({ seccomp }) => seccomp ?? "-",
    },
    { key: "seccomp_filter", doc: "index of the last filter in seccomp.img" },
    {
      key: "lsm_profile",
      doc: "SELinux label or AppArmor profile",
      title: "LSM",
      text: (row) => row.lsm_profile ?? "-",
    },
    { key: "lsm_sockcreate", doc: "SELinux label of sockets that the thread creates" },
    { key: "loginuid", doc: "user id at login; left out if it was never set" },
  ],
  *rows(_dump, { tasks }) {
    for (const task of tasks) {
      for (const { tid, comm, creds, core } of task.isDead ? [] : task.threads) {
        if (creds === undefined) continue;
        const { thread_core } = core ?? {};
        const mode = thread_core?.seccomp_mode ?? task.core?.tc?.old_seccomp_mode;
        const filter = thread_core?.seccomp_filter ?? task.core?.tc?.old_seccomp_filter;
        const loginuid = task.core?.tc?.loginuid;
        yield {
          pid: task.pid,
          tid,
          comm,
          uids: [creds.uid, creds.euid, creds.suid, creds.fsuid],
          gids: [creds.gid, creds.egid, creds.sgid, creds.fsgid],
          groups: creds.groups ?? [],
          effective: capabilityNames(creds.cap_eff),
          permitted: capabilityNames(creds.cap_prm),
          inheritable: capabilityNames(creds.cap_inh),
          bounding: capabilityNames(creds.cap_bnd),
          ambient: creds.cap_amb && capabilityNames(creds.cap_amb),
          secure_bits: bitNames(SECURE_BITS, creds.secbits),
          no_new_privs: creds.no_new_privs === undefined ? undefined : creds.no_new_privs !== 0,
          lsm_profile: creds.lsm_profile,
          lsm_sockcreate: creds.lsm_sockcreate,
          seccomp: mode === undefined ? undefined : `${mode}`.toLowerCase(),
          seccomp_filter: filter,
          loginuid: loginuid === NO_LOGIN ? undefined : loginuid,
        };
      }
    }
  },
});

/** `(uid_t) -1`: nobody logged in. */
const NO_LOGIN = 0xffffffff;

/** Texts of sets: tasks with alike sets have the same list. */
const TEXTS = new WeakMap<readonly string[], string>();

/** A set in few words: most of root's have all capabilities, or all but a few. */
export function setText(names: readonly string[]): string {
  let text = TEXTS.get(names);
  if (text === undefined) TEXTS.set(names, text = textOf(names));
  return text;
}

function textOf(names: readonly string[]): string {
  if (names.length === 0) return "-";
  if (names.length < CAPABILITIES.length - FEW) return names.join(",");
  if (names.length === CAPABILITIES.length && names.at(-1) === CAPABILITIES.at(-1)) return "all";
  const there = new Set(names);
  const missing = CAPABILITIES.filter((name) => !there.has(name));
  if (missing.length > FEW) return names.join(",");
  return missing.length === 0 ? "all" : `all but ${missing.join(",")}`;
}

/** Capabilities that may be named as missing from all. */
const FEW = 6;

/** `0` where all are the same, `real/effective/saved/fs` where not. */
function idsText(ids: readonly number[]): string {
  return ids.every((id) => id === ids[0]) ? `${ids[0]}` : ids.join("/");
}
