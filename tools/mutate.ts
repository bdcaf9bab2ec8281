/**
 * Shows that the tests catch mistakes: plants one after the other in a copy of the checkout, runs
 * the tests of the folder that it is in, and expects that they fail.
 *
 * ```text
 * deno run -A tools/mutate.ts [NUMBER]…
 * ```
 *
 * Exits with 1 if a mistake goes unnoticed.
 *
 * @module
 */

const ROOT = new URL("..", import.meta.url).pathname;

/** A mistake: a piece that a file has once, and what stands there instead. */
export interface Mutation {
  file: string;
  from: string;
  to: string;
}

export const MUTATIONS: readonly Mutation[] = [
  {
    file: "images/image/extra.ts",
    from: "return (pad - length % pad) % pad;",
    to: "return pad - length % pad;",
  },
  {
    file: "images/image/reader.ts",
    from: "if (size > remain) throw",
    to: "if (size > remain + 1) throw",
  },
  {
    file: "images/codec/json_reader.ts",
    from: "} else column++;",
    to: "}",
  },
  {
    file: "cli/files/copy.ts",
    from: "if (isZero) output.skip(to - from);",
    to: "if (isZero) output.write(bytes.subarray(from, to));",
  },
  {
    file: "images/dump/page_map.ts",
    from: "* pageSize > address);",
    to: "* pageSize >= address);",
  },
  {
    file: "images/diff/bytes.ts",
    from: "a.length === b.length ? undefined : common;",
    to: "undefined;",
  },
  {
    file: "images/check/page_ranges.ts",
    from: "span[0] > from || span[1] < to",
    to: "span[0] > from",
  },
  {
    file: "images/coredump/arch/xsave.ts",
    from: "valueSize: 4, offset: 2688",
    to: "valueSize: 4, offset: 2696",
  },
  {
    file: "images/archive/tar_reader.ts",
    from: "return expected === sum || expected === signedSum;",
    to: "return expected >= 0;",
  },
  {
    file: "images/convert/steps/page_flags.ts",
    from: "flags! & ~PAGES.LAZY",
    to: "flags!",
  },
  {
    file: "cli/terminal/failure.ts",
    from: "unsupported: 5,",
    to: "unsupported: 3,",
  },
  {
    file: "images/stream/protocol.ts",
    from: "const MAX_NAME = 255;",
    to: "const MAX_NAME = 4096;",
  },
  {
    file: "images/archive/tar_writer.ts",
    from: "while (length !== rest + String(length).length) length",
    to: "if (length !== rest + String(length).length) length",
  },
  {
    file: "images/archive/zstd_frames.ts",
    from: "(block >>> 1 & 3) === 1 ? 1",
    to: "(block >>> 1 & 3) === 3 ? 1",
  },
  {
    file: "cli/fleet/fleet.ts",
    from: "order.add(index, outcome);",
    to: "done(paths[index]!, outcome);",
  },
  {
    file: "cli/editing/filter_stage.ts",
    from: "Deno.kill(-this.#process.pid",
    to: "Deno.kill(this.#process.pid",
  },
  {
    file: "images/stream/capture.ts",
    from: "wordAt(bytes, 4, order) === bytes.length - head;",
    to: "wordAt(bytes, 4, order) >= bytes.length - head;",
  },
  {
    file: "images/coredump/notes.ts",
    from: "set |= 1n << BigInt(signal - 1);",
    to: "set |= 1n << BigInt(signal);",
  },
  {
    file: "images/report/summary.ts",
    from: "binarySize(memory.present + memory.shared.present)",
    to: "binarySize(memory.present)",
  },
  {
    file: "images/convert/steps/page_counts.ts",
    from: "vaddr: entry.vaddr + done * pageSize,",
    to: "vaddr: entry.vaddr + done,",
  },
];

/** What a checkout has that its tests need. */
function copyCheckout(to: string): void {
  Deno.mkdirSync(to);
  const { success } = new Deno.Command("cp", {
    args: ["-r", "images", "cli", "lib", "plugins", "proto", "tests", "tools", "docs", "deno.json"]
      .concat(["deno.lock", "main.ts", "mod.ts", "version.ts", "README.md", to]),
    cwd: ROOT,
  }).outputSync();
  if (!success) throw new Error("the checkout could not be copied");
  Deno.symlinkSync(`${ROOT}fixtures`, `${to}/fixtures`);
}

/** The tests of the folder of a file, or of the one above it. */
function testsOf(file: string, checkout: string): string {
  for (let folder = file;;) {
    folder = folder.slice(0, folder.lastIndexOf("/"));
    try {
      const entries = [...Deno.readDirSync(`${checkout}/tests/${folder}`)];
      if (entries.some(({ name }) => name.endsWith("_test.ts"))) return `tests/${folder}`;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
}

/** Plants the mistakes of these numbers, or all; gives how many went unnoticed. */
async function mutate(chosen: readonly number[]): Promise<number> {
  const scratch = Deno.makeTempDirSync({ prefix: "crit-mutate-" });
  let missed = 0;
  try {
    const checkout = `${scratch}/checkout`;
    copyCheckout(checkout);
    for (const [index, { file, from, to }] of MUTATIONS.entries()) {
      if (chosen.length > 0 && !chosen.includes(index + 1)) continue;
      const path = `${checkout}/${file}`;
      const text = Deno.readTextFileSync(path);
      Deno.writeTextFileSync(path, text.replace(from, () => to));
      const tests = testsOf(file, checkout);
      const { success, stdout } = await new Deno.Command(Deno.execPath(), {
        args: ["test", "-A", "--no-check", "--parallel", tests],
        cwd: checkout,
        env: { NO_COLOR: "1" },
      }).output();
      Deno.writeTextFileSync(path, text);
      if (success) missed++;
      const first = /^(?:.* => )?(.*?) \.\.\. FAILED/m.exec(new TextDecoder().decode(stdout))?.[1];
      console.log(`${index + 1}. ${file}: ${from}\n   -> ${to}`);
      console.log(
        success ? `   NOT CAUGHT by ${tests}` : `   caught: ${first ?? "the run failed"}`,
      );
    }
  } finally {
    Deno.removeSync(scratch, { recursive: true });
  }
  return missed;
}

if (import.meta.main) Deno.exitCode = await mutate(Deno.args.map(Number)) > 0 ? 1 : 0;
