/** What `crit build` takes. @module */

import { archiveOptions, dumpPositional } from "../../files/dump_options.ts";
import type { Command } from "../../line/command.ts";

export const declaration = {
  name: "build",
  group: "dump",
  summary: "make a container image of a checkpoint",
  description: `
    Writes an OCI image with the checkpoint as its only layer, as \`podman container checkpoint
    --create-image\` and \`checkpointctl build\` make one: Podman, CRI-O and kubelet restore from
    it, and registries take it.

    An archive that an engine exported is the layer as it is, byte for byte. Of anything else, such
    as a directory, the layer has the dump in checkpoint/ and the engine's files beside it; --config
    and --spec give those that are not there.

    The image's digest is printed.`,
  positionals: { dump: dumpPositional },
  options: {
    out: {
      kind: "path",
      short: "o",
      value: "OCI.tar",
      doc: "the image: an OCI layout in an archive, compressed if its name says so",
    },
    ref: {
      kind: "text",
      value: "NAME",
      doc: "the name that the image is stored under, such as `registry/checkpoint:1`",
    },
    layer: {
      kind: "choice",
      value: "PACKING",
      choices: {
        none: "as it is",
        gzip: "compressed with gzip",
        zstd: "compressed with zstd",
      },
      default: "none",
      doc: "how the layer is stored",
    },
    annotations: {
      kind: "choice",
      value: "FORM",
      list: "commas",
      choices: {
        criu: "`org.criu.checkpoint.*`, those of checkpointctl",
        podman: "those of `podman container checkpoint --create-image`",
        "cri-o": "those of CRI-O's own",
        none: "none but those of --annotation",
      },
      doc: "what is said of the container; without it as `criu`, and as the engine itself does",
    },
    annotation: {
      kind: "text",
      value: "KEY=VALUE",
      list: "repeat",
      doc: "a further annotation",
    },
    config: { kind: "path", value: "FILE", doc: "config.dump, in place of what is there" },
    spec: { kind: "path", value: "FILE", doc: "spec.dump, in place of what is there" },
    json: { kind: "flag", doc: "report the result as JSON" },
    ...archiveOptions,
  },
  examples: [
    {
      line: "crit build checkpoint.tar -o image.tar",
      doc: "then: skopeo copy oci-archive:image.tar …",
    },
    {
      line: "crit build checkpoint.tar -o image.tar --ref web:1 --annotation team=shop",
      doc: "with a name and an annotation",
    },
  ],
} as const satisfies Command;
