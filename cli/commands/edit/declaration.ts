/** What `crit edit` takes. @module */

import { EDITING, editOptions } from "../../editing/edit_options.ts";
import { MEMORY_EDITING, memoryEditOptions } from "../../editing/memory_edit_options.ts";
import type { Command } from "../../line/command.ts";

export const declaration = {
  name: "edit",
  group: "image",
  summary: "change fields of images, without a script",
  description: `
    Edits one image or the images of a dump directory. An edited image is written to standard output
    or to --out. An edited dump is written to a new directory, --out; unedited images are
    hard-linked, or copied with --copy or if links are not possible (\`criu dedup\` and
    \`--auto-dedup\` write into images, so give --copy if you use them). With --in-place the edited
    images replace the old ones, once all of them are ready. With --dry-run, crit prints the
    differences that the edits make, and writes nothing.
${EDITING}
${MEMORY_EDITING}

    For one image the "FILE:" may be left out.

    --pid and --pid-offset change the ids of processes and threads: in the names of images, in
    pstree.img and in all other images that name a process, thread, session or group. If that is
    impossible, crit refuses and names the place. Memory is not changed. The dump goes to --out, and
    a FILE in other edits is the old name.`,
  positionals: {
    input: {
      kind: "path",
      value: "IN",
      count: "one",
      doc: "the image, or the dump: a directory or an archive; `-` is an image on standard input",
    },
  },
  options: {
    out: {
      kind: "path",
      short: "o",
      aliases: ["output"],
      value: "OUT",
      doc:
        "where to write the image; the directory to make for the dump, or an archive, `OUT.tar`, " +
        "`OUT.tar.gz` or `OUT.tar.zst`",
    },
    dryRun: {
      kind: "flag",
      short: "n",
      doc: "write nothing, and print the changes as `crit diff` does",
    },
    inPlace: { kind: "flag", doc: "replace the old images by the edited ones" },
    copy: { kind: "flag", doc: "copy the images that are not edited instead of linking them" },
    ...editOptions,
    ...memoryEditOptions,
    pid: {
      kind: "text",
      list: "repeat",
      value: "OLD=NEW",
      doc: "change the id of a process, thread, session or group everywhere in the dump",
    },
    pidOffset: {
      kind: "number",
      value: "N",
      min: -4194303,
      max: 4194303,
      doc: "add N to the ids of all processes and threads of the dump",
    },
    json: {
      kind: "flag",
      doc: "report the edits, or the changes of a dry run, as JSON on standard output",
    },
  },
  examples: [
    {
      line: "crit edit dump -o new --set 'core-*.img:[0].tc.comm=worker'",
      doc: "another name for every task",
    },
    {
      line: "crit edit -n dump --set 'core-*.img:[0].tc.comm=worker'",
      doc: "only print what would change",
    },
    {
      line: "crit edit dump --in-place --set 'files.img:[reg.name=/a.log].reg.name=/b.log'",
      doc: "another path for an open file",
    },
    {
      line: "crit edit dump -o new --write '1400:7ffd1e70efbe=\"secret\"' --env 1400:LANG=C",
      doc: "other bytes in memory, another variable",
    },
    {
      line: "crit edit dump -o new --pid 1400=5400",
      doc: "another number for a process, because its own is taken",
    },
    {
      line: "crit edit core-1.img -o new.img --filter 'sed s/old/new/'",
      doc: "with any program that changes text",
    },
  ],
  exitCodes: { 3: "the image is damaged, a path matches nothing, or a filter failed" },
} as const satisfies Command;
