/**
 * The command line: from the words after `crit` to an exit code.
 *
 * @module
 */

import { CritError } from "../images/errors.ts";
import { VERSION } from "../version.ts";
import type { Command, Context, Run } from "./command.ts";
import { environment } from "./environment.ts";
import { failureOf } from "./failure.ts";
import { later } from "./later.ts";
import { type Invocation, parse } from "./parse.ts";
import { declarations, runs } from "./runs.ts";
import { lookOf, warn, writeText } from "./terminal.ts";

/** Carries out a command line and gives the exit code; every error has been reported by then. */
export async function run(args: readonly string[]): Promise<number> {
  try {
    return await obey(args);
  } catch (error) {
    const { exitCode, line } = failureOf(error);
    if (line !== undefined) {
      const stack = environment("CRIT_DEBUG") === "1" && error instanceof Error && error.stack;
      warn(stack ? `${line}\n${stack}` : line);
    }
    return exitCode;
  }
}

async function obey(args: readonly string[]): Promise<number> {
  if (args.length === 0) {
    const { overview }: typeof import("./help_text.ts") = await import(later("./help_text.ts"));
    warn(overview(await allCommands(), lookOf("stderr", "auto")).trimEnd());
    return 2;
  }
  const invocation = await parsed(args);
  if (invocation.asked === "version") {
    writeText(`crit ${VERSION}\n`);
    return 0;
  }
  if (invocation.asked === "help") {
    return (await runs.help()).run(
      { command: invocation.command?.name, man: false },
      { plugins: [], color: invocation.color, given: [] },
    );
  }
  const { command, color, given } = invocation;
  const plugins = [...pluginsOfEnvironment(), ...invocation.plugins];
  // `runs` types each module by its command's declaration, which `parse` has just obeyed.
  const load = runs[command.name as keyof typeof runs] as () => Promise<Runnable>;
  const context: Context = { plugins, color, given };
  return await (await load()).run(invocation.args as never, context);
}

/** Reads the command line; where it begins with a command's name, only that one is loaded. */
async function parsed(args: readonly string[]): Promise<Invocation> {
  const [first] = args;
  if (first !== undefined && first !== "help" && Object.hasOwn(declarations, first)) {
    const name = first as keyof typeof declarations;
    const declared: Readonly<Record<string, Command>> = await declarations[name]();
    try {
      return parse(args, [declared[name]!]);
    } catch (error) {
      // What is wrong is easier to say for those who know all commands.
      if (!(error instanceof CritError)) throw error;
    }
  }
  return parse(args, await allCommands());
}

async function allCommands(): Promise<readonly Command[]> {
  const module: typeof import("./commands.ts") = await import(later("./commands.ts"));
  return module.allCommands;
}

interface Runnable {
  readonly run: Run<Command>;
}

function pluginsOfEnvironment(): string[] {
  const files = environment("CRIT_PLUGINS") ?? "";
  return files.split(":").filter((file) => file !== "");
}
