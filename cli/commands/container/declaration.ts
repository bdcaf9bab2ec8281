/** What `crit container` takes. @module */

import { archiveOptions } from "../../files/dump_options.ts";
import { fleetOptions } from "../../fleet/fleet_options.ts";
import type { Command } from "../../line/command.ts";

export const declaration = {
  name: "container",
  group: "dump",
  summary: "show which container a checkpoint belongs to",
  description: `
    Shows the container of a checkpoint, from the files that Podman, CRI-O, containerd and Docker
    write beside the dump: its name, image, pod, time of the checkpoint, and sizes. Several
    checkpoints are shown as a table with one row each; a single one is shown in full, with its
    mounts, networks, environment, processes, open files and sockets.

    A directory that is not a checkpoint is searched for checkpoints, including archives:
    \`crit container /var/lib/kubelet/checkpoints\` lists the checkpoints of kubelet.

    --json prints all facts and the engine's files, unchanged. docs/CONTAINERS.md lists the sources
    of each fact.`,
  positionals: {
    checkpoints: {
      kind: "path",
      value: "CHECKPOINT",
      count: "any",
      doc:
        "an archive, an image of a checkpoint in an OCI layout or a docker-archive, or a directory",
    },
  },
  options: {
    full: { kind: "flag", doc: "show all checkpoints in full" },
    table: { kind: "flag", doc: "show a table, even for one checkpoint" },
    json: { kind: "flag", doc: "as a JSON list, for programs" },
    ...fleetOptions,
    ...archiveOptions,
  },
  examples: [
    { line: "crit container checkpoint.tar.zst", doc: "all about one container" },
    { line: "crit container /var/lib/kubelet/checkpoints", doc: "a table of what is there" },
    {
      line: "crit container --jsonl *.tar | jq -r 'select(.pod.namespace==\"prod\").dump'",
      doc: "the checkpoints of a namespace",
    },
  ],
} as const satisfies Command;
