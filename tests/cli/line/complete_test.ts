import assert from "node:assert/strict";
import { allDeclarations } from "../../../cli/commands/load.ts";
import { type Option, spellings } from "../../../cli/line/command.ts";
import { bashCompletion } from "../../../cli/line/complete_bash.ts";
import { fishCompletion } from "../../../cli/line/complete_fish.ts";
import { zshCompletion } from "../../../cli/line/complete_zsh.ts";
import { globalOptions } from "../../../cli/line/global.ts";
import { THOROUGH } from "../../dumps.ts";
import { CRIT, lacks, ROOT, runProgram } from "../../programs.ts";

const allCommands = await allDeclarations();

const names = allCommands.map(({ name }) => name);
const globalSpellings = spellingsOf(globalOptions);

function spellingsOf(options: Readonly<Record<string, Option>>): string[] {
  return Object.entries(options).flatMap(([key, option]) => spellings(key, option));
}

/** A script, beside a directory with the files `a.img`, `b b.img` and `sub/`. */
async function withScript(
  script: string,
  work: (directory: string) => Promise<void>,
): Promise<void> {
  const place = await Deno.makeTempDir();
  const directory = `${place}/files`;
  try {
    await Deno.writeTextFile(`${place}/script`, script);
    await Deno.mkdir(directory);
    await Deno.writeTextFile(`${directory}/a.img`, "");
    await Deno.writeTextFile(`${directory}/b b.img`, "");
    await Deno.mkdir(`${directory}/sub`);
    await work(directory);
  } finally {
    await Deno.remove(place, { recursive: true });
  }
}

for (const command of allCommands) {
  const options: [string, Option][] = Object.entries(command.options ?? {});

  Deno.test(`crit ${command.name}: zsh completes its options and choices`, () => {
    const script = zshCompletion(allCommands);
    assert(script.includes(`'${command.name}:`));
    const cases = script.split(`\n        ${command.name})\n`);
    assert.equal(cases.length, 2);
    const specs = cases[1]!.split("\n          ;;")[0]!;
    for (const spelling of [...globalSpellings, ...spellingsOf(command.options ?? {})]) {
      assert(new RegExp(`[)*]${spelling}[=+]?\\[`).test(specs), spelling);
    }
    for (const [, option] of options) {
      if (option.kind !== "choice") continue;
      for (const choice of Object.keys(option.choices)) assert(specs.includes(`${choice}\\:"`));
    }
  });

  Deno.test(`crit ${command.name}: fish completes its options and choices`, () => {
    const lines = fishCompletion(allCommands).split("\n");
    assert(lines.some((line) => line.includes(` -a ${command.name} `)));
    const own = lines.filter((line) =>
      line.includes(`'__fish_seen_subcommand_from ${command.name}'`)
    );
    for (const [key, option] of options) {
      const line = own.find((line) =>
        spellings(key, option).every((spelling) =>
          spelling.startsWith("--")
            ? line.includes(` -l ${spelling.slice(2)} `)
            : line.includes(` -s ${spelling.slice(1)} `)
        )
      );
      assert(line !== undefined, key);
      if (option.kind !== "choice") continue;
      for (const choice of Object.keys(option.choices)) assert(line.includes(`${choice}\\\\t`));
    }
  });
}

/** What bash offers for a line that ends at the cursor, its words as readline splits them. */
async function bashOffers(
  directory: string,
  line: string,
  env: Record<string, string> = {},
): Promise<string[]> {
  const words = line.split(" ").flatMap((word) => word.split(/(=)/).filter((part) => part !== ""));
  if (line.endsWith(" ")) words.push("");
  const quoted = words.map((word) => `'${word}'`).join(" ");
  const program = `source ../script
    COMP_WORDS=(${quoted}); COMP_CWORD=${words.length - 1}
    compopt() { :; }
    _crit crit
    printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { code, stdout, stderr } = await runProgram(
    "bash",
    ["--norc", "--noprofile", "-c", program],
    { cwd: directory, env },
  );
  assert.deepEqual([code, stderr], [0, ""]);
  return stdout.split("\n").filter((word) => word !== "").sort();
}

Deno.test({
  name: "bash completes commands, options, choices and files",
  ignore: lacks("bash"),
  fn: () =>
    withScript(bashCompletion(allCommands), async (directory) => {
      const files = ["a.img", "b b.img", "sub"];
      const cases: [string, string[]][] = [
        ["crit ", names],
        ["crit inf", ["info"]],
        ["crit -", globalSpellings],
        ["crit --plugin a.img dec", ["decode"]],
        ["crit -i a.img dec", ["decode"]],
        ["crit --in=a.img enc", ["encode"]],
        ["crit --color ", ["always", "auto", "never"]],
        ["crit --color=a", ["always", "auto"]],
        ["crit -f ", ["nice", "raw"]],
        ["crit decode ", files],
        ["crit decode a", ["a.img"]],
        ["crit decode -i ", files],
        ["crit decode --in=", files],
        ["crit decode --in=b", ["b b.img"]],
        ["crit decode --format ", ["nice", "raw"]],
        ["crit decode --format=n", ["nice"]],
        ["crit decode --format=raw --pr", ["--pretty"]],
        ["crit decode a.img ", files],
        ["crit show a.img ", []],
        ["crit info a.img ", files],
        ["crit help ", names],
        ["crit help decode ", []],
        ["crit completion ", ["bash", "fish", "zsh"]],
        ["crit --color never completion z", ["zsh"]],
      ];
      for (const [line, expected] of cases) {
        assert.deepEqual(await bashOffers(directory, line), [...expected].sort(), line);
      }
      for (const { name, options } of allCommands) {
        const all = [...globalSpellings, ...spellingsOf(options ?? {})];
        assert.deepEqual(await bashOffers(directory, `crit ${name} -`), all.sort(), name);
        for (const [key, option] of Object.entries<Option>(options ?? {})) {
          if (option.kind !== "choice") continue;
          const choices = Object.keys(option.choices).sort();
          for (const spelling of spellings(key, option)) {
            assert.deepEqual(await bashOffers(directory, `crit ${name} ${spelling} `), choices);
          }
        }
      }
    }),
});

/** A directory with a program `crit`, as the scripts ask it. */
function programIn(place: string): string {
  const words = CRIT.map((word) => `'${word}'`).join(" ");
  Deno.writeTextFileSync(`${place}/crit`, `#!/bin/sh\nexec ${words} "$@"\n`, { mode: 0o755 });
  return `${place}:${Deno.env.get("PATH")}`;
}

const DUMP = `${ROOT}fixtures/dumps/shloop`;

/** Lines, and what each shell offers for them. */
const ASKED: ReadonlyArray<readonly [string, readonly string[]]> = [
  [`crit x ${DUMP} ps -p `, ["1517", "1520"]],
  ["crit types COR", ["CORE"]],
  ["crit convert --to 4.1.", ["4.1.1"]],
  ["crit check --only session-z", ["session-zero"]],
];

/** After a comma, with what stands before it. */
const ASKED_LISTS: ReadonlyArray<readonly [string, readonly string[]]> = [
  [`crit coredump ${DUMP} -p 1520,151`, ["1520,1517"]],
  ["crit check --ignore some-image,session-z", ["some-image,session-zero"]],
];

/** What is asked in every shell: crit answers all of them alike. */
const ASKED_ALWAYS = [ASKED[0]!, ASKED_LISTS[1]!];

Deno.test({
  name: "bash asks crit for rules, image types, releases and processes",
  ignore: lacks("bash"),
  fn: () =>
    withScript(bashCompletion(allCommands), async (directory) => {
      const env = { PATH: programIn(directory) };
      for (const [line, offers] of THOROUGH ? [...ASKED, ...ASKED_LISTS] : ASKED) {
        assert.deepEqual(await bashOffers(directory, line, env), offers, line);
      }
    }),
});

Deno.test({
  name: "fish asks crit for rules, image types, releases and processes",
  ignore: lacks("fish"),
  fn: () =>
    withScript(fishCompletion(allCommands), async (directory) => {
      const env = { PATH: programIn(directory), HOME: directory, XDG_CONFIG_HOME: directory };
      for (const [line, offers] of THOROUGH ? [...ASKED, ...ASKED_LISTS] : ASKED_ALWAYS) {
        const program = `source ../script; complete -C '${line}'`;
        const { stdout } = await runProgram("fish", ["-N", "-c", program], { cwd: directory, env });
        const words = stdout.trimEnd().split("\n").map((text) => text.split("\t")[0]!);
        assert.deepEqual(words.sort(), offers, line);
      }
    }),
});

Deno.test({
  name: "zsh asks crit for rules, image types, releases and processes",
  ignore: lacks("zsh"),
  fn: () =>
    withScript(zshCompletion(allCommands), async (directory) => {
      const env = { PATH: programIn(directory), TERM: "dumb" };
      // A shell on a terminal of its own: tab completes the line, which is then printed instead.
      // npx sets EDITOR, by which zsh would take its keys to be those of vi.
      const shell =
        "bindkey -e; autoload -U compinit; compinit -D -u; source ../script; print >ready";
      const program = `zmodload zsh/zpty; zpty z zsh -f -i; zpty -w z ${quoted(shell)}
        until [[ -e ready ]]; do sleep 0.1; done
        zpty -w -n z "$1"$'\t'
        zpty -w z $'\x01'"print -r -- >done "
        repeat 300; do [[ -s done ]] && break; sleep 0.1; done; zpty -d z; cat done`;
      for (const [line, [offer]] of THOROUGH ? [...ASKED, ...ASKED_LISTS] : ASKED_ALWAYS) {
        for (const name of ["ready", "done"]) {
          await Deno.remove(`${directory}/${name}`).catch(() => {});
        }
        // Only one of the words: several would be listed.
        const begun = line.endsWith(" ") ? line + offer!.slice(0, -1) : line;
        const args = ["-f", "-c", program, "zsh", begun];
        const { stdout } = await runProgram("zsh", args, { cwd: directory, env });
        assert.equal(stdout.trimEnd(), begun.replace(/[^ ]*$/, offer!));
      }
    }),
});

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

Deno.test({
  name: "fish completes commands, options, choices and files",
  ignore: lacks("fish"),
  fn: () =>
    withScript(fishCompletion(allCommands), async (directory) => {
      const long = (spellings: string[]) => spellings.filter((name) => name.startsWith("--"));
      const cases: Array<[line: string, offers: string[]]> = [
        ["crit ", names],
        ["crit --color ", ["always", "auto", "never"]],
        ["crit decode --format=", ["--format=nice", "--format=raw"]],
        ["crit decode -f ", ["nice", "raw"]],
        ["crit decode --in a", ["a.img"]],
        ["crit info a", ["a.img"]],
        ["crit completion ", ["bash", "fish", "zsh"]],
        ...allCommands.map(({ name, options }): [string, string[]] => [
          `crit ${name} --`,
          long([...globalSpellings, ...spellingsOf(options ?? {})]),
        ]),
      ];
      // One fish for all lines: it takes long to start. An empty line ends each answer.
      const program = "source ../script; for line in $argv; complete -C $line; echo; end";
      const env = { HOME: directory, XDG_CONFIG_HOME: directory };
      const args = ["-N", "-c", program, ...cases.map(([line]) => line)];
      const fish = await runProgram("fish", args, { cwd: directory, env });
      assert.deepEqual([fish.code, fish.stderr], [0, ""]);
      const answers = fish.stdout.split(/^\n/m).slice(0, -1);
      assert.equal(answers.length, cases.length);
      for (const [i, [line, offers]] of cases.entries()) {
        const words = answers[i]!.trimEnd().split("\n").map((text) => text.split("\t")[0]!);
        assert.deepEqual(words.sort(), [...offers].sort(), line);
      }
    }),
});

Deno.test({
  name: "zsh takes the script, sourced or found in $fpath",
  ignore: lacks("zsh"),
  fn: () =>
    withScript(zshCompletion(allCommands), async (directory) => {
      const sourced = "autoload -U compinit; compinit -D -u; source ../script; print $_comps[crit]";
      const found = "mv ../script ../_crit; fpath=($PWD/.. $fpath); autoload -U compinit; " +
        "compinit -D -u; print $_comps[crit]";
      // Sourced it is also in the test above.
      for (const program of THOROUGH ? [sourced, found] : [found]) {
        const zsh = await runProgram("zsh", ["-f", "-c", program], { cwd: directory });
        assert.deepEqual([zsh.code, zsh.stdout, zsh.stderr], [0, "_crit\n", ""]);
      }
    }),
});
