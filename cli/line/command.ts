/**
 * What a command declares about itself.
 *
 * The parser, `crit help`, the man page and the shell completions all read the declaration, and it
 * types the arguments of the command's `run`. A declaration is plain data and cheap to load.
 * `cli/commands/load.ts` loads a command's `run.ts` only when that command runs.
 *
 * ```ts
 * export const decode = {
 *   name: "decode",
 *   …
 *   options: { in: { kind: "path", short: "i", aliases: ["input"], value: "IN", doc: "…" } },
 * } as const satisfies Command;
 *
 * export function run(args: Arguments<typeof decode>, context: Context): number { … }
 * ```
 *
 * @module
 */

import type { ColorChoice } from "../terminal/terminal.ts";

/** The properties of every option. */
export interface OptionBase {
  /** The letter of `-i`. */
  readonly short?: string;
  /** Further long names, without the dashes. */
  readonly aliases?: readonly string[];
  /** One phrase; words between back quotes are literal. */
  readonly doc: string;
}

/** Kinds of words that the completions ask crit for, with descriptions. */
export const WORDS = {
  rules: "rules of `crit check`",
  types: "image types",
  releases: "releases of CRIU, and image versions",
  pids: "processes of the dumps that `--dump` names",
} as const;

/** A value that an option or a positional argument takes. */
export type ValueKind =
  | {
    /** Any text. */
    readonly kind: "text";
    /** What shells offer for it. */
    readonly words?: keyof typeof WORDS;
    readonly default?: string;
  }
  | {
    /** A file or directory, completed by name; `only` narrows the completion. */
    readonly kind: "path";
    readonly only?: "directory";
    readonly default?: string;
  }
  | {
    /** A whole number, decimal or `0x…`, within `min` and `max` (both included). */
    readonly kind: "number";
    /** What shells offer for it. */
    readonly words?: keyof typeof WORDS;
    readonly min?: number;
    readonly max?: number;
    readonly default?: number;
  }
  | {
    /** One of a few words, each with a phrase that explains it. */
    readonly kind: "choice";
    readonly choices: Readonly<Record<string, string>>;
    readonly default?: string;
  }
  | {
    /** The name of one of crit's commands, or one of a few other words. */
    readonly kind: "command";
    readonly others?: Readonly<Record<string, string>>;
    readonly default?: undefined;
  };

/** An option without a value: true when given. */
export interface Flag extends OptionBase {
  /** Distinguishes it from an option with a value. */
  readonly kind: "flag";
}

/** An option with a value. */
export type ValueOption = OptionBase & ValueKind & {
  /** Name of the value in help: `IN`. */
  readonly value: string;
  /**
   * The option gives an array: `repeat` when each use adds one value, `commas` when a value may
   * also be several, separated by commas. Without this it may be given once.
   */
  readonly list?: "repeat" | "commas";
};

/** An option. Its key in camelCase gives its long name in kebab-case. */
export type Option = Flag | ValueOption;

/** Options by name. */
export type Options = Readonly<Record<string, Option>>;

/** A positional argument. */
export type Positional = ValueKind & {
  /** Name in help: `DUMP`. */
  readonly value: string;
  /** Number of arguments: exactly one, at most one, one or more, any number. */
  readonly count: "one" | "optional" | "some" | "any";
  /** One phrase; words between back quotes are literal. */
  readonly doc: string;
};

/** An example of a command line. */
export interface Example {
  /** A shell line. */
  readonly line: string;
  /** What it does, as a phrase. */
  readonly doc: string;
}

/** The headings under which `crit help` lists commands. */
export const GROUPS = {
  image: "Images",
  dump: "Dumps",
  live: "While CRIU runs",
  self: "About crit",
} as const;

/** A command's declaration. */
export interface Command {
  /** The word that calls it. */
  readonly name: string;
  /** The heading under which `crit help` lists it. */
  readonly group: keyof typeof GROUPS;
  /** What it does, as a phrase: `turn an image into JSON`. */
  readonly summary: string;
  /** What it does in full: paragraphs separated by blank lines, re-wrapped when printed. */
  readonly description: string;
  /** Arguments in their order; only the last may be of any number. */
  readonly positionals?: Readonly<Record<string, Positional>>;
  /** Its own options; those in `global.ts` come on top. */
  readonly options?: Options;
  /** Lines to try, the commonest first. */
  readonly examples: readonly Example[];
  /** What its own exit codes mean, beside those that all commands share. */
  readonly exitCodes?: Readonly<Record<number, string>>;
}

/** The context in which a command runs, besides its arguments. */
export interface Context {
  /** Files of the user's image types, from `$CRIT_PLUGINS` and `--plugin`, in this order. */
  readonly plugins: readonly string[];
  /** What `--color` says. */
  readonly color: ColorChoice;
  /** Options with values, in the order of the command line. */
  readonly given: readonly GivenOption[];
  /** Loads the declarations of all commands, in the order in which help lists them. */
  readonly allDeclarations: () => Promise<readonly Command[]>;
}

/** An option as it was given. */
export interface GivenOption {
  /** The name under which the command declares it. */
  readonly key: string;
  /** Its value as text. */
  readonly value: string;
}

/** Runs a command; returns the exit code: 0, or 1 for the command's own negative answer. */
export type Run<C extends Command> = (
  args: Arguments<C>,
  context: Context,
) => number | Promise<number>;

/** Options and positional arguments of a command, by name, in the types that it declares. */
export type Arguments<C extends Command> = Simple<
  & { readonly [N in keyof Present<C["options"]>]: OptionValue<Present<C["options"]>[N]> }
  & {
    readonly [N in keyof Present<C["positionals"]>]: PositionalValue<Present<C["positionals"]>[N]>;
  }
>;

/** Values of options that several commands share. */
export type OptionValues<O extends Options> = { readonly [N in keyof O]: OptionValue<O[N]> };

/** A part of a declaration; an empty type if the part is left out. */
export type Present<T> = T extends undefined ? unknown : NonNullable<T>;
/** An intersection as a single type. */
export type Simple<T> = { [K in keyof T]: T[K] };

/** Type of one value. */
export type Single<V> = V extends { kind: "number" } ? number
  : V extends { kind: "choice"; choices: infer C } ? keyof C & string
  : string;

/** Type of a value that may be absent, unless it has a default. */
export type OrDefault<V> = V extends { default: string | number } ? Single<V>
  : Single<V> | undefined;

/** Type of the value of an option. */
export type OptionValue<O> = O extends { kind: "flag" } ? boolean
  : O extends { list: string } ? readonly Single<O>[]
  : OrDefault<O>;

/** Type of the value of a positional argument. */
export type PositionalValue<P> = P extends { count: "some" | "any" } ? readonly Single<P>[]
  : P extends { count: "one" } ? Single<P>
  : OrDefault<P>;

/** `keep-going` for the option declared as `keepGoing`. */
export function longName(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** All ways to write an option, the short ones first: `-i`, `--in`, `--input`. */
export function spellings(key: string, option: Option): string[] {
  const long = [longName(key), ...option.aliases ?? []].map((name) => `--${name}`);
  return option.short === undefined ? long : [`-${option.short}`, ...long];
}
