/**
 * The table of commands: help, completions, the man page and the parser all follow it.
 *
 * A new command is a declaration here, and what it does in `runs.ts`.
 *
 * @module
 */

import { capture } from "./capture.ts";
import { check } from "./check.ts";
import type { Command } from "./command.ts";
import { completion } from "./completion.ts";
import { convert } from "./convert.ts";
import { coredump } from "./coredump.ts";
import { decode } from "./decode.ts";
import { edit } from "./edit.ts";
import { diff } from "./diff.ts";
import { encode } from "./encode.ts";
import { help } from "./help.ts";
import { info } from "./info.ts";
import { serve } from "./serve.ts";
import { show } from "./show.ts";
import { stats } from "./stats.ts";
import { types } from "./types.ts";
import { x } from "./x.ts";

/** Every command by its name, in the order in which help lists them. */
export const commands = {
  decode,
  encode,
  edit,
  show,
  info,
  x,
  stats,
  check,
  diff,
  convert,
  coredump,
  serve,
  capture,
  types,
  help,
  completion,
} as const satisfies Readonly<Record<string, Command>>;

/** The same as a list of plain declarations. */
export const allCommands: readonly Command[] = Object.values(commands);
