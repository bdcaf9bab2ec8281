/** What `crit preflight` takes. @module */

import { dumpOptions, dumpPositional } from "../../files/dump_options.ts";
import type { Command } from "../../line/command.ts";

export const declaration = {
  name: "preflight",
  group: "dump",
  summary: "check whether CRIU can restore a dump here, and how",
  description: `
    Prints the \`criu restore\` command for a dump, with the reason for each option. Then it
    compares the demands of the dump with this machine: files with their sizes, permissions and
    build ids, process ids, ports and addresses, paths and names of sockets, the processor, the
    kernel, mounts, cgroups, the security module, limits, devices, terminals and users. Each demand
    is \`ok\`, \`fails\` or \`unknown\`. At the end it lists what a restore loses silently.

    Words in capitals, such as DIR or PATH, stand for what only you know. An error of \`crit check\`
    counts as a demand that fails. crit changes nothing and restores nothing.

    The demands and options are explained in docs/RESTORE.md.`,
  positionals: { dump: dumpPositional },
  options: {
    root: {
      kind: "path",
      only: "directory",
      value: "DIR",
      doc: "look for files below this directory, such as a container's root",
    },
    pidNamespace: {
      kind: "choice",
      choices: { same: "that of this shell", new: "a new one, in which every process id is free" },
      default: "same",
      value: "WHICH",
      doc: "the pid namespace in which CRIU will run",
    },
    offline: {
      kind: "flag",
      doc: "print the command and the losses only, do not inspect this machine",
    },
    all: { kind: "flag", short: "a", doc: "also print each demand that is met" },
    ...dumpOptions,
    json: { kind: "flag", doc: "as JSON, for programs" },
  },
  examples: [
    { line: "crit preflight dump/", doc: "before `criu restore`" },
    { line: "crit preflight dump/ --root /var/lib/box/rootfs", doc: "for a container" },
    { line: "crit preflight dump/ --offline", doc: "the command only" },
    { line: "crit preflight dump/ --pid-namespace new --json", doc: "for scripts" },
  ],
  exitCodes: { 1: "a demand fails, or the dump has errors" },
} as const satisfies Command;
