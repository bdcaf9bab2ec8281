/**
 * Paths and names of files as text. `node:path` does this too, but takes 7 ms to load.
 *
 * @module
 */

/** The last name of a path. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** The directory that a path's last name is in. */
export function directoryOf(path: string): string {
  const slash = path.lastIndexOf("/");
  return slash < 0 ? "." : path.slice(0, slash) || "/";
}

/** The directory that a place below a directory is in; `""` is that directory. */
export function placeAbove(place: string): string {
  return place.slice(0, Math.max(0, place.lastIndexOf("/")));
}

/** A path below a directory; a directory `""` is where paths begin. */
export function below(directory: string, name: string): string {
  if (directory === "") return name;
  if (name === "") return directory;
  return directory.endsWith("/") ? `${directory}${name}` : `${directory}/${name}`;
}

/** A path without slashes at its end, unless it is the root. */
export function withoutSlash(path: string): string {
  return path.replace(/(?<=.)\/+$/, "");
}

/** A path without empty parts and `.`, and without a `..` that leads out of where it begins. */
export function plainPath(path: string): string {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return parts.join("/");
}

/** Whether a path is one of these, or below one of them. */
export function isWithin(paths: ReadonlySet<string>, path: string): boolean {
  if (paths.size === 0) return false;
  for (let end = path.length; end > 0; end = path.lastIndexOf("/", end - 1)) {
    if (paths.has(path.slice(0, end))) return true;
  }
  return false;
}

/** The path that leads from one directory to another; both are absolute and without links. */
export function relativePath(from: string, to: string): string {
  const [left, right] = [from, to].map((path) => plainPath(path).split("/").filter(Boolean)) as [
    string[],
    string[],
  ];
  let same = 0;
  while (same < left.length && left[same] === right[same]) same++;
  return [...left.slice(same).map(() => ".."), ...right.slice(same)].join("/") || ".";
}

/**
 * A name for a file or directory until it is whole, beside its place: `DIR/.NAME.crit-NUMBER` for
 * `DIR/NAME`. All temporary names of crit have this form; {@link isTemporary} knows them.
 */
export function temporaryName(path: string): string {
  const [random] = crypto.getRandomValues(new Uint32Array(1));
  // File systems allow names of 255 bytes, and a character takes up to four of them.
  const name = `.${baseName(path).slice(0, 55)}.crit-${random}`;
  return path.includes("/") ? below(directoryOf(path), name) : name;
}

/** Whether a file's name is a {@link temporaryName}: crit is writing it, or was killed. */
export function isTemporary(name: string): boolean {
  return /^\..*\.crit-\d+(-\d+)?$/.test(name);
}
