/** Names of the images with open files. @module */

import { KIND_IMAGES } from "../../dump/file_table.ts";

/** All files, since CRIU 3.4. */
export const FILES_IMAGE = "files.img";

/** What an epoll, inotify or fanotify file watches, in images of their own. */
export const WATCH_IMAGES = [
  { name: "eventpoll-tfd.img", message: "eventpoll_tfd_entry" },
  { name: "inotify-wd.img", message: "inotify_wd_entry" },
  { name: "fanotify-mark.img", message: "fanotify_mark_entry" },
] as const;

/** Every image with open files, those of a kind in the order that the dump model has. */
export const FILE_IMAGES: readonly string[] = [
  FILES_IMAGE,
  ...KIND_IMAGES.map(({ name }) => name),
  ...WATCH_IMAGES.map(({ name }) => name),
];
