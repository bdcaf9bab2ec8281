/**
 * The declaration of an image type, which plugins make.
 *
 * A declaration is plain data. The plugins in `plugins/` use the small functions below; the plugin
 * of a user can write the same objects by hand and import nothing.
 *
 * @module
 */

export type { NumberNames } from "./tables.ts";
import type { Hint, Hints } from "./hints.ts";
import type { NumberNames } from "./tables.ts";

export type { Hint, Hints } from "./hints.ts";

/**
 * How the magic numbers of an image are laid out (all u32 in the byte order of the machine).
 *
 * - `common`: head magic 0x54564319, then the type's own magic
 * - `service`: head magic 0x55105940, then the type's own magic (stats, irmap-cache)
 * - `bare`: the type's own magic only, in every image version (inventory)
 * - `none`: no magic at all; the file's name tells what it is
 */
export type Framing = "common" | "service" | "bare" | "none";

/** Raw bytes after a payload, whose length is the sum of length fields in the payload. */
export interface BytesExtra {
  /** Tells the extras apart. */
  kind: "bytes";
  /** Names of the payload's fields whose sum is the length in bytes. */
  length: readonly string[];
  /** The bytes are padded with zeros to a multiple of this. */
  pad?: number;
  /** Name of a boolean field: when true there are no bytes at all. */
  unless?: string;
}

/** Raw bytes from the payload to the end of the file. */
export interface RestExtra {
  /** Tells the extras apart. */
  kind: "rest";
  /** Name of a boolean field: when true there are no bytes at all. */
  unless?: string;
}

/** An array of u16 numbers in the byte order of the machine. */
export interface NumbersExtra {
  /** Tells the extras apart. */
  kind: "numbers";
  /** Name of the field that counts the numbers. */
  count: string;
  /** The bytes are padded with zeros to a multiple of this. */
  pad: number;
}

/** Several named runs of bytes, in this order. */
export interface RecordExtra {
  /** Tells the extras apart. */
  kind: "record";
  /** The runs by name, in file order. */
  parts: Readonly<Record<string, BytesExtra>>;
}

/** A list of messages, each with a u32 size before it and its own bytes after it. */
export interface MessagesExtra {
  /** Tells the extras apart. */
  kind: "messages";
  /** Name of the payload's field that counts them. */
  count: string;
  /** Message type of each. */
  message: string;
  /** The bytes after each message; `length` names fields of that message. */
  bytes: BytesExtra;
}

/** The data after a payload in the file. */
export type Extra = BytesExtra | RestExtra | NumbersExtra | RecordExtra | MessagesExtra;

/**
 * The meaning of the number in an image's file name.
 *
 * - `pid`, `tid`: a task or thread of pstree.img
 * - `files_id`: a table of descriptors, named by the tasks' ids
 * - `ghost_id`: a deleted file, named by remap-fpath.img or an older reg-files.img
 * - `tcp_inode`: an inet socket's inode (in hexadecimal)
 * - `shmid`: shared memory, named by areas, memfds and System V segments
 * - `pages_id`: the pages of a page map, named by its head
 */
export type ImageNumber =
  | "pid"
  | "tid"
  | "files_id"
  | "ghost_id"
  | "tcp_inode"
  | "shmid"
  | "pages_id";

/** One kind of entry: the message in its payload, and its extra. */
export interface EntryShape {
  /** Name of the payload's protobuf message. */
  readonly entry: string;
  /** What follows the payload. */
  readonly extra?: Extra;
}

/** An image type, as a plugin declares it. */
export interface ImageType {
  /** Name in the JSON's `"magic"`, such as `CORE`. */
  readonly name: string;
  /** Magic number; left out for raw images. */
  readonly magic?: number;
  /** Layout of the magic numbers; `common` if undefined. */
  readonly framing?: Framing;
  /** File names, with `%u`, `%d`, `%x` or `%s` for the part that varies: `core-%u.img`. */
  readonly files: readonly string[];
  /**
   * The meaning of the number in the file name. In a dump, each such image belongs to an object
   * with this number; `crit check` reports other images as strays.
   */
  readonly number?: ImageNumber;
  /** Its contents, as a phrase: `"a task's registers and state"`. */
  readonly summary: string;
  /** First CRIU release that wrote it, such as `3.14`; left out for the oldest, 0.2. */
  readonly since?: string;
  /** Message of every entry's payload; left out for raw images. */
  readonly entry?: string;
  /** What follows every payload. */
  readonly extra?: Extra;
  /** Set when the first entry differs from all others. */
  readonly head?: EntryShape;
  /**
   * The fields that identify a message in its list, by message; `a.b` is a field of the field `a`.
   * Messages without identity are identified by their index. Applies to all image types.
   */
  readonly identities?: Readonly<Record<string, readonly string[]>>;
  /** Display hints of the messages that this plugin owns; they apply to all image types. */
  readonly hints?: Hints;
  /**
   * Name of the image type whose magic this type shares. JSON has the name of the other type; only
   * the file name distinguishes them.
   */
  readonly sameMagicAs?: string;
  /** Format of a raw image, such as `"rtnetlink dump"`. */
  readonly raw?: string;
  /** For a user's plugin: the text of a `.proto` file with the messages that it adds. */
  readonly proto?: string;
}

/** Integers in hexadecimal. */
export const hex: Hint = "hex";
/** A device number of the kernel's new encoding: major = value >> 20, minor = low 20 bits. */
export const dev: Hint = "dev";
/** A device number of the C library's `makedev` encoding. */
export const odev: Hint = "odev";
/** An IP address in network-order words. */
export const ip: Hint = "ip";
/** A unix socket's name: bytes as quoted-printable. */
export const unixName: Hint = "unix_name";

/** Named bits, from a table of `images/types/tables.ts` or given in full. */
export function flags(table: string | NumberNames): Hint {
  return { flags: table };
}

/** Named values, from a table of `images/types/tables.ts` or given in full. */
export function dict(table: string | NumberNames): Hint {
  return { dict: table };
}

/** An extra whose length is the field `length`, or the sum of several fields. */
export function bytes(
  length: string | readonly string[],
  options: { pad?: number; unless?: string } = {},
): BytesExtra {
  return { kind: "bytes", length: typeof length === "string" ? [length] : length, ...options };
}

/** An extra up to the end of the file. */
export function rest(options: { unless?: string } = {}): RestExtra {
  return { kind: "rest", ...options };
}

/** Extra of `count` u16 numbers, padded with zeros to a multiple of `pad` bytes. */
export function numbers(count: string, pad: number): NumbersExtra {
  return { kind: "numbers", count, pad };
}

/** Extra of several named runs of bytes. */
export function record(parts: Readonly<Record<string, BytesExtra>>): RecordExtra {
  return { kind: "record", parts };
}

/** An extra of `count` messages, each with its own bytes. */
export function messages(count: string, message: string, after: BytesExtra): MessagesExtra {
  return { kind: "messages", count, message, bytes: after };
}
