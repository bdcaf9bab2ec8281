/**
 * Watches of epoll, inotify and fanotify files: eventpoll-tfd.img, inotify-wd.img and
 * fanotify-mark.img ⇄ lists in the entries of the files, CRIU 1.4.
 *
 * @module
 */

import type {
  EventpollTfdEntry,
  FanotifyMarkEntry,
  FileEntry,
  InotifyWdEntry,
} from "../../../proto/types.ts";
import type { Message } from "../../codec/objects.ts";
import { WATCH_IMAGES } from "./file_images.ts";
import type { PlacedEntry } from "./files_image.ts";
import type { Step } from "./step.ts";

/** The step; the functions below change a file. */
export const fileWatches: Step = { name: "watches of files", since: "1.4" };

/** Watches by the id of their file. */
export interface Watches {
  readonly tfd: ReadonlyMap<number, EventpollTfdEntry[]>;
  readonly wd: ReadonlyMap<number, InotifyWdEntry[]>;
  readonly mark: ReadonlyMap<number, FanotifyMarkEntry[]>;
}

/** Appends separate watches to a file. */
export function withWatches(file: FileEntry, watches: Watches): FileEntry {
  const { epfd, ify, ffy } = file;
  const tfd = epfd && watches.tfd.get(epfd.id);
  if (tfd) return { ...file, epfd: { ...epfd, tfd: [...epfd.tfd ?? [], ...tfd] } };
  const wd = ify && watches.wd.get(ify.id);
  if (wd) return { ...file, ify: { ...ify, wd: [...ify.wd ?? [], ...wd] } };
  const mark = ffy && watches.mark.get(ffy.id);
  if (mark) return { ...file, ffy: { ...ffy, mark: [...ffy.mark ?? [], ...mark] } };
  return file;
}

/** Removes the watches of a file, and returns them as entries; their `id` is the file's. */
export function withoutWatches(file: FileEntry): { file: FileEntry; watches: PlacedEntry[] } {
  const [epolls, inotifies, fanotifies] = WATCH_IMAGES;
  const { epfd, ify, ffy } = file;
  const placed = (
    { name: image, message }: typeof WATCH_IMAGES[number],
    list: readonly object[],
    id: number,
  ): PlacedEntry[] => list.map((one) => ({ image, message, entry: { ...one, id } as Message }));
  if (epfd?.tfd?.length) {
    const { tfd, ...rest } = epfd;
    return { file: { ...file, epfd: rest }, watches: placed(epolls, tfd, epfd.id) };
  }
  if (ify?.wd?.length) {
    const { wd, ...rest } = ify;
    return { file: { ...file, ify: rest }, watches: placed(inotifies, wd, ify.id) };
  }
  if (ffy?.mark?.length) {
    const { mark, ...rest } = ffy;
    return { file: { ...file, ffy: rest }, watches: placed(fanotifies, mark, ffy.id) };
  }
  return { file, watches: [] };
}
