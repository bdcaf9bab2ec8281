/** The options that `crit edit`, `crit serve` and `crit capture` share. @module */

import { bigNumbers } from "../images/big_numbers.ts";
import type { Options, OptionValues } from "../line/command.ts";

/** Options for edits. */
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
    doc: "like `--delete`, without an error if nothing matches",
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

/** Values of the options for edits. */
export type EditArguments = OptionValues<typeof editOptions>;

/** Whether the options request an edit. */
export function hasEdits(args: EditArguments): boolean {
  const { set, delete: deleted, deleteIfPresent, filter, transform } = args;
  return [set, deleted, deleteIfPresent, filter, transform].some((list) => list.length > 0);
}

/** The notation of paths, as paragraphs of a description. */
export const PATHS = `
    | PATH   FILE:[WHICH].FIELD[WHICH].FIELD…
    | FILE   files.img    core-*.img    core-{1,2}.img    mm-[0-9].img
    | WHICH  [0] [-1]        by number, from the first or from the last
    |        [*]             all
    |        [FIELD=VALUE]   those whose FIELD has this value
    |        [FIELD~GLOB]    those whose printed FIELD matches a pattern
    |        [+]             a new one at the end
    | FIELD  a field's name, as show prints it; only lists take a [WHICH]

    | core-*.img:[0].tc.comm                        the name of every task
    | files.img:[reg.name~/var/log/**].reg.flags    files below a directory
    | files.img:[isk.state=LISTEN][isk.src_port=80].isk.src_port
    | mm-1.img:[0].vmas[start=0x400000].prot        one memory area

    The first WHICH selects entries. Without a FIELD, the path is the whole entry. FIELD in brackets
    may be FIELD.FIELD; put each of several conditions into its own brackets. In a pattern, *
    matches text without a slash, and ** any text. Raw bytes after an entry are its field "extra".`;

/** The notation of edits, as paragraphs of a description. */
export const EDITING = `${PATHS}

    A VALUE is anything that encode accepts: numbers, 0x…, flags and names as show prints them,
    text, base64 for bytes, JSON for lists, messages and entries. Text needs no quotes. An absent
    field is added. An absent message is not created, unless the whole message is set.

    A filter reads the image from standard input, as decode prints it, and writes JSON for encode to
    standard output. If it rounds numbers beyond 2^53, as jq before 1.7 does, or replaces bytes that
    are not UTF-8, the edit is refused. --big-numbers=string gives it such numbers as strings.

    A transform is called with the image ({type, entries}, 64-bit numbers as bigints, bytes as
    Uint8Array) and its file name. It changes the image in place or returns another, also as a
    promise. Filters and transforms without a GLOB are for every image that has entries.

    Sets and deletes are done first, in the given order, then filters, then transforms. The indexes
    of entries and items are those before the first edit. Everything that no edit touches keeps its
    bytes. A PATH that matches nothing is an error, except with --delete-if-present. A PATH with a
    wildcard in FILE must match in one of the images.`;
