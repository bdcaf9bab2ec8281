/** What `crit report` does. @module */

import { isDirectory, kindOf } from "../../../images/bytes/io.ts";
import { below, withoutSlash } from "../../../images/bytes/paths.ts";
import { printable } from "../../../images/bytes/printable.ts";
import { inOutput } from "../../../images/bytes/written_file.ts";
import { CritError, OutputError } from "../../../images/errors.ts";
import { archiveLimits } from "../../files/max_size.ts";
import { openOutput } from "../../files/output.ts";
import { Answers } from "../../fleet/answers.ts";
import { lookAtAll } from "../../fleet/fleet.ts";
import { namesOf } from "../../fleet/names.ts";
import type { DumpOutcome } from "../../fleet/work.ts";
import { loadPlugins } from "../../images/plugins.ts";
import type { Arguments, Context } from "../../line/command.ts";
import { failureOf } from "../../terminal/failure.ts";
import { writeText } from "../../terminal/terminal.ts";
import type { declaration } from "./declaration.ts";
import { pageNames } from "./names.ts";
import { type Page, reportWork } from "./work.ts";

/** Where the page of one dump goes when nothing else is said. */
const USUAL = "report.html";

export async function run(args: Arguments<typeof declaration>, context: Context): Promise<number> {
  await loadPlugins(context.plugins);
  const dumps = await namesOf(args.dumps, args);
  const isSingle = args.dumps.length === 1 && args.from === undefined;
  if (dumps.length === 0 && args.from === undefined) {
    throw new CritError("usage", "report needs a DUMP");
  }
  if (args.jsonl && args.out === "-") {
    throw new CritError("usage", "standard output cannot take both the page and the summary");
  }
  const placeOf = isSingle ? () => args.out ?? USUAL : placesIn(args.out, dumps);
  const answers = new Answers<Page>({
    json: false,
    jsonl: args.jsonl,
    isSingle,
    objects: ({ bytes }, dump) => [{ dump, page: placeOf(dump), size: bytes.length }],
    print: (dump) => {
      if (!isSingle) writeText(`${printable(dump)}: ${printable(placeOf(dump))}\n`);
    },
  });
  let worst = 0;
  const { redact, offline, compare, parent, jobs = 1 } = args;
  const options = { redact, offline, compare, parent, ...archiveLimits(args) };
  await lookAtAll(reportWork, dumps, { jobs, plugins: context.plugins, options }, (dump, made) => {
    const outcome = made.result === undefined ? made : written(made, placeOf(dump));
    answers.add(dump, outcome);
    worst = Math.max(worst, outcome.code);
    return true;
  });
  answers.end();
  return worst;
}

/** Where pages go in a directory, which is made. @throws {CritError} when there can be none */
function placesIn(out: string | undefined, dumps: readonly string[]): (dump: string) => string {
  if (out === undefined || out === "-") {
    const hint = "name it with -o";
    throw new CritError("usage", "the pages of several dumps need a directory", {}, hint);
  }
  const directory = withoutSlash(out);
  if (kindOf(out) === undefined) inOutput(out, () => Deno.mkdirSync(directory, { mode: 0o777 }));
  else if (!isDirectory(out)) {
    throw new OutputError("file", "it is not a directory", { image: out });
  }
  const names = pageNames(dumps);
  return (dump) => below(directory, names.get(dump)!);
}

/** Writes a page; what a dump came to if that was not possible. */
function written(made: DumpOutcome<Page>, place: string): DumpOutcome<Page> {
  const { bytes, mode } = made.result!;
  try {
    using output = openOutput(place, mode);
    output.write(bytes);
    output.commit();
    return made;
  } catch (error) {
    const { exitCode, line } = failureOf(error);
    const lines = line === undefined ? made.lines : [...made.lines, line];
    return { code: Math.max(made.code, exitCode), result: undefined, lines };
  }
}
