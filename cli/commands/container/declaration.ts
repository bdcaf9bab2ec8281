/** What `crit container` takes. @module */

import { archiveOptions } from "../../files/dump_options.ts";
import { fleetOptions } from "../../fleet/fleet_options.ts";
import type { Command } from "../../line/command.ts";

export const declaration = {
  name: "container",
  group: "dump",
  summary: "show which container a checkpoint belongs to",
  description: `
    Reads what Podman, CRI-O, containerd and Docker write down beside a dump: which container it
    was, of which image, in which pod, when it was checkpointed, and how large it is. Several
    checkpoints are a table with a row each; one alone is shown in full, with its mounts, networks,
    environment, processes, open files and sockets.

    A directory that is not a checkpoint itself is searched for checkpoints, archives among them:
    \`crit container /var/lib/kubelet/checkpoints\` lists those that kubelet has taken.

    --json gives all of it, and the engine's own files as they are. docs/CONTAINERS.md shows where
    each engine keeps it.`,
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
    full: { kind: "flag", doc: "show each in full, however many there are" },
    table: { kind: "flag", doc: "show a table, even of one alone" },
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
