/**
 * The table of commands. The parser, help, completions and the man page all follow it.
 *
 * A command is a folder beside this file and a line in the table: `declaration.ts` exports
 * `declaration`, what the command takes, and `run.ts` exports `run`, what it does. Each is loaded
 * when it is needed, so that `crit decode` loads decode only.
 *
 * @module
 */

import type { Command, Run } from "../line/command.ts";

/** Every command by its name, in the order in which help lists them. */
const COMMANDS: Readonly<Record<string, readonly [declaration: Import, run: Import]>> = {
  decode: [lazy("./decode/declaration.ts"), lazy("./decode/run.ts")],
  encode: [lazy("./encode/declaration.ts"), lazy("./encode/run.ts")],
  edit: [lazy("./edit/declaration.ts"), lazy("./edit/run.ts")],
  get: [lazy("./get/declaration.ts"), lazy("./get/run.ts")],
  show: [lazy("./show/declaration.ts"), lazy("./show/run.ts")],
  info: [lazy("./info/declaration.ts"), lazy("./info/run.ts")],
  x: [lazy("./x/declaration.ts"), lazy("./x/run.ts")],
  stats: [lazy("./stats/declaration.ts"), lazy("./stats/run.ts")],
  container: [lazy("./container/declaration.ts"), lazy("./container/run.ts")],
  build: [lazy("./build/declaration.ts"), lazy("./build/run.ts")],
  check: [lazy("./check/declaration.ts"), lazy("./check/run.ts")],
  preflight: [lazy("./preflight/declaration.ts"), lazy("./preflight/run.ts")],
  explain: [lazy("./explain/declaration.ts"), lazy("./explain/run.ts")],
  report: [lazy("./report/declaration.ts"), lazy("./report/run.ts")],
  diff: [lazy("./diff/declaration.ts"), lazy("./diff/run.ts")],
  convert: [lazy("./convert/declaration.ts"), lazy("./convert/run.ts")],
  flatten: [lazy("./flatten/declaration.ts"), lazy("./flatten/run.ts")],
  coredump: [lazy("./coredump/declaration.ts"), lazy("./coredump/run.ts")],
  search: [lazy("./search/declaration.ts"), lazy("./search/run.ts")],
  strings: [lazy("./strings/declaration.ts"), lazy("./strings/run.ts")],
  extract: [lazy("./extract/declaration.ts"), lazy("./extract/run.ts")],
  hexdump: [lazy("./hexdump/declaration.ts"), lazy("./hexdump/run.ts")],
  serve: [lazy("./serve/declaration.ts"), lazy("./serve/run.ts")],
  capture: [lazy("./capture/declaration.ts"), lazy("./capture/run.ts")],
  types: [lazy("./types/declaration.ts"), lazy("./types/run.ts")],
  help: [lazy("./help/declaration.ts"), lazy("./help/run.ts")],
  completion: [lazy("./completion/declaration.ts"), lazy("./completion/run.ts")],
};

type Import = () => Promise<{ readonly declaration: Command } & { readonly run: Run<Command> }>;

/**
 * An import for later, as in `../line/lazy_specifier.ts`; `tools/bundle.ts` writes `lazy("…")` as
 * `() => import("…")`.
 */
function lazy(specifier: string): Import {
  return () => import(specifier);
}

/** Whether there is a command of this name. */
export function isCommand(name: string): boolean {
  return Object.hasOwn(COMMANDS, name);
}

/** What a command takes; there must be one of this name. */
export async function loadDeclaration(name: string): Promise<Command> {
  return (await COMMANDS[name]![0]()).declaration;
}

/** What a command does; there must be one of this name. */
export async function loadRun(name: string): Promise<Run<Command>> {
  return (await COMMANDS[name]![1]()).run;
}

/** The declarations of all commands, in the order in which help lists them. */
export function allDeclarations(): Promise<readonly Command[]> {
  return Promise.all(Object.keys(COMMANDS).map(loadDeclaration));
}
