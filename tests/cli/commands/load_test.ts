/** Every command's declaration keeps the rules that the parser and the completions rely on. */

import assert from "node:assert/strict";
import { allDeclarations, isCommand, loadRun } from "../../../cli/commands/load.ts";
import { type Command, type Option, spellings, type ValueKind } from "../../../cli/line/command.ts";
import { globalOptions } from "../../../cli/line/global.ts";
import { parse } from "../../../cli/line/parse.ts";
import { ROOT } from "../../programs.ts";

const allCommands = await allDeclarations();

function optionsOf(command: Command): [string, Option][] {
  return Object.entries({ ...command.options, ...globalOptions } as Record<string, Option>);
}

Deno.test("every folder of a command is in the table, under its name, and has a run", async () => {
  const folders = [...Deno.readDirSync(`${ROOT}cli/commands`)]
    .filter(({ isDirectory }) => isDirectory).map(({ name }) => name);
  assert.deepEqual(allCommands.map(({ name }) => name).sort(), folders.sort());
  for (const { name } of allCommands) {
    assert(isCommand(name), name);
    assert.equal(typeof await loadRun(name), "function", name);
  }
});

for (const command of allCommands) {
  Deno.test(`crit ${command.name}: its options have names of their own`, () => {
    const all = optionsOf(command).flatMap(([key, option]) => spellings(key, option));
    assert.deepEqual(all, [...new Set(all)]);
    for (const spelling of all) assert.match(spelling, /^(-[a-zA-Z0]|--[a-z0-9]+(-[a-z0-9]+)*)$/);
    const own = [...Object.keys(command.options ?? {}), ...Object.keys(command.positionals ?? {})];
    assert.deepEqual(own, [...new Set(own)], "an argument and an option of one name");
    for (const key of Object.keys(globalOptions)) {
      assert(!own.includes(key), `${key} is an option of every command`);
    }
  });

  Deno.test(`crit ${command.name}: its arguments can be told apart`, () => {
    const counts = Object.values(command.positionals ?? {}).map(({ count }) => count);
    for (const count of counts.slice(0, -1)) {
      assert(count === "one" || count === "optional", "only the last may be of any number");
    }
    const optional = counts.findIndex((count) => count === "optional" || count === "any");
    if (optional < 0) return;
    for (const count of counts.slice(optional)) {
      assert(count === "optional" || count === "any", "nothing is required after an optional one");
    }
  });

  Deno.test(`crit ${command.name}: what it says of itself reads as help wants it`, () => {
    const values = [
      ...optionsOf(command).map(([, option]) => option),
      ...Object.values(command.positionals ?? {}),
    ];
    const phrases = [command.summary, ...values.map(({ doc }) => doc)];
    for (const value of values as ({ kind: "flag" } | ValueKind)[]) {
      if (value.kind !== "choice") continue;
      phrases.push(...Object.values(value.choices));
      assert(value.default === undefined || value.default in value.choices);
    }
    for (const phrase of phrases) {
      assert.match(phrase, /^[^A-Z].*[^.]$|^[A-Z]{2}.*[^.]$|^CRIU.*[^.]$/, "a phrase, no sentence");
      assert.equal(phrase.split("`").length % 2, 1, `unclosed back quote: ${phrase}`);
    }
    assert(command.description.trim().length > 0);
    assert(command.examples.length > 0);
  });

  Deno.test(`crit ${command.name}: its examples are command lines that crit takes`, () => {
    for (const { line } of command.examples) {
      const calls = critCalls(line);
      assert(calls.length > 0, line);
      for (const tokens of calls) assert.equal(parse(tokens, allCommands).asked, "run", line);
    }
  });
}

/** The arguments of each call of crit in a shell line. */
function critCalls(line: string): string[][] {
  const calls: string[][] = [];
  for (const part of line.split(/[|()]|&&|;/)) {
    const words = [...part.matchAll(/'([^']*)'|(>\s*\S+)|([^\s<>']+)/g)]
      .filter(([, , redirection]) => redirection === undefined)
      .map(([whole, quoted]) => quoted ?? whole);
    if (words[0] === "crit") calls.push(words.slice(1));
  }
  return calls;
}

Deno.test("declarations load nothing but declarations and data", () => {
  const allowed =
    /^images\/(explore\/names|extract\/kinds)\.ts$|^cli\/(line\/|commands\/\w+\/declaration|\w+\/(\w+_options|big_numbers))/;
  const seen = new Set<string>();
  const visit = (path: string) => {
    if (seen.has(path)) return;
    seen.add(path);
    assert.match(path, allowed);
    const text = Deno.readTextFileSync(`${ROOT}${path}`);
    for (const [, specifier] of text.matchAll(/^import (?!type )[^;]*?"([^"]+)";$/gm)) {
      visit(new URL(specifier!, `file:///${path}`).pathname.slice(1));
    }
  };
  for (const { name } of allCommands) visit(`cli/commands/${name}/declaration.ts`);
});
