/** What `crit serve` takes. @module */

import { MEMORY_EDITING, memoryEditOptions } from "../../editing/memory_edit_options.ts";
import type { Command } from "../../line/command.ts";
import { streamOptions } from "../../streaming/stream_options.ts";

export const declaration = {
  name: "serve",
  group: "live",
  summary: "serve a dump to `criu restore --stream`",
  description: `
    Listens on streamer-serve.sock in the dump directory and serves one restore, each image when
    CRIU asks for it. Prints the socket's path on standard output once CRIU can connect, and a
    summary on standard error at the end.

    The dump may also be an archive as container engines export checkpoints: .tar, plain or
    compressed with gzip or zstd. It is not unpacked; the socket is in the directory of the archive.

    With --hook it can be used as CRIU's --action-script. For the action pre-stream it starts a
    server in the background and returns once CRIU can connect; for others it does nothing. The
    socket's directory is the image directory that CRIU names in $CRTOOLS_IMAGE_DIR; so is the dump,
    unless it is given. Messages go to crit-serve.log there, or to --log, and CRIU has 60 seconds to
    connect.

    Images may be edited on the way; the dump itself does not change. Paths and values are checked
    before CRIU can connect. A filter or transform that fails closes the connection, so that CRIU
    fails before it restores anything from that image.

    \`crit help edit\` explains PATH, VALUE, filters and transforms.
${MEMORY_EDITING}`,
  positionals: {
    dump: {
      kind: "path",
      value: "DUMP",
      count: "optional",
      doc: "the dump: a directory or an archive; needed without `--hook`",
    },
  },
  options: {
    ...streamOptions,
    ...memoryEditOptions,
    flatten: {
      kind: "flag",
      doc: "serve a chain of incremental dumps as one, as `crit flatten` would write it",
    },
    convert: {
      kind: "flag",
      doc: "convert an old dump to the newest format first, as `crit convert` does",
    },
  },
  examples: [
    { line: "crit serve dump", doc: "then, elsewhere: criu restore --stream -D dump" },
    {
      line: "crit serve dump.tar.zst --socket-dir dump",
      doc: "serve an archive to criu restore --stream -D dump",
    },
    {
      line: "crit serve dump --set 'files.img:[isk.state=LISTEN].isk.src_port=8080'",
      doc: "restore a server that listens elsewhere",
    },
    { line: "crit serve --hook", doc: "the one command of an action script" },
  ],
  exitCodes: { 3: "an edit failed, or CRIU did not keep to the protocol" },
} as const satisfies Command;
