/**
 * Completions for zsh.
 *
 * @module
 */

import type { Command, Option, Options, Positional } from "./command.ts";
import { spellings } from "./command.ts";
import { globalOptions } from "./global.ts";

/** A script for zsh that completes crit's command line, to be sourced or found in `$fpath`. */
export function zshCompletion(commands: readonly Command[]): string {
  const described = commands.map(({ name, summary }) =>
    quoted(`${escaped(name)}:${escaped(summary)}`)
  );
  const cases = commands.map((command) => {
    const specs = [
      ...optionSpecs({ ...globalOptions, ...command.options }),
      ...Object.values(command.positionals ?? {}).map(positionalSpec),
    ];
    return `        ${command.name})
          _arguments -s \\
${specs.map((spec) => `            ${spec}`).join(" \\\n")}
          ;;`;
  });
  return `#compdef crit
# crit's completions for zsh: crit completion zsh >DIRECTORY_OF_FPATH/_crit

_crit_commands() {
  local -a commands=(
${described.map((line) => `    ${line}`).join("\n")}
  )
  _describe -t commands command commands
}

# Asks crit for words; after a comma, for another item of a list.
_crit_ask() {
  local line
  local -a described
  for line in "\${(@f)$(_call_program $1 crit completion --words $1 \${(q)words[1,CURRENT-1]/#/--dump=} 2>/dev/null)}"; do
    line=\${line//:/\\\\:}
    [[ -n $line ]] && described+=("\${line/$'\\t'/:}")
  done
  [[ $2 == commas ]] && compset -P '*,'
  _describe -t $1 $1 described
}

_crit() {
  local context state state_descr line
  typeset -A opt_args
  _arguments -C -s \\
${optionSpecs(globalOptions).map((spec) => `    ${spec}`).join(" \\\n")} \\
    '1:command:_crit_commands' \\
    '*:: :->arguments'
  case $state in
    arguments)
      case $words[1] in
${cases.join("\n")}
      esac
      ;;
  esac
}

if [[ $funcstack[1] == _crit ]]; then
  _crit "$@"
else
  compdef _crit crit
fi
`;
}

/** One specification of _arguments for each spelling of each option. */
function optionSpecs(options: Options): string[] {
  return Object.entries(options).flatMap(([key, option]) => {
    const names = spellings(key, option);
    const repeats = option.kind !== "flag" && option.list !== undefined;
    const exclusion = repeats ? "*" : `(${names.join(" ")})`;
    return names.map((name) => {
      const joint = option.kind === "flag" ? "" : name.startsWith("--") ? "=" : "+";
      const value = option.kind === "flag" ? "" : `:${escaped(option.value)}:${action(option)}`;
      return quoted(`${exclusion}${name}${joint}[${escaped(option.doc)}]${value}`);
    });
  });
}

function positionalSpec(positional: Positional): string {
  const many = positional.count === "some" || positional.count === "any";
  const optional = positional.count === "optional" ? ":" : "";
  const lead = many ? "*:" : `:${optional}`;
  return quoted(`${lead}${escaped(positional.value)}:${action(positional)}`);
}

/** What completes a value. */
function action(value: Option | Positional): string {
  switch (value.kind) {
    case "path":
      return value.only === "directory" ? "_files -/" : "_files";
    case "choice": {
      const words = Object.entries(value.choices).map(([word, doc]) =>
        `${word}\\:"${escaped(doc).replace(/["$]/g, "\\$&")}"`
      );
      return `((${words.join(" ")}))`;
    }
    case "text":
    case "number": {
      const list = "list" in value && value.list === "commas" ? " commas" : "";
      return value.words === undefined ? " " : ` _crit_ask ${value.words}${list}`;
    }
    case "command":
      return "_crit_commands";
    default:
      return " ";
  }
}

/** Text inside a specification: no back quotes, and colons and brackets literal. */
function escaped(text: string): string {
  return text.replaceAll("`", "").replace(/[\\:[\]]/g, "\\$&");
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
