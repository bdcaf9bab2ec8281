/**
 * What each command does, loaded when it is asked for: starting `crit decode` loads decode only.
 *
 * The type sees to it that every command has its module and that the module takes the arguments
 * that the command declares. The specifiers are literal, so that `deno compile` finds them.
 *
 * @module
 */

import type { Run } from "./command.ts";
import type { commands } from "./commands.ts";

/** The table of commands, as a type. */
export type Commands = typeof commands;

/** The module that carries out a command. */
export const runs: { readonly [N in keyof Commands]: () => Promise<{ run: Run<Commands[N]> }> } = {
  decode: () => import("./decode_run.ts"),
  encode: () => import("./encode_run.ts"),
  edit: () => import("./edit_run.ts"),
  show: () => import("./show_run.ts"),
  info: () => import("./info_run.ts"),
  x: () => import("./x_run.ts"),
  stats: () => import("./stats_run.ts"),
  check: () => import("./check_run.ts"),
  diff: () => import("./diff_run.ts"),
  convert: () => import("./convert_run.ts"),
  coredump: () => import("./coredump_run.ts"),
  serve: () => import("./serve_run.ts"),
  capture: () => import("./capture_run.ts"),
  types: () => import("./types_run.ts"),
  help: () => import("./help_run.ts"),
  completion: () => import("./completion_run.ts"),
};
