/**
 * What a machine is asked before a restore. Whoever implements this reads the machine; nothing here
 * does.
 *
 * @module
 */

/** What a path leads to, symbolic links followed. */
export interface FileFacts {
  /** In bytes. */
  readonly size: bigint;
  /** Type and permissions, as `st_mode`. */
  readonly mode: number;
}

/** A file that cannot be looked at, and why. */
export type NoFile = "absent" | "unreadable";

/** The machine on which a dump is to be restored. */
export interface Machine {
  /** The directory that the paths of the dump begin in: `/`, or a container's root. */
  readonly root: string;
  /** What is at a path of the dump, below {@link root}. */
  stat(path: string): FileFacts | NoFile;
  /** The build id of an ELF file below {@link root}; undefined if it has none. */
  buildId(path: string): Uint8Array | undefined;
  /** Whether {@link root} is a mount point; undefined if that cannot be told. */
  isRootMounted(): boolean | undefined;
  /**
   * A small text file of the machine itself, such as one of /proc; undefined if there is none.
   *
   * @param most bytes of its beginning that are enough; all of it if undefined
   */
  readText(path: string, most?: number): string | undefined;
  /** Whether a path of the machine itself leads anywhere. */
  exists(path: string): boolean;
  /** Whether a program is found by its name. */
  hasProgram(name: string): boolean;
  /** Whether standard input is a terminal. */
  readonly isTerminal: boolean;
  /** User id of whoever asks; undefined if it cannot be told. */
  readonly user: number | undefined;
  /** Name of the processor's architecture, as uname(1) gives it. */
  readonly architecture: string;
}
