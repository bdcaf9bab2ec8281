/** What `crit capture` takes. @module */

import type { Command } from "../../line/command.ts";
import { streamOptions } from "../../streaming/stream_options.ts";

export const declaration = {
  name: "capture",
  group: "live",
  summary: "take a dump from `criu dump --stream`",
  description: `
    Listens on streamer-capture.sock in the output directory and writes the images of one dump into
    it. Prints the socket's path on standard output once CRIU can connect, and a summary on standard
    error at the end.

    The images are in the subdirectory capture.incomplete until CRIU has written all of them,
    inventory.img last, and all edits are done. If anything fails they stay there as CRIU wrote
    them, because CRIU may have killed the process by then; crit reports whether they are a complete
    dump. A later capture does not delete them: it refuses.

    With --archive they go into an archive instead, .tar, .tar.gz or .tar.zst by its name. They wait
    in FILE.incomplete beside it; the archive is either complete or absent. The socket is made in
    the archive's directory, or in OUTDIR.

    With --hook it can be used as CRIU's --action-script. For the action pre-stream it starts in the
    background and returns once CRIU can connect. For post-dump, when CRIU has closed all images and
    not yet killed the process, it fails unless the dump is complete, so that the process runs on.
    For other actions it does nothing. The socket's directory, and the output directory unless
    given, is the image directory that CRIU names in $CRTOOLS_IMAGE_DIR; messages go to
    crit-capture.log there unless --log says otherwise, and CRIU has 60 seconds to connect.

    Images may be edited on the way. Paths and values are checked before CRIU can connect, as far as
    possible without images.

    \`crit help edit\` explains PATH, VALUE, filters and transforms.`,
  positionals: {
    output: {
      kind: "path",
      only: "directory",
      value: "OUTDIR",
      count: "optional",
      doc: "the directory to write to, made if it does not exist; needed without `--hook` or " +
        "`--archive`",
    },
  },
  options: {
    archive: {
      kind: "path",
      value: "FILE",
      doc: "write this archive: FILE.tar, FILE.tar.gz or FILE.tar.zst",
    },
    config: {
      kind: "path",
      value: "FILE",
      doc: "put the layout of container engines around: the images in checkpoint/, and this file " +
        "as config.dump",
    },
    ...streamOptions,
  },
  examples: [
    { line: "crit capture dump", doc: "then, elsewhere: criu dump --stream -D dump -t PID" },
    {
      line: "crit capture --archive dump.tar.zst dump",
      doc: "the same into an archive; dump has the socket only",
    },
    {
      line: "crit capture dump --set 'core-*.img:[0].tc.comm=worker'",
      doc: "another name for every task",
    },
    { line: "crit capture --hook", doc: "the one command of an action script" },
  ],
  exitCodes: {
    3: "an edit failed, or CRIU did not finish its dump or did not keep to the protocol",
  },
} as const satisfies Command;
