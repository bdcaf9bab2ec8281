/**
 * What each command takes and does, loaded when it is asked for: starting `crit decode` loads
 * decode only.
 *
 * The types see to it that every command has its modules, and that what a command does takes the
 * arguments that it declares.
 *
 * @module
 */

import type { Command, Run } from "./command.ts";
import type { commands } from "./commands.ts";
import { later } from "./later.ts";

/** The table of commands, as a type. */
export type Commands = typeof commands;

/** The module that carries out a command. */
export const runs: { readonly [N in keyof Commands]: () => Promise<{ run: Run<Commands[N]> }> } = {
  decode: (): Promise<typeof import("./decode_run.ts")> => import(later("./decode_run.ts")),
  encode: (): Promise<typeof import("./encode_run.ts")> => import(later("./encode_run.ts")),
  edit: (): Promise<typeof import("./edit_run.ts")> => import(later("./edit_run.ts")),
  show: (): Promise<typeof import("./show_run.ts")> => import(later("./show_run.ts")),
  info: (): Promise<typeof import("./info_run.ts")> => import(later("./info_run.ts")),
  x: (): Promise<typeof import("./x_run.ts")> => import(later("./x_run.ts")),
  stats: (): Promise<typeof import("./stats_run.ts")> => import(later("./stats_run.ts")),
  check: (): Promise<typeof import("./check_run.ts")> => import(later("./check_run.ts")),
  diff: (): Promise<typeof import("./diff_run.ts")> => import(later("./diff_run.ts")),
  convert: (): Promise<typeof import("./convert_run.ts")> => import(later("./convert_run.ts")),
  coredump: (): Promise<typeof import("./coredump_run.ts")> => import(later("./coredump_run.ts")),
  serve: (): Promise<typeof import("./serve_run.ts")> => import(later("./serve_run.ts")),
  capture: (): Promise<typeof import("./capture_run.ts")> => import(later("./capture_run.ts")),
  types: (): Promise<typeof import("./types_run.ts")> => import(later("./types_run.ts")),
  help: (): Promise<typeof import("./help_run.ts")> => import(later("./help_run.ts")),
  completion: (): Promise<typeof import("./completion_run.ts")> =>
    import(later("./completion_run.ts")),
};

/** The module with a command's declaration, under the command's name. */
export const declarations: {
  readonly [N in keyof Commands]: () => Promise<Readonly<Record<N, Command>>>;
} = {
  decode: (): Promise<typeof import("./decode.ts")> => import(later("./decode.ts")),
  encode: (): Promise<typeof import("./encode.ts")> => import(later("./encode.ts")),
  edit: (): Promise<typeof import("./edit.ts")> => import(later("./edit.ts")),
  show: (): Promise<typeof import("./show.ts")> => import(later("./show.ts")),
  info: (): Promise<typeof import("./info.ts")> => import(later("./info.ts")),
  x: (): Promise<typeof import("./x.ts")> => import(later("./x.ts")),
  stats: (): Promise<typeof import("./stats.ts")> => import(later("./stats.ts")),
  check: (): Promise<typeof import("./check.ts")> => import(later("./check.ts")),
  diff: (): Promise<typeof import("./diff.ts")> => import(later("./diff.ts")),
  convert: (): Promise<typeof import("./convert.ts")> => import(later("./convert.ts")),
  coredump: (): Promise<typeof import("./coredump.ts")> => import(later("./coredump.ts")),
  serve: (): Promise<typeof import("./serve.ts")> => import(later("./serve.ts")),
  capture: (): Promise<typeof import("./capture.ts")> => import(later("./capture.ts")),
  types: (): Promise<typeof import("./types.ts")> => import(later("./types.ts")),
  help: (): Promise<typeof import("./help.ts")> => import(later("./help.ts")),
  completion: (): Promise<typeof import("./completion.ts")> => import(later("./completion.ts")),
};
