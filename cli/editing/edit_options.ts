/** The options that `crit edit`, `crit serve` and `crit capture` share. @module */

import { bigNumbers } from "../images/big_numbers.ts";
import type { Options, OptionValues } from "../line/command.ts";

/** Options that say what is edited. */
export const editOptions = {
  set: {
    kind: "text",
    list: "repeat",
    value: "PATH=VALUE",
    doc: "set a field, an item of a list, a list, a message or a whole entry",
  },
  delete: {
    kind: "text",
    list: "repeat",
    value: "PATH",
    doc: "delete a field, an item of a list or a whole entry",
  },
  deleteIfPresent: {
    kind: "text",
    list: "repeat",
    value: "PATH",
    doc: "the same, and no error if it is not there",
  },
  filter: {
    kind: "text",
    list: "repeat",
    value: "GLOB=COMMAND",
    doc: "pass an image's JSON through a shell command, such as `jq` or `sed`",
  },
  transform: {
    kind: "text",
    list: "repeat",
    value: "GLOB=FILE.js",
    doc: "pass an image as an object through a JavaScript module's default function",
  },
  pretty: {
    kind: "flag",
    doc: "give filters the JSON that `crit show` prints, instead of one line",
  },
  bigNumbers: { ...bigNumbers, doc: "how to give numbers to filters" },
} as const satisfies Options;

/** Values of the options that say what is edited. */
export type EditArguments = OptionValues<typeof editOptions>;

/** Whether they ask for any edit. */
export function hasEdits(args: EditArguments): boolean {
  const { set, delete: deleted, deleteIfPresent, filter, transform } = args;
  return [set, deleted, deleteIfPresent, filter, transform].some((list) => list.length > 0);
}

/** How paths and edits are written, as paragraphs of a description. */
export const EDITING = `
    A PATH is FILE:[WHICH].FIELD.FIELD…, where FILE is a file name in the dump or a pattern of
    names (*, ?, [a-z], {a,b}), WHICH says which entries, and a field that is a list takes a [WHICH] too:
    core-*.img:[0].tc.comm, mm-1.img:[0].vmas[start=0x400000].flags. WHICH is a number from 0 ([-1]
    is the last), * for all, FIELD.FIELD=VALUE for those in which a field has a value,
    FIELD.FIELD~GLOB for those in which its text, as show or decode prints it, fits a pattern like
    those of file names, with ** for text with slashes (several such in brackets of their own for
    those that fulfil all), or + for a new one at the end. Without a field it is the entry as a whole. Raw bytes after an entry are its field "extra".

    A VALUE is anything that encode takes: numbers, 0x…, flags and names as show prints them, text,
    base64 for bytes, JSON for lists, messages and entries. Text needs no quotes. A field that is
    absent is added; a message that is absent is not, unless it is set as a whole.

    A filter gets the image as decode prints it on its standard input and writes JSON for encode to
    its standard output. If it rounds numbers beyond 2^53, as jq before 1.7 does, or replaces bytes
    that are not UTF-8, the edit is refused; --big-numbers=string gives it such numbers as strings. A
    transform is called with the image ({magic, entries}, 64-bit numbers as
    bigints, bytes as Uint8Array) and its file name; it may change the image in place or return
    another, also as a promise. GLOB is a pattern of file names, as in FILE; without it both are for
    every image that has entries.

    Sets and deletes come first, in the order in which they are given, then filters, then
    transforms. Numbers of entries and items are those before the first edit. What no edit touches
    stays as it is, byte for byte. A PATH that matches nothing is an error, except with
    --delete-if-present; one with a wildcard in FILE must match in one of the images.`;
