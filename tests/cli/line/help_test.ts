import assert from "node:assert/strict";
import { allDeclarations } from "../../../cli/commands/load.ts";
import { type Option, spellings } from "../../../cli/line/command.ts";
import { globalOptions } from "../../../cli/line/global.ts";
import { commandHelp, overview } from "../../../cli/line/help.ts";
import { manPage } from "../../../cli/line/man_page.ts";
import { indented, paragraphs, wrap } from "../../../cli/line/text.ts";
import { meaning, usageLine } from "../../../cli/line/usage.ts";
import { painter } from "../../../cli/terminal/terminal.ts";
import { crit, lacks, runProgram } from "../../programs.ts";

const allCommands = await allDeclarations();
const commandNamed = (name: string) => allCommands.find((command) => command.name === name)!;

const plain = { paint: painter(false), width: 80 };

/** Whether a text has a word, with nothing that could belong to it on either side. */
function hasWord(text: string, word: string): boolean {
  const literal = word.replace(/[.$]/g, "\\$&");
  return new RegExp(`(?<![\\w-])${literal}(?![\\w-])`).test(text);
}

Deno.test("the overview lists every command and every global option", () => {
  const text = overview(allCommands, plain);
  for (const { name, summary } of allCommands) {
    assert(hasWord(text, name));
    assert(text.replace(/\s+/g, " ").includes(summary), summary);
  }
  for (const [key, option] of Object.entries<Option>(globalOptions)) {
    for (const spelling of spellings(key, option)) assert(hasWord(text, spelling), spelling);
  }
});

for (const command of allCommands) {
  Deno.test(`crit help ${command.name} lists all arguments and options`, () => {
    const text = commandHelp(command, plain);
    const folded = text.replace(/\s+/g, " ");
    assert(text.includes(usageLine(command)));
    const options: Record<string, Option> = command.options ?? {};
    for (const [key, option] of Object.entries(options)) {
      for (const spelling of spellings(key, option)) assert(hasWord(text, spelling), spelling);
      assert(folded.includes(meaning(option)), option.doc);
      if (option.kind !== "choice") continue;
      for (const choice of Object.keys(option.choices)) assert(hasWord(text, choice), choice);
    }
    for (const { value, doc } of Object.values(command.positionals ?? {})) {
      assert(hasWord(text, value), value);
      assert(folded.includes(doc), doc);
    }
    for (const { line } of command.examples) assert(text.includes(line), line);
    const examples = command.examples.map(({ line }) => `  ${line}`);
    for (const line of text.split("\n")) {
      assert(line.length <= 80 || examples.includes(line), `wider than 80 columns: ${line}`);
      assert.equal(line, line.trimEnd());
    }
  });
}

Deno.test("shared options are explained once, and each command's help refers to them", async () => {
  for (
    const [topic, said] of [
      ["options", "--plugin FILE.js"],
      ["exit-codes", "70"],
      ["environment", "CRIT_PLUGINS"],
    ]
  ) {
    const { code, stdout } = await crit(["help", topic!]);
    assert.equal(code, 0);
    assert(stdout.includes(said!), stdout);
    assert(commandHelp(commandNamed("decode"), plain).includes(`crit help ${topic}`));
  }
  const { code, stderr } = await crit(["help", "exit-cods"]);
  assert.equal(code, 2);
  assert.match(stderr, /did you mean exit-codes\?/);
});

Deno.test("text in back quotes is bold with colours, and quoted without", () => {
  const look = { paint: painter(true), width: 80 };
  assert.equal(indented("reads `-` too", 2, look), "  reads \x1b[1m-\x1b[22m too");
  assert.equal(indented("reads `-` too", 2, plain), "  reads `-` too");
});

Deno.test("prose is folded into paragraphs and wrapped between words", () => {
  assert.deepEqual(paragraphs("\n  one\n  two\n\n  three  \n"), ["one two", "three"]);
  assert.deepEqual(paragraphs("one\n\n  | a  b\n  |  c\n"), ["one", ["a  b", " c"]]);
  assert.deepEqual(wrap("aa bb cc", 5), ["aa bb", "cc"]);
  assert.deepEqual(wrap("aa bbbbbbbb cc", 5), ["aa", "bbbbbbbb", "cc"]);
  assert.deepEqual(wrap("", 5), [""]);
});

Deno.test("usage lines show what is required and how often", () => {
  assert.equal(usageLine(commandNamed("decode")), "crit decode [OPTION…] [IMAGE…]");
  assert.equal(usageLine(commandNamed("completion")), "crit completion [OPTION…] [SHELL]");
  assert.equal(usageLine(commandNamed("info")), "crit info [OPTION…] [IMAGE…]");
  assert.equal(usageLine(commandNamed("types")), "crit types [OPTION…] [TYPE…]");
});

Deno.test("the manual page has every command, option, choice and example", () => {
  const page = manPage(allCommands).replaceAll("\\-", "-").replaceAll("\\e", "\\");
  for (const command of allCommands) {
    assert(page.includes(`.SS ${command.name}: ${command.summary}`), command.name);
    const section = page.split(`.SS ${command.name}: `)[1]!.split(/^\.S[SH] /m)[0]!;
    for (const [key, option] of Object.entries<Option>(command.options ?? {})) {
      for (const spelling of spellings(key, option)) {
        assert(section.includes(`\\fB${spelling}\\fR`), `${command.name} ${spelling}`);
      }
      if (option.kind !== "choice") continue;
      for (const choice of Object.keys(option.choices)) {
        assert(section.includes(`\\fB${choice}\\fR`), `${command.name} ${choice}`);
      }
    }
    for (const { line } of command.examples) assert(section.includes(line), line);
  }
  for (const [key, option] of Object.entries<Option>(globalOptions)) {
    for (const spelling of spellings(key, option)) assert(page.includes(`\\fB${spelling}\\fR`));
  }
});

Deno.test("no line of the manual page begins like a macro", () => {
  const known = /^\.(TH|SH|SS|PP|TP|RS|RE|B|I|BR|nf|fi) ?/;
  for (const line of manPage(allCommands).split("\n")) {
    if (/^[.']/.test(line)) assert.match(line, known);
  }
});

Deno.test({
  name: "groff formats the manual page without a warning",
  ignore: lacks("groff"),
  fn: async () => {
    const file = await Deno.makeTempFile();
    try {
      await Deno.writeTextFile(file, manPage(allCommands));
      const { code, stdout, stderr } = await runProgram("groff", [
        "-man",
        "-Kutf8",
        "-Tutf8",
        "-ww",
        file,
      ]);
      assert.deepEqual([code, stderr], [0, ""]);
      assert.match(stdout, /completion/);
    } finally {
      await Deno.remove(file);
    }
  },
});
