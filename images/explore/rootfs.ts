/**
 * What a container changed of its root file system.
 *
 * @module
 */

import type { Member } from "../archive/tar_reader.ts";
import type { RootfsChange } from "../container/rootfs.ts";
import { tableView, type View } from "./view.ts";

/** A path that was changed. */
export type RootfsRow = {
  /**
   * `set` if it was added or changed; `deleted`; `emptied` if the contents from the image were
   * removed.
   */
  change: RootfsChange["change"];
  /** Path in the container. */
  path: string;
  /** File, directory, symlink, hardlink, device or other. */
  type: Member["kind"] | undefined;
  /** In bytes. */
  size: number | undefined;
  /** Permission bits in octal digits. */
  mode: string | undefined;
  /** Number of the owner. */
  uid: number | undefined;
  /** Number of the group. */
  gid: number | undefined;
  /** Time of the last change, RFC 3339. */
  modified: string | undefined;
  /** Target of the link. */
  link: string | undefined;
};

/** Changes of the root file system, from the archive that the engine made. */
export const rootfs: View<RootfsRow> = tableView<RootfsRow>({
  columns: [
    {
      key: "change",
      doc:
        "`set` if it was added or changed; `deleted`; `emptied` if the contents from the image were removed",
      title: "CHANGE",
    },
    { key: "type", doc: "file, directory, symlink, hardlink, device or other", title: "TYPE" },
    { key: "mode", doc: "permission bits in octal digits", title: "MODE" },
    { key: "uid", doc: "number of the owner", title: "UID", align: "right" },
    { key: "gid", doc: "number of the group", title: "GID", align: "right" },
    { key: "size", doc: "in bytes", title: "SIZE", align: "right" },
    { key: "modified", doc: "time of the last change, RFC 3339", title: "MODIFIED" },
    {
      key: "path",
      doc: "path in the container",
      title: "PATH",
      text: ({ path, link }) => link === undefined ? path : `${path} -> ${link}`,
    },
    { key: "link", doc: "target of the link" },
  ],
  *rows(_dump, { changes = [] }) {
    for (const { change, path, member } of changes) {
      const isLink = member?.kind === "symlink" || member?.kind === "hardlink";
      yield {
        change,
        path,
        type: member?.kind,
        size: member?.kind === "file" ? member.size : undefined,
        mode: member?.mode.toString(8).padStart(4, "0"),
        uid: member?.uid,
        gid: member?.gid,
        modified: member && timeOf(member.modified),
        link: isLink ? member.link : undefined,
      };
    }
  },
});

/** Seconds since 1970 as a time. */
function timeOf(seconds: number): string | undefined {
  if (Math.abs(seconds) > 8.64e12) return undefined;
  return `${new Date(Math.floor(seconds) * 1000).toISOString().slice(0, 19)}Z`;
}
