/**
 * The open files of a dump, by type and id.
 *
 * @module
 */

import type { FdTypes, FileEntry, Messages } from "../../proto/types.ts";

/** Reads the entries of an image, if it exists. */
export type ReadEntries = <M extends keyof Messages>(name: string, message: M) => Messages[M][];

/** An image of files of one kind, as CRIU wrote them before 3.4. */
export interface KindImage {
  readonly name: string;
  readonly message: keyof Messages;
  readonly type: FdTypes;
  /** Field of `file_entry` that has the kind's own message. */
  readonly field: keyof FileEntry;
}

/** The images that files.img replaced. */
export const KIND_IMAGES: readonly KindImage[] = [
  { name: "reg-files.img", message: "reg_file_entry", type: "REG", field: "reg" },
  { name: "pipes.img", message: "pipe_entry", type: "PIPE", field: "pipe" },
  { name: "fifo.img", message: "fifo_entry", type: "FIFO", field: "fifo" },
  { name: "inetsk.img", message: "inet_sk_entry", type: "INETSK", field: "isk" },
  { name: "unixsk.img", message: "unix_sk_entry", type: "UNIXSK", field: "usk" },
  { name: "packetsk.img", message: "packet_sock_entry", type: "PACKETSK", field: "psk" },
  { name: "netlinksk.img", message: "netlink_sk_entry", type: "NETLINKSK", field: "nlsk" },
  { name: "eventfd.img", message: "eventfd_file_entry", type: "EVENTFD", field: "efd" },
  { name: "eventpoll.img", message: "eventpoll_file_entry", type: "EVENTPOLL", field: "epfd" },
  { name: "signalfd.img", message: "signalfd_entry", type: "SIGNALFD", field: "sgfd" },
  { name: "inotify.img", message: "inotify_file_entry", type: "INOTIFY", field: "ify" },
  { name: "fanotify.img", message: "fanotify_file_entry", type: "FANOTIFY", field: "ffy" },
  { name: "tty.img", message: "tty_file_entry", type: "TTY", field: "tty" },
  { name: "tunfile.img", message: "tunfile_entry", type: "TUNF", field: "tunf" },
  { name: "timerfd.img", message: "timerfd_entry", type: "TIMERFD", field: "tfd" },
  { name: "ns-files.img", message: "ns_file_entry", type: "NS", field: "nsf" },
  { name: "ext-files.img", message: "ext_file_entry", type: "EXT", field: "ext" },
];

/** An open file, with its image. */
export interface DumpedFile {
  /** The entry in the form of files.img, even if the dump has one image per kind. */
  readonly entry: FileEntry;
  /** Name of the image. */
  readonly image: string;
  /** Index of its entry in the image. */
  readonly index: number;
}

/** Files by type and id; files of different types can have the same id. */
export class FileTable {
  /** All files, in the order of the images. */
  readonly all: readonly DumpedFile[];
  readonly #byType = new Map<FdTypes, Map<number, FileEntry>>();

  /** Reads the images; `read` returns no entries for a missing image. */
  constructor(read: ReadEntries) {
    this.all = [...filesOf(read)];
    for (const { entry } of this.all) {
      let files = this.#byType.get(entry.type);
      if (files === undefined) this.#byType.set(entry.type, files = new Map());
      files.set(entry.id, entry);
    }
  }

  /** The file of this type and id. */
  get(type: FdTypes, id: number): FileEntry | undefined {
    return this.#byType.get(type)?.get(id);
  }

  /** All files of a type, by id. */
  ofType(type: FdTypes): ReadonlyMap<number, FileEntry> {
    return this.#byType.get(type) ?? new Map();
  }
}

function* filesOf(read: ReadEntries): Generator<DumpedFile> {
  const withWatches = watchAdder(read);
  const image = "files.img";
  for (const [index, entry] of read(image, "file_entry").entries()) {
    yield { entry: withWatches(entry), image, index };
  }
  for (const { name, message, type, field } of KIND_IMAGES) {
    const entries = read(name, message) as Array<{ id: number }>;
    for (const [index, inner] of entries.entries()) {
      const entry: FileEntry = { type, id: inner.id, [field]: inner };
      yield { entry: withWatches(entry), image: name, index };
    }
  }
}

/** What puts watches that old dumps keep apart into the files that they belong to. */
function watchAdder(read: ReadEntries): (entry: FileEntry) => FileEntry {
  const targets = byFile(read("eventpoll-tfd.img", "eventpoll_tfd_entry"));
  const watches = byFile(read("inotify-wd.img", "inotify_wd_entry"));
  const marks = byFile(read("fanotify-mark.img", "fanotify_mark_entry"));
  return (entry) => {
    const { epfd, ify, ffy } = entry;
    const tfd = targets.get(epfd?.id ?? -1);
    if (epfd && tfd) return { ...entry, epfd: { ...epfd, tfd: [...epfd.tfd ?? [], ...tfd] } };
    const wd = watches.get(ify?.id ?? -1);
    if (ify && wd) return { ...entry, ify: { ...ify, wd: [...ify.wd ?? [], ...wd] } };
    const mark = marks.get(ffy?.id ?? -1);
    if (ffy && mark) return { ...entry, ffy: { ...ffy, mark: [...ffy.mark ?? [], ...mark] } };
    return entry;
  };
}

function byFile<T extends { id: number }>(entries: readonly T[]): Map<number, T[]> {
  return Map.groupBy(entries, ({ id }) => id);
}
