/** Names of the images of open files. @module */

import { KIND_IMAGES } from "../../dump/file_table.ts";

/** All files, since CRIU 3.4. */
export const FILES_IMAGE = "files.img";

/** Images with the watches of epoll, inotify and fanotify files. */
export const WATCH_IMAGES = [
  { name: "eventpoll-tfd.img", message: "eventpoll_tfd_entry" },
  { name: "inotify-wd.img", message: "inotify_wd_entry" },
  { name: "fanotify-mark.img", message: "fanotify_mark_entry" },
] as const;

/** Every image of open files; those of a kind in the order of the dump model. */
export const FILE_IMAGES: readonly string[] = [
  FILES_IMAGE,
  ...KIND_IMAGES.map(({ name }) => name),
  ...WATCH_IMAGES.map(({ name }) => name),
];
