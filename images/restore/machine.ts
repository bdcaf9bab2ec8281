/**
 * The facts about a machine that demands need. Implementations of the interface read the machine;
 * this module does not.
 *
 * @module
 */

/** The target of a path, after following symbolic links. */
export interface FileFacts {
  /** In bytes. */
  readonly size: bigint;
  /** Type and permissions, as `st_mode`. */
  readonly mode: number;
}

/** Why the state of a file is unknown. */
export type NoFile = "absent" | "unreadable";

/** The machine on which a dump is to be restored. */
export interface Machine {
  /** The directory that contains the paths of the dump: `/`, or the root of a container. */
  readonly root: string;
  /** The file at a path of the dump, below {@link root}. */
  stat(path: string): FileFacts | NoFile;
  /** The build id of an ELF file below {@link root}; undefined if it has none. */
  buildId(path: string): Uint8Array | undefined;
  /** Whether {@link root} is a mount point; undefined if unknown. */
  isRootMounted(): boolean | undefined;
  /**
   * A small text file of the machine itself, such as one of /proc; undefined if there is none.
   *
   * @param most number of bytes to read from its beginning; the whole file if undefined
   */
  readText(path: string, most?: number): string | undefined;
  /** Whether a path of the machine itself exists. */
  exists(path: string): boolean;
  /** Whether a program is installed. */
  hasProgram(name: string): boolean;
  /** Whether standard input is a terminal. */
  readonly isTerminal: boolean;
  /** User id of the user; undefined if unknown. */
  readonly user: number | undefined;
  /** Name of the processor's architecture, as in uname(1). */
  readonly architecture: string;
}
