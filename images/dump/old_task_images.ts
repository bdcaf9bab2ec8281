/**
 * Parts of a task that some releases of CRIU stored in separate images. Later releases store them
 * in core-%u.img and mm-%u.img.
 *
 * @module
 */

import type { Messages } from "../../proto/types.ts";
import type { DumpImages } from "./images.ts";

/**
 * The images: the prefix of their names, the message of their entries, and whether there are
 * several.
 */
export const OLD_IMAGES = {
  creds: { prefix: "creds", message: "creds_entry", isList: false },
  sigactions: { prefix: "sigacts", message: "sa_entry", isList: true },
  itimers: { prefix: "itimers", message: "itimer_entry", isList: true },
  posixTimers: { prefix: "posix-timers", message: "posix_timer_entry", isList: true },
  rlimits: { prefix: "rlimit", message: "rlimit_entry", isList: true },
  sharedSignals: { prefix: "signal-s", message: "siginfo_entry", isList: true },
  vmas: { prefix: "vmas", message: "vma_entry", isList: true },
  privateSignals: { prefix: "signal-p", message: "siginfo_entry", isList: true },
} as const;

/** A part of a task; `privateSignals` are a thread's. */
export type OldPart = keyof typeof OLD_IMAGES;

/** All parts. */
export const OLD_PARTS = Object.keys(OLD_IMAGES) as readonly OldPart[];

/** Name of the image with a part of the task, or the thread, with this id. */
export function oldImage(part: OldPart, id: number): string {
  return `${OLD_IMAGES[part].prefix}-${id}.img`;
}

/** The entries of such an image; none if the dump does not have it. */
export function oldEntries<P extends OldPart>(
  dump: DumpImages,
  part: P,
  id: number,
): Messages[(typeof OLD_IMAGES)[P]["message"]][] {
  const message: (typeof OLD_IMAGES)[P]["message"] = OLD_IMAGES[part].message;
  return dump.optionalEntries(oldImage(part, id), message);
}
