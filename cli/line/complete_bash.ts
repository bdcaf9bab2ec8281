/**
 * Completions for bash.
 *
 * @module
 */

import type { Command, Option, Positional } from "./command.ts";
import { spellings } from "./command.ts";
import { globalOptions } from "./global.ts";

/** A script for bash 4 and later that completes crit's command line. */
export function bashCompletion(commands: readonly Command[]): string {
  const names = commands.map(({ name }) => name).join(" ");
  const valued = new Set<string>();
  const values: string[] = [];
  const options: string[] = [];
  const positionals: string[] = [];
  for (const command of [...commands, { name: "", options: undefined, positionals: undefined }]) {
    const all = { ...globalOptions, ...command.options };
    const words = Object.entries(all).flatMap(([key, option]) => spellings(key, option));
    options.push(`    "${command.name}") _crit_words ${quoted(words.join(" "))} ;;`);
    for (const [key, option] of Object.entries(command.options ?? {})) {
      addValue(command.name, key, option);
    }
    Object.values(command.positionals ?? {}).forEach((positional, i) => {
      const many = positional.count === "some" || positional.count === "any";
      const pattern = `"${command.name} "${many ? "*" : i}`;
      positionals.push(`    ${pattern}) ${action(positional, names)} ;;`);
    });
  }
  for (const [key, option] of Object.entries(globalOptions)) addValue(undefined, key, option);

  function addValue(command: string | undefined, key: string, option: Option): void {
    if (option.kind === "flag") return;
    const patterns = spellings(key, option).map((spelling) => {
      valued.add(spelling);
      // Before the command's name an option means what the first command that has it says.
      return command === undefined ? `*" ${spelling}"` : `"${command} ${spelling}"|" ${spelling}"`;
    });
    values.push(`    ${patterns.join("|")}) ${action(option, names)} ;;`);
  }

  return `# crit's completions for bash: source <(crit completion bash)

_crit_words() {
  mapfile -t COMPREPLY < <(compgen -W "$1" -- "$current")
}

_crit_files() {
  compopt -o filenames
  mapfile -t COMPREPLY < <(compgen "$1" -- "$current")
}

# Asks crit for words; after a comma, for another item of a list.
_crit_ask() {
  local before="" words="" word earlier=("\${COMP_WORDS[@]:1:COMP_CWORD-1}")
  [[ $2 == commas && $current == *,* ]] && before=\${current%,*},
  while IFS=$'\\t' read -r word _; do
    words+=" $word"
  done < <("\${COMP_WORDS[0]}" completion --words "$1" "\${earlier[@]/#/--dump=}" 2>/dev/null)
  mapfile -t COMPREPLY < <(compgen -P "$before" -W "$words" -- "\${current##*,}")
}

_crit() {
  local current=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD - 1]}
  local valued=" ${[...valued].join(" ")} "
  local command="" position=0 i word
  COMPREPLY=()
  # bash splits --name=value into three words.
  if [[ $current == "=" ]]; then
    current=""
  elif [[ $before == "=" ]]; then
    before=\${COMP_WORDS[COMP_CWORD - 2]}
  fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    if [[ $valued == *" $word "* ]]; then
      [[ \${COMP_WORDS[i + 1]} == "=" ]] && ((i++))
      ((i++))
    elif [[ $word == -?* ]]; then
      continue
    elif [[ $command == "" ]]; then
      command=$word
    else
      ((position++))
    fi
  done
  case "$command $before" in
${values.join("\n")}
  esac
  [[ $valued == *" $before "* ]] && return
  if [[ $current == -* ]]; then
    case "$command" in
${options.map((line) => `  ${line}`).join("\n")}
    esac
    return
  fi
  case "$command $position" in
    " "*) _crit_words ${quoted(names)} ;;
${positionals.join("\n")}
  esac
}

complete -F _crit crit
`;
}

/** The shell command that completes a value. */
function action(value: Option | Positional, commands: string): string {
  switch (value.kind) {
    case "path":
      return `_crit_files ${value.only === "directory" ? "-d" : "-f"}`;
    case "choice":
      return `_crit_words ${quoted(Object.keys(value.choices).join(" "))}`;
    case "text":
    case "number": {
      const list = "list" in value && value.list === "commas" ? " commas" : "";
      return value.words === undefined ? ":" : `_crit_ask ${value.words}${list}`;
    }
    case "command":
      return `_crit_words ${quoted(commands)}`;
    default:
      return ":";
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
