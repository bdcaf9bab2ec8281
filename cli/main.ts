/**
 * The command line: from the words after `crit` to an exit code.
 *
 * @module
 */

import { VERSION } from "../version.ts";
import type { Command, Context, Run } from "./command.ts";
import { allCommands } from "./commands.ts";
import { environment } from "./environment.ts";
import { failureOf } from "./failure.ts";
import { parse } from "./parse.ts";
import { runs } from "./runs.ts";
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
    const { overview } = await import("./help_text.ts");
    warn(overview(allCommands, lookOf("stderr", "auto")).trimEnd());
    return 2;
  }
  const invocation = parse(args, allCommands);
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

interface Runnable {
  readonly run: Run<Command>;
}

function pluginsOfEnvironment(): string[] {
  const files = environment("CRIT_PLUGINS") ?? "";
  return files.split(":").filter((file) => file !== "");
}
