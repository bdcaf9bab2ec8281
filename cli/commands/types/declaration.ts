/** What `crit types` takes. @module */

import type { Command } from "../../line/command.ts";

export const declaration = {
  name: "types",
  group: "self",
  summary: "list the image types that crit knows",
  description: `
    Lists every image type with its magic number, its file names, the protobuf message of its
    entries, the extra bytes that follow a message, and what it holds, including types from --plugin
    and $CRIT_PLUGINS.`,
  positionals: {
    names: {
      kind: "text",
      words: "types",
      value: "TYPE",
      count: "any",
      doc: "only these types, by name (`CORE`) or by file name (`core-12.img`)",
    },
  },
  options: {
    json: { kind: "flag", doc: "as JSON, for programs" },
  },
  examples: [
    { line: "crit types", doc: "all of them" },
    { line: "crit types --json tcp-stream-1f.img", doc: "what such a file is" },
  ],
  exitCodes: { 1: "a TYPE is not known" },
} as const satisfies Command;
