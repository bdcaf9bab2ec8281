/** File names for items with arbitrary names in a dump. @module */

/** Longest name in characters. */
const LONGEST = 120;

/**
 * A name that is safe in every directory: letters, digits and `._+-@=,`, with `_` for all other
 * characters, and no leading dot, so that it is neither hidden nor `..`.
 */
export function safeName(text: string): string {
  const safe = text.replace(/[^\w.+@=,-]+/g, "_").replace(/^[._-]+|_+$/g, "");
  return safe.slice(-LONGEST).replace(/^[._-]+/, "");
}

/** `NUMBER-NAME`, or only the number if the name is empty. */
export function numbered(number: number | string, name: string | undefined): string {
  const safe = safeName(name ?? "");
  return safe === "" ? `${number}` : `${number}-${safe}`;
}

/** Makes paths unique, and none of them a parent of another. */
export class UniquePaths {
  readonly #files = new Set<string>();
  readonly #directories = new Set<string>();

  /** A unique path; a number is added if the path is taken. */
  of(path: string): string {
    const parts = path.split("/");
    const name = parts.pop()!;
    let directory = "";
    for (const part of parts) {
      directory = this.#free(`${directory}${part}`, (path) => this.#files.has(path));
      this.#directories.add(directory);
      directory += "/";
    }
    const file = this.#free(
      `${directory}${name}`,
      (path) => this.#files.has(path) || this.#directories.has(path),
    );
    this.#files.add(file);
    return file;
  }

  #free(path: string, isTaken: (path: string) => boolean): string {
    let free = path;
    for (let i = 2; isTaken(free); i++) free = `${path}~${i}`;
    return free;
  }
}
