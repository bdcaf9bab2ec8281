/**
 * Mounts.
 *
 * @module
 */

import type { MntEntry } from "../../proto/types.ts";
import { FILE_SYSTEMS, mountFlags } from "../kernel/files.ts";
import { nameIn } from "../kernel/names.ts";
import { tableView, type View } from "./view.ts";

/** A mount. */
export type MountRow = {
  /** Mount namespace, as in the image's name. */
  ns: number;
  /** Mount id. */
  id: number;
  /** Mount id of the parent. */
  parent: number;
  /** Type of the file system. */
  fstype: string;
  /** Mounted device or name. */
  source: string;
  /** Path in the mounted file system. */
  root: string;
  /** Path of the mount point. */
  target: string;
  /** Mount flags, by the names in mount(8), including those of the file system. */
  flags: readonly string[];
  /** Options of the file system. */
  options: string;
  /** Peer group of the mount. */
  shared: number | undefined;
  /** Peer group that it receives mounts from. */
  master: number | undefined;
  /** Key of a mount from outside the container. */
  external: string | undefined;
};

const AUTO = 16;

/** The mounts of the mount namespaces that the tasks are in. */
export const mounts: View<MountRow> = tableView<MountRow>({
  columns: [
    { key: "ns", doc: "mount namespace, as in the image's name", title: "NS", align: "right" },
    { key: "id", doc: "mount id", title: "ID", align: "right" },
    { key: "parent", doc: "mount id of the parent", title: "PARENT", align: "right" },
    { key: "fstype", doc: "type of the file system", title: "TYPE" },
    { key: "source", doc: "mounted device or name", title: "SOURCE" },
    { key: "root", doc: "path in the mounted file system", title: "ROOT" },
    { key: "target", doc: "path of the mount point", title: "TARGET" },
    {
      key: "flags",
      doc: "mount flags, by the names in mount(8), including those of the file system",
      title: "FLAGS",
      text: ({ flags }) => flags.join(","),
    },
    { key: "options", doc: "options of the file system" },
    { key: "shared", doc: "peer group of the mount" },
    { key: "master", doc: "peer group that it receives mounts from" },
    {
      key: "external",
      doc: "key of a mount from outside the container",
      title: "EXTERNAL",
    },
  ],
  *rows(dump, { tasks }) {
    const shown = new Set(tasks);
    for (const { kind, id, tasks: inside, images } of dump.namespaces) {
      if (kind !== "mnt" || !inside.some((task) => shown.has(task))) continue;
      for (const name of images) {
        for (const entry of dump.entries(name, "mnt_entry")) yield rowOf(id, entry);
      }
    }
  },
});

function rowOf(ns: number, entry: MntEntry): MountRow {
  const { fstype, fsname, shared_id, master_id, ext_key, ext_mount } = entry;
  return {
    ns,
    id: entry.mnt_id,
    parent: entry.parent_mnt_id,
    fstype: fstype === AUTO && fsname ? fsname : nameIn(FILE_SYSTEMS, fstype),
    source: entry.source,
    root: entry.root,
    target: entry.mountpoint,
    flags: mountFlags(entry.flags | (entry.sb_flags ?? 0)),
    options: entry.options,
    shared: shared_id || undefined,
    master: master_id || undefined,
    external: ext_key ?? (ext_mount ? entry.source : undefined),
  };
}
