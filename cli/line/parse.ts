/**
 * Parses the command line by the declarations of the commands.
 *
 * Options may precede or follow the command's name, and may be mixed with arguments. The parser
 * accepts `-i IN`, `-iIN`, `-i=IN`, `--in IN`, `--in=IN`, combined flags as in `-vh`, and `--`
 * before arguments that begin with a dash. A value that begins with a dash needs the `=`.
 *
 * @module
 */

import { kindOf } from "../../images/bytes/io.ts";
import { nearest } from "../../images/bytes/nearest.ts";
import { CritError } from "../../images/errors.ts";
import type { ColorChoice } from "../terminal/terminal.ts";
import type {
  Arguments,
  Command,
  GivenOption,
  Option,
  Options,
  Positional,
  ValueKind,
} from "./command.ts";
import { spellings } from "./command.ts";
import { globalOptions, TOPICS } from "./global.ts";

/** A parsed command line. */
export type Invocation =
  | { readonly asked: "help"; readonly command?: Command; readonly color: ColorChoice }
  | { readonly asked: "version" }
  | {
    readonly asked: "run";
    readonly command: Command;
    readonly args: Values;
    readonly plugins: readonly string[];
    readonly color: ColorChoice;
    readonly given: readonly GivenOption[];
  };

/** Parsed values by option or argument name. */
export type Values = Record<string, ArgumentValue | ArgumentValue[] | undefined>;
/** A parsed value. */
export type ArgumentValue = string | number | boolean;

/** A known spelling of an option. */
interface Known {
  readonly key: string;
  readonly option: Option;
  readonly values: Values;
}

/**
 * Reads a command line.
 *
 * @param tokens the words after the program's name
 * @throws {CritError} `usage` when they are not what the commands declare
 */
export function parse(tokens: readonly string[], commands: readonly Command[]): Invocation {
  const at = commandPosition(tokens, commands);
  const name = at === undefined ? undefined : tokens[at]!;
  const command = commands.find((command) => command.name === name);
  if (name !== undefined && command === undefined) throw unknownCommand(name, commands);
  const args = defaults(command?.options ?? {});
  const globals = defaults(globalOptions);
  const reader = new Reader({ command, commands }, args, globals);
  const asked = reader.read(tokens.filter((_, i) => i !== at));
  const { plugin, color } = globals as Arguments<{ options: typeof globalOptions } & Command>;
  if (asked === "version") return { asked };
  if (asked === "help") return { asked, command, color };
  if (command === undefined) throw usage("a command is missing", undefined);
  assignPositionals(command, commands, reader.positionals, args);
  return { asked: "run", command, args, plugins: plugin, color, given: reader.given };
}

/** Which command's arguments are read, among which. */
interface Scope {
  /** Undefined where the line names none. */
  readonly command?: Command;
  readonly commands: readonly Command[];
}

/** Where the command's name stands; undefined when there is none. */
function commandPosition(
  tokens: readonly string[],
  commands: readonly Command[],
): number | undefined {
  if (tokens.length > 0 && !isOption(tokens[0]!)) return 0;
  const names = new Set(commands.map(({ name }) => name));
  const takers = valueTakers(commands);
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i]!;
    if (token === "--") return undefined;
    if (!isOption(token)) return i;
    const next = tokens[i + 1];
    if (next === undefined || isOption(next)) continue;
    const wanted = wantsNext(token, takers);
    // What is a value to one command and none to another is none before a command's name.
    if (wanted === "always" || wanted === "sometimes" && !names.has(next)) i++;
  }
  return undefined;
}

/** Whether an option takes a value; `sometimes`: only as an option of some commands. */
type TakesValue = "always" | "sometimes" | "never";

/** Whether each option takes a value: before the name is known, it may be any command's. */
function valueTakers(commands: readonly Command[]): ReadonlyMap<string, TakesValue> {
  const takers = new Map<string, TakesValue>();
  for (const { options } of [...commands, { options: globalOptions }]) {
    for (const [key, option] of Object.entries(options ?? {} as Options)) {
      const takes = option.kind === "flag" ? "never" : "always";
      for (const spelling of spellings(key, option)) {
        takers.set(spelling, (takers.get(spelling) ?? takes) === takes ? takes : "sometimes");
      }
    }
  }
  return takers;
}

/** Whether an option takes the token after it as its value. */
function wantsNext(token: string, takers: ReadonlyMap<string, TakesValue>): TakesValue {
  if (token.startsWith("--")) return takers.get(token) ?? "never";
  for (let i = 1; i < token.length; i++) {
    const takes = takers.get(`-${token[i]}`) ?? "never";
    if (takes !== "never") return i === token.length - 1 ? takes : "never";
  }
  return "never";
}

/**
 * Whether a token is one or more options; a lone dash is standard input or output, and `-/PLACE` or
 * `-@DIGEST` what is in an archive there.
 */
function isOption(token: string): boolean {
  return token.length > 1 && token[0] === "-" && token[1] !== "/" && token[1] !== "@";
}

function addSpellings(known: Map<string, Known>, options: Options, values: Values): void {
  for (const [key, option] of Object.entries(options)) {
    for (const spelling of spellings(key, option)) known.set(spelling, { key, option, values });
  }
}

/** The values that options have when they are not given. */
function defaults(options: Options): Values {
  const values: Values = {};
  for (const [key, option] of Object.entries(options)) {
    if (option.kind === "flag") values[key] = false;
    else values[key] = option.list === undefined ? option.default : [];
  }
  return values;
}

/** Reads the options of one command into its values and collects the other arguments. */
class Reader {
  readonly positionals: string[] = [];
  /** Options with values, in their order. */
  readonly given: GivenOption[] = [];
  readonly #scope: Scope;
  readonly #known = new Map<string, Known>();
  readonly #given = new Set<string>();

  constructor(scope: Scope, args: Values, globals: Values) {
    this.#scope = scope;
    addSpellings(this.#known, scope.command?.options ?? {}, args);
    addSpellings(this.#known, globalOptions, globals);
  }

  /** Reads all tokens, unless one asks for help or the version. */
  read(tokens: readonly string[]): "help" | "version" | undefined {
    const queue = [...tokens];
    for (let token = queue.shift(); token !== undefined; token = queue.shift()) {
      if (token === "--") {
        this.positionals.push(...queue);
        return undefined;
      }
      if (!isOption(token)) this.positionals.push(token);
      else if (token.startsWith("--")) this.#readLong(token, queue);
      else this.#readShort(token, queue);
      if (this.#given.has("help")) return "help";
      if (this.#given.has("version")) return "version";
    }
    return undefined;
  }

  #readLong(token: string, queue: string[]): void {
    const equals = token.indexOf("=");
    const spelling = equals < 0 ? token : token.slice(0, equals);
    const known = this.#lookUp(spelling);
    if (known.option.kind === "flag") {
      if (equals >= 0) throw usage(`${spelling} takes no value`, this.#scope.command);
      this.#give(spelling, known, true);
    } else {
      const value = equals < 0 ? this.#nextValue(spelling, queue) : token.slice(equals + 1);
      this.#give(spelling, known, value);
    }
  }

  #readShort(token: string, queue: string[]): void {
    for (let i = 1; i < token.length; i++) {
      const spelling = `-${token[i]}`;
      const known = this.#lookUp(spelling, token);
      if (known.option.kind !== "flag") {
        const attached = token.slice(token[i + 1] === "=" ? i + 2 : i + 1);
        const isLast = i === token.length - 1;
        this.#give(spelling, known, isLast ? this.#nextValue(spelling, queue) : attached);
        return;
      }
      this.#give(spelling, known, true);
    }
  }

  #lookUp(spelling: string, token = spelling): Known {
    const known = this.#known.get(spelling);
    if (known !== undefined) return known;
    // A long option with one dash, as in `-pretty`, is worth a hint of its own.
    const long = spelling.length === 2 ? `-${token}` : spelling;
    const near = nearest(long, [...this.#known.keys()].filter((name) => name.length > 2));
    throw usage(
      `there is no option ${long === spelling ? spelling : token}`,
      this.#scope.command,
      near,
    );
  }

  #nextValue(spelling: string, queue: string[]): string {
    const next = queue[0];
    if (next === undefined || isOption(next)) {
      const dashed = next === undefined ? "" : `; if it is ${next}, write ${spelling}=${next}`;
      throw usage(`${spelling} needs a value${dashed}`, this.#scope.command);
    }
    queue.shift();
    return next;
  }

  #give(spelling: string, known: Known, value: string | true): void {
    const { key, option, values } = known;
    const repeated = this.#given.has(key);
    this.#given.add(key);
    if (option.kind === "flag" || value === true) {
      values[key] = true;
      return;
    }
    this.given.push({ key, value });
    const convert = (text: string) => toValue(text, spelling, option, this.#scope);
    if (option.list !== undefined) {
      const texts = option.list === "commas" ? value.split(",") : [value];
      (values[key] as ArgumentValue[]).push(...texts.map(convert));
    } else {
      if (repeated) throw usage(`${spelling} is given twice`, this.#scope.command);
      values[key] = convert(value);
    }
  }
}

/** A value as what it stands for, checked. */
function toValue(
  text: string,
  label: string,
  kind: ValueKind,
  { command, commands }: Scope,
): ArgumentValue {
  if (text === "" && kind.kind !== "text") throw usage(`${label} needs a value`, command);
  switch (kind.kind) {
    case "text":
    case "path":
      return text;
    case "number":
      return toNumber(text, label, kind, command);
    case "choice":
      if (Object.hasOwn(kind.choices, text)) return text;
      throw unknownChoice(text, label, Object.keys(kind.choices), command);
    case "command":
      if (commands.some(({ name }) => name === text)) return text;
      if (Object.hasOwn(kind.others ?? {}, text)) return text;
      throw unknownCommand(text, commands);
  }
}

function toNumber(
  text: string,
  label: string,
  { min = 0, max = Number.MAX_SAFE_INTEGER }: { min?: number; max?: number },
  command: Command | undefined,
): number {
  if (!/^(-?\d+|0[xX][0-9a-fA-F]+)$/.test(text)) {
    throw usage(`${label}: ${text} is not a whole number`, command);
  }
  const number = Number(text);
  if (number < min) throw usage(`${label}: ${text} is less than ${min}`, command);
  if (number > max) throw usage(`${label}: ${text} is more than ${max}`, command);
  return number;
}

/** Gives the arguments to the positionals in their order. */
function assignPositionals(
  command: Command,
  commands: readonly Command[],
  given: readonly string[],
  args: Values,
): void {
  const left = [...given];
  for (const [key, positional] of Object.entries(command.positionals ?? {})) {
    const convert = (text: string) =>
      toValue(text, positional.value, positional, { command, commands });
    const many = positional.count === "some" || positional.count === "any";
    const required = positional.count === "one" || positional.count === "some";
    if (required && left.length === 0) throw missing(positional, command, given);
    checkOrder(positional, left[0], given, command);
    if (many) args[key] = left.splice(0).map(convert);
    else args[key] = left.length === 0 ? positional.default : convert(left.shift()!);
  }
  if (left.length > 0) throw usage(`there is no place for the argument ${left[0]}`, command);
}

/** An argument is missing; if it is one of a few words, they are told. */
function missing(
  positional: Positional,
  command: Command,
  given: readonly string[],
): CritError {
  const reason = `${positional.value} is missing`;
  if (positional.kind !== "choice") return usage(reason, command);
  const words = Object.keys(positional.choices);
  const line = ["crit", command.name, ...given, words[0]!].join(" ");
  return usage(`${reason}: ${words.join(", ")}`, command, given.length > 0 ? line : undefined);
}

/**
 * An argument that must be one of a few words is none, but another argument is: they changed
 * places.
 */
function checkOrder(
  positional: Positional,
  text: string | undefined,
  given: readonly string[],
  command: Command,
): void {
  if (positional.kind !== "choice" || text === undefined) return;
  const { choices, value } = positional;
  if (Object.hasOwn(choices, text)) return;
  const words = Object.keys(choices);
  // What is near a word may be one that is misspelt, unless this argument is near one itself.
  const isNear = (other: string) => other !== text && nearest(other, words) !== undefined;
  const first = given.find((other) => Object.hasOwn(choices, other)) ??
    (nearest(text, words) === undefined ? given.find(isNear) : undefined);
  if (first === undefined) return;
  const word = Object.hasOwn(choices, first) ? first : nearest(first, words)!;
  const line = ["crit", command.name, ...given.filter((other) => other !== first), word].join(" ");
  throw usage(`${value}: ${text} is none`, command, line);
}

/** The command that takes a word as one of its arguments. */
function commandTaking(word: string, commands: readonly Command[]): string | undefined {
  for (const { name, positionals = {} } of commands) {
    const values = Object.values(positionals);
    const taking = values.find((one) => one.kind === "choice" && Object.hasOwn(one.choices, word));
    if (taking === undefined || values.length < 2) continue;
    return `crit ${name} ${values.map((one) => one === taking ? word : one.value).join(" ")}`;
  }
  return undefined;
}

/** The command that is meant where a dump or an image stands alone; undefined for other words. */
function commandFor(path: string): string | undefined {
  // Others are words; what is in the working directory is not looked at for each of them.
  if (!/[./]/.test(path)) return undefined;
  try {
    const kind = kindOf(path);
    if (kind === undefined) return undefined;
    return `crit ${kind === "file" && path.endsWith(".img") ? "show" : "info"} ${path}`;
  } catch {
    return undefined;
  }
}

function unknownCommand(name: string, commands: readonly Command[]): CritError {
  const near = commandTaking(name, commands) ?? commandFor(name) ??
    nearest(name, [...commands.map((command) => command.name), ...Object.keys(TOPICS)]);
  return usage(`there is no command ${name}`, undefined, near);
}

function unknownChoice(
  text: string,
  label: string,
  choices: readonly string[],
  command: Command | undefined,
): CritError {
  const near = nearest(text, choices);
  return usage(`${label}: ${text} is none of ${choices.join(", ")}`, command, near);
}

/** An error in the command line, with the name that was meant and where to find help. */
function usage(reason: string, command: Command | undefined, near?: string): CritError {
  const place = command === undefined ? "" : `${command.name}: `;
  const help = command === undefined ? "see crit --help" : `see crit help ${command.name}`;
  const hint = near === undefined ? help : `did you mean ${near}? ${help}`;
  return new CritError("usage", place + reason, {}, hint);
}
