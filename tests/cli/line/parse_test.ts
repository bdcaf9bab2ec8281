import assert from "node:assert/strict";
import { allDeclarations } from "../../../cli/commands/load.ts";
import type { Arguments, Command } from "../../../cli/line/command.ts";
import { parse } from "../../../cli/line/parse.ts";
import { CritError } from "../../../images/errors.ts";

const copy = {
  name: "copy",
  group: "image",
  summary: "copy things",
  description: "Copies things.",
  positionals: {
    from: { kind: "path", value: "FROM", count: "one", doc: "what to copy" },
    to: { kind: "path", value: "TO", count: "optional", default: "here", doc: "where to" },
    more: { kind: "text", value: "MORE", count: "any", doc: "anything" },
  },
  options: {
    in: { kind: "path", short: "i", aliases: ["input"], value: "IN", doc: "in" },
    depth: { kind: "number", short: "d", value: "N", min: 1, max: 9, default: 3, doc: "depth" },
    form: { kind: "choice", short: "f", value: "F", choices: { raw: "", nice: "" }, doc: "form" },
    only: { kind: "text", value: "ID", list: "commas", doc: "only" },
    pid: { kind: "number", short: "p", value: "PID", list: "repeat", doc: "pid" },
    keepGoing: { kind: "flag", short: "k", doc: "keep going" },
    verbose: { kind: "flag", short: "v", doc: "verbose" },
  },
  examples: [],
} as const satisfies Command;

const list = {
  name: "list",
  group: "image",
  summary: "list things",
  description: "Lists things.",
  positionals: {
    images: { kind: "path", value: "IMAGE", count: "some", doc: "images" },
  },
  examples: [],
} as const satisfies Command;

const explain = {
  name: "explain",
  group: "self",
  summary: "explain a command",
  description: "Explains a command.",
  positionals: {
    command: { kind: "command", value: "COMMAND", count: "optional", doc: "which" },
  },
  examples: [],
} as const satisfies Command;

const commands: readonly Command[] = [copy, list, explain];

function parseCopy(...tokens: string[]): Arguments<typeof copy> {
  const invocation = parse(tokens, commands);
  assert(invocation.asked === "run");
  assert.equal(invocation.command, copy);
  return invocation.args as unknown as Arguments<typeof copy>;
}

function refusal(...tokens: string[]): string {
  try {
    parse(tokens, commands);
  } catch (error) {
    assert(error instanceof CritError);
    assert.equal(error.kind, "usage");
    return error.message;
  }
  assert.fail(`crit ${tokens.join(" ")} was accepted`);
}

Deno.test("arguments have the types that the declaration gives them", () => {
  const args = parseCopy("copy", "a");
  // Each of these lines fails to compile if the mapped types lose their way.
  const from: string = args.from;
  const to: string = args.to;
  const more: readonly string[] = args.more;
  const input: string | undefined = args.in;
  const depth: number = args.depth;
  const form: "raw" | "nice" | undefined = args.form;
  const pid: readonly number[] = args.pid;
  const keepGoing: boolean = args.keepGoing;
  // @ts-expect-error an option without a default may be absent
  const certain: string = args.in;
  // @ts-expect-error no such option
  const unknown = args.output;
  assert.deepEqual(
    [from, to, more, input, depth, form, pid, keepGoing, certain, unknown],
    ["a", "here", [], undefined, 3, undefined, [], false, undefined, undefined],
  );
});

Deno.test("a value is accepted in every common notation", () => {
  const ways = [["-i", "x"], ["-ix"], ["-i=x"], ["--in", "x"], ["--in=x"], ["--input", "x"]];
  for (const way of [...ways, ["--input=x"], ["-kvix"], ["-kvi", "x"]]) {
    assert.equal(parseCopy("copy", ...way, "a").in, "x");
    assert.equal(parseCopy("copy", "a", ...way).in, "x");
    assert.equal(parseCopy(...way, "copy", "a").in, "x");
  }
});

Deno.test("options may precede the command, even with a value like its name", () => {
  const args = parseCopy("-i", "copy", "-k", "--form", "raw", "copy", "list");
  assert.deepEqual([args.in, args.keepGoing, args.form, args.from], ["copy", true, "raw", "list"]);
});

Deno.test("an option that takes a value in only some commands may precede any command", () => {
  const options = { flag: { kind: "flag", short: "i", doc: "a flag" } } as const;
  const value = { value: { kind: "text", short: "i", value: "IN", doc: "a value" } } as const;
  const common = { group: "image", summary: "s", description: "d", examples: [] } as const;
  const positionals = { file: { kind: "path", value: "F", count: "optional", doc: "f" } } as const;
  const both: Command[] = [
    { ...common, name: "search", positionals, options },
    { ...common, name: "decode", positionals, options: value },
  ];
  const argsOf = (...tokens: string[]) => {
    const parsed = parse(tokens, both);
    assert(parsed.asked === "run");
    return [parsed.command.name, parsed.args];
  };
  assert.deepEqual(argsOf("-i", "search", "dump"), ["search", { flag: true, file: "dump" }]);
  assert.deepEqual(argsOf("-i", "core.img", "decode"), [
    "decode",
    { value: "core.img", file: undefined },
  ]);
  assert.deepEqual(argsOf("search", "-i", "dump"), ["search", { flag: true, file: "dump" }]);
  assert.deepEqual(argsOf("decode", "-i", "search"), ["decode", {
    value: "search",
    file: undefined,
  }]);
});

Deno.test("flags can be combined", () => {
  const args = parseCopy("copy", "-kv", "a");
  assert.deepEqual([args.keepGoing, args.verbose], [true, true]);
});

Deno.test("a single dash is an argument, and so is everything after two dashes", () => {
  assert.equal(parseCopy("copy", "-").from, "-");
  assert.equal(parseCopy("copy", "-i", "-", "a").in, "-");
  const args = parseCopy("copy", "-k", "--", "-v", "--in", "--");
  assert.deepEqual([args.from, args.to, args.more], ["-v", "--in", ["--"]]);
  assert.equal(args.verbose, false);
});

Deno.test("values may be empty text, hold an equals sign, or begin with a dash after one", () => {
  assert.deepEqual(parseCopy("copy", "a", "--only=").only, [""]);
  assert.equal(parseCopy("copy", "a", "--in=b=c").in, "b=c");
  assert.equal(parseCopy("copy", "a", "--in=-b").in, "-b");
  assert.equal(parseCopy("copy", "a", "-i=-b").in, "-b");
});

Deno.test("lists gather the values of all uses", () => {
  const args = parseCopy("copy", "a", "--only", "x,y", "-p1", "--only=z", "-p", "0x10");
  assert.deepEqual(args.only, ["x", "y", "z"]);
  assert.deepEqual(args.pid, [1, 16]);
});

Deno.test("positionals take their places in order", () => {
  const args = parseCopy("copy", "a", "b", "c", "d");
  assert.deepEqual([args.from, args.to, args.more], ["a", "b", ["c", "d"]]);
});

Deno.test("global options are distinguished from those of the command", () => {
  const invocation = parse(
    ["--plugin", "a.js", "copy", "x", "--color=never", "--plugin=b.js"],
    commands,
  );
  assert(invocation.asked === "run");
  assert.deepEqual(invocation.plugins, ["a.js", "b.js"]);
  assert.equal(invocation.color, "never");
  assert.equal("plugin" in invocation.args, false);
});

Deno.test("help and version are asked for anywhere", () => {
  const overview = { asked: "help", command: undefined, color: "auto" };
  const help = { asked: "help", command: copy, color: "auto" };
  assert.deepEqual(parse(["--help"], commands), overview);
  assert.deepEqual(parse(["-h"], commands), overview);
  assert.deepEqual(parse(["copy", "--help"], commands), help);
  assert.deepEqual(parse(["-h", "copy"], commands), help);
  assert.deepEqual(parse(["copy", "-kh", "--nonsense"], commands), help);
  assert.deepEqual(parse(["--color=never", "copy", "-h"], commands), { ...help, color: "never" });
  assert.deepEqual(parse(["--version"], commands), { asked: "version" });
  assert.deepEqual(parse(["-V"], commands), { asked: "version" });
});

Deno.test("an argument may be the name of a command", () => {
  const invocation = parse(["explain", "copy"], commands);
  assert(invocation.asked === "run");
  assert.deepEqual(invocation.args, { command: "copy" });
  assert.match(refusal("explain", "coppy"), /^there is no command coppy \(did you mean copy\?/);
});

Deno.test("every mistake has a message that refers to the help", () => {
  const help = "(see crit help copy)";
  const cases: [string[], string][] = [
    [[], "a command is missing (see crit --help)"],
    [["-k"], "there is no option -k (see crit --help)"],
    [["--color", "never"], "a command is missing (see crit --help)"],
    [["cpoy"], "there is no command cpoy (did you mean copy? see crit --help)"],
    [["zzz"], "there is no command zzz (see crit --help)"],
    [
      ["copy", "--depht", "3"],
      "copy: there is no option --depht (did you mean --depth? see crit help copy)",
    ],
    [
      ["--depht", "copy", "3"],
      "copy: there is no option --depht (did you mean --depth? see crit help copy)",
    ],
    [
      ["copy", "--verb"],
      "copy: there is no option --verb (did you mean --verbose? see crit help copy)",
    ],
    [
      ["copy", "-verbos"],
      "copy: there is no option -verbos (did you mean --verbose? see crit help copy)",
    ],
    [["copy", "-z"], `copy: there is no option -z ${help}`],
    [["copy", "-i"], `copy: -i needs a value ${help}`],
    [["copy", "--in="], `copy: --in needs a value ${help}`],
    [["copy", "-i", "-k"], `copy: -i needs a value; if it is -k, write -i=-k ${help}`],
    [["copy", "--in", "--"], `copy: --in needs a value; if it is --, write --in=-- ${help}`],
    [["copy", "--verbose=yes"], `copy: --verbose takes no value ${help}`],
    [["copy", "-ia", "--input=b"], `copy: --input is given twice ${help}`],
    [
      ["copy", "-f", "nic"],
      "copy: -f: nic is none of raw, nice (did you mean nice? see crit help copy)",
    ],
    [["copy", "-f", "toString"], `copy: -f: toString is none of raw, nice ${help}`],
    [["copy", "-d", "many"], `copy: -d: many is not a whole number ${help}`],
    [["copy", "-d", "1.5"], `copy: -d: 1.5 is not a whole number ${help}`],
    [["copy", "-d", "0"], `copy: -d: 0 is less than 1 ${help}`],
    [["copy", "-d", "10"], `copy: -d: 10 is more than 9 ${help}`],
    [["copy", "-d=-1"], `copy: -d: -1 is less than 1 ${help}`],
    [
      ["copy", "-p", "99999999999999999999"],
      `copy: -p: 99999999999999999999 is more than ` +
      `9007199254740991 ${help}`,
    ],
    [["copy"], `copy: FROM is missing ${help}`],
    [["copy", ""], `copy: FROM needs a value ${help}`],
    [["list"], "list: IMAGE is missing (see crit help list)"],
    [
      ["explain", "copy", "list"],
      "explain: there is no place for the argument list (see crit help explain)",
    ],
  ];
  for (const [tokens, message] of cases) assert.equal(refusal(...tokens), message);
});

Deno.test("properties of all objects are not options or commands", () => {
  assert.match(refusal("copy", "a", "--constructor"), /no option --constructor/);
  assert.match(refusal("toString"), /no command toString/);
});

Deno.test("swapped arguments and misplaced words are recognized", async () => {
  const commands = await allDeclarations();
  const said = (...line: string[]) => {
    try {
      return parse(line, commands);
    } catch (error) {
      return (error as Error).message;
    }
  };
  assert.match(
    `${said("x", "dump")}`,
    /^x: VIEW is missing: ps, fds, .*\(did you mean crit x dump ps\?/,
  );
  assert.match(`${said("x")}`, /^x: DUMP is missing/);
  assert.match(`${said("x", "ps", "dump")}`, /dump is none \(did you mean crit x dump ps\?/);
  assert.match(`${said("x", "mem", "dump")}`, /dump is none \(did you mean crit x dump mems\?/);
  assert.match(`${said("ps", "dump")}`, /no command ps \(did you mean crit x DUMP ps\?/);
  assert.match(`${said("x", "dump", "pss")}`, /pss is none of ps, .*\(did you mean ps\?/);
});
