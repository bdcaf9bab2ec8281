/** The options of `crit edit` and `crit serve` that write into memory. @module */

import type { Options, OptionValues } from "../line/command.ts";

/** Options for writing into the memory of tasks. */
export const memoryEditOptions = {
  write: {
    kind: "text",
    list: "repeat",
    value: "PID:ADDRESS=VALUE",
    doc: 'write into memory: VALUE is hexadecimal, `"text"` or `@FILE`',
  },
  env: {
    kind: "text",
    list: "repeat",
    value: "PID:NAME=VALUE",
    doc: "set a variable of a task's environment, if the value is no longer than the old one",
  },
} as const satisfies Options;

/** Values of the options. */
export type MemoryEditArguments = OptionValues<typeof memoryEditOptions>;

/** The notation of memory writes, as a paragraph of a description. */
export const MEMORY_EDITING = `
    --write writes bytes into the memory of a task: PID:ADDRESS=VALUE, with a hexadecimal ADDRESS.
    VALUE is hexadecimal digits, text in double quotes with the escapes of JSON, or @FILE for the
    bytes of a file. Pages of a parent dump are added to the dump; if other tasks share a page, crit
    prints which. --env writes a variable of the environment that the task was started with; the
    program's own copy of it is not changed.`;
