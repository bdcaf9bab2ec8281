/**
 * The command line: from the words after `crit` to an exit code.
 *
 * @module
 */

import { CritError } from "../images/errors.ts";
import { VERSION } from "../version.ts";
import { allDeclarations, isCommand, loadDeclaration, loadRun } from "./commands/load.ts";
import type { Context } from "./line/command.ts";
import { beginJson } from "./line/json_output.ts";
import { lazySpecifier } from "./line/lazy_specifier.ts";
import { type Invocation, parse } from "./line/parse.ts";
import { environment } from "./terminal/environment.ts";
import { failureOf } from "./terminal/failure.ts";
import { beginRun, lookOf, warnLines, writeText } from "./terminal/terminal.ts";

/** Carries out a command line and gives the exit code; every error has been reported by then. */
export async function run(args: readonly string[]): Promise<number> {
  beginRun();
  try {
    return await dispatch(args);
  } catch (error) {
    const { exitCode, line } = failureOf(error);
    if (line !== undefined) {
      const stack = environment("CRIT_DEBUG") === "1" && error instanceof Error && error.stack;
      warnLines(stack ? `${line}\n${stack}` : line);
    }
    return exitCode;
  }
}

async function dispatch(args: readonly string[]): Promise<number> {
  refuseOtherText(args);
  if (args.length === 0) {
    const { overview }: typeof import("./line/help.ts") = await import(
      lazySpecifier("./line/help.ts")
    );
    warnLines(overview(await allDeclarations(), lookOf("stderr", "auto")).trimEnd());
    return 2;
  }
  const invocation = await parsed(args);
  if (invocation.asked === "version") {
    writeText(`crit ${VERSION}\n`);
    return 0;
  }
  const run = await loadRun(invocation.asked === "help" ? "help" : invocation.command.name);
  if (invocation.asked === "help") {
    const context = { plugins: [], color: invocation.color, given: [], allDeclarations };
    return await run({ command: invocation.command?.name, man: false }, context);
  }
  const { color, given } = invocation;
  const plugins = [...pluginsOfEnvironment(), ...invocation.plugins];
  const context: Context = { plugins, color, given, allDeclarations };
  if (invocation.args.json === true || invocation.args.jsonl === true) await beginJson(color);
  return await run(invocation.args, context);
}

/**
 * Deno puts U+FFFD in place of bytes that are not UTF-8, so that a path would be another one.
 *
 * @throws {CritError} `usage` if an argument is not UTF-8
 */
function refuseOtherText(args: readonly string[]): void {
  const doubtful = args.find((arg) => arg.includes("\ufffd"));
  if (doubtful === undefined) return;
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(Deno.readFileSync("/proc/self/cmdline"));
  } catch (error) {
    if (!(error instanceof TypeError)) return;
    throw new CritError("usage", `an argument is not UTF-8: ${doubtful}`);
  }
}

/** Reads the command line; if it begins with a command's name, only that one is loaded. */
async function parsed(args: readonly string[]): Promise<Invocation> {
  const [first] = args;
  if (first !== undefined && first !== "help" && isCommand(first)) {
    const declaration = await loadDeclaration(first);
    try {
      return parse(args, [declaration]);
    } catch (error) {
      // With all commands at hand, the parser can suggest what was meant.
      if (!(error instanceof CritError)) throw error;
    }
  }
  return parse(args, await allDeclarations());
}

function pluginsOfEnvironment(): string[] {
  const files = environment("CRIT_PLUGINS") ?? "";
  return files.split(":").filter((file) => file !== "");
}
