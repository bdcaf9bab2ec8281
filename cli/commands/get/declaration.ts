/** What `crit get` takes. @module */

import { PATHS } from "../../editing/edit_options.ts";
import type { Command } from "../../line/command.ts";

export const declaration = {
  name: "get",
  group: "image",
  summary: "print the values at paths",
  description: `
    Prints each value at a path of \`crit edit\` as JSON on one line, in the order of images,
    entries and paths. Scripts need no other program to read an image.

    Values are printed as decode prints them or, with --pretty, as show does. A whole entry, list or
    message is also one line.
${PATHS}

    For one image the "FILE:" may be left out.`,
  positionals: {
    input: {
      kind: "path",
      value: "IN",
      count: "one",
      doc: "the image, dump directory or archive; `-` is an image on standard input",
    },
    paths: { kind: "text", value: "PATH", count: "some", doc: "what to print" },
  },
  options: {
    pretty: { kind: "flag", doc: "flags, addresses, devices and names in readable form" },
    raw: {
      kind: "flag",
      short: "r",
      doc: "print text as its bytes, without the quotes of JSON",
    },
    json: {
      kind: "flag",
      doc: "each value with its image, entry and path: {image, entry, path, value}",
    },
  },
  examples: [
    { line: "crit get dump 'core-*.img:[0].tc.comm'", doc: "the names of all tasks" },
    {
      line: "crit get files.img '[reg.name~/var/log/**].reg.name' -r",
      doc: "the open files below a directory, as text",
    },
    {
      line: "crit get checkpoint.tar 'mm-1.img:[0].vmas[*].start' --pretty",
      doc: "where a task's memory areas begin",
    },
  ],
  exitCodes: {
    1: "a path matches nothing",
    2: "the command line is wrong, or no image can have the field",
  },
} as const satisfies Command;
