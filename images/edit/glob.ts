/**
 * Patterns of file names: `*` is any text, `?` any one character.
 *
 * @module
 */

/** Whether a pattern stands for one name only. */
export function isExact(pattern: string): boolean {
  return !/[*?]/.test(pattern);
}

/** Whether a name fits a pattern; takes time in proportion to both lengths multiplied at most. */
export function fitsGlob(pattern: string, name: string): boolean {
  let at = 0;
  let star = -1;
  let resume = 0;
  let i = 0;
  while (i < name.length) {
    if (pattern[at] === "*") {
      star = at++;
      resume = i;
    } else if (at < pattern.length && (pattern[at] === "?" || pattern[at] === name[i])) {
      at++;
      i++;
    } else if (star >= 0) {
      at = star + 1;
      i = ++resume;
    } else return false;
  }
  while (pattern[at] === "*") at++;
  return at === pattern.length;
}

/** `GLOB=REST` in two; what cannot be a file name is no `GLOB`. */
export function splitGlob(text: string): { files: string | undefined; rest: string } {
  const match = /^([\w.*?+@-]+)=(.*)$/s.exec(text);
  return match === null ? { files: undefined, rest: text } : { files: match[1], rest: match[2]! };
}
