/**
 * Makes the releases: `dist/crit-VERSION-TARGET.tar.gz` for each target, and `dist/SHA256SUMS`.
 *
 * ```text
 * deno task release [TARGET]…     x86_64-unknown-linux-gnu, aarch64-unknown-linux-gnu
 * ```
 *
 * Deno downloads the runtime of a target. `$DENORT_BIN_X86_64` and `$DENORT_BIN_AARCH64` name
 * runtimes of the same Deno to use instead, for machines without a network.
 *
 * Files have the time of the commit (or `$SOURCE_DATE_EPOCH`), so the same commit gives the same
 * bytes with the same Deno.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { TAR_END, tarHeader, tarPadding } from "../images/archive/tar_writer.ts";
import { VERSION } from "../version.ts";
import { joined } from "./captured.ts";

const ROOT = new URL("..", import.meta.url).pathname;

/** Targets of executables, with the variable that may name the runtime. */
const TARGETS: Readonly<Record<string, string>> = {
  "x86_64-unknown-linux-gnu": "DENORT_BIN_X86_64",
  "aarch64-unknown-linux-gnu": "DENORT_BIN_AARCH64",
};

/** A file of a release. */
export interface ReleasedFile {
  path: string;
  bytes: Uint8Array;
  mode: number;
}

/** A gzipped tar of files below a directory `name`; the same files give the same bytes. */
export function packed(name: string, files: readonly ReleasedFile[], modified: number): Uint8Array {
  const pieces = files.flatMap(({ path, bytes, mode }) => [
    tarHeader({ path: `${name}/${path}`, size: bytes.length, mode, modified }),
    bytes,
    tarPadding(bytes.length),
  ]);
  return new Uint8Array(gzipSync(joined([...pieces, TAR_END])));
}

/** A line of SHA256SUMS. */
export function sumLine(name: string, bytes: Uint8Array): string {
  return `${createHash("sha256").update(bytes).digest("hex")}  ${name}\n`;
}

async function output(program: string, args: string[], env: Record<string, string> = {}) {
  const command = new Deno.Command(program, { args, env, cwd: ROOT, stderr: "inherit" });
  const { success, stdout } = await command.output();
  if (!success) throw new Error(`${program} ${args.join(" ")} failed`);
  return stdout;
}

/** Compiles for a target, with the options of the task `executable`. */
async function executable(target: string): Promise<Uint8Array> {
  const { tasks } = JSON.parse(Deno.readTextFileSync(`${ROOT}deno.json`));
  const path = `build/crit-${target}`;
  const words: string[] = tasks.executable.split(" ").slice(1);
  const at = words.indexOf("--output");
  words.splice(at, 2, "--output", path, "--target", target);
  const runtime = Deno.env.get(TARGETS[target]!);
  await output(Deno.execPath(), words, runtime === undefined ? {} : { DENORT_BIN: runtime });
  return Deno.readFileSync(`${ROOT}${path}`);
}

/** Seconds since 1970 of the commit. */
async function commitTime(): Promise<number> {
  const epoch = Deno.env.get("SOURCE_DATE_EPOCH");
  if (epoch !== undefined) return Number(epoch);
  const text = await output("git", ["log", "-1", "--format=%ct"]);
  return Number(new TextDecoder().decode(text).trim());
}

/** The files beside the executable. */
async function companions(): Promise<ReleasedFile[]> {
  const crit = (...args: string[]) =>
    output(Deno.execPath(), ["run", "-A", "--no-check", "main.ts", ...args], { NO_COLOR: "1" });
  const read = (path: string) => Deno.readFileSync(`${ROOT}${path}`);
  return [
    { path: "crit.1", bytes: await crit("help", "--man"), mode: 0o644 },
    { path: "completions/crit.bash", bytes: await crit("completion", "bash"), mode: 0o644 },
    { path: "completions/_crit", bytes: await crit("completion", "zsh"), mode: 0o644 },
    { path: "completions/crit.fish", bytes: await crit("completion", "fish"), mode: 0o644 },
    { path: "LICENSE", bytes: read("LICENSE"), mode: 0o644 },
    { path: "README.md", bytes: read("README.md"), mode: 0o644 },
  ];
}

if (import.meta.main) {
  const targets = Deno.args.length > 0 ? Deno.args : Object.keys(TARGETS);
  const unknown = targets.filter((target) => !(target in TARGETS));
  if (unknown.length > 0) {
    console.error(`release: no target ${unknown[0]}; there are ${Object.keys(TARGETS).join(", ")}`);
    Deno.exit(2);
  }
  await output(Deno.execPath(), ["task", "--quiet", "bundle"]);
  const [beside, modified] = [await companions(), await commitTime()];
  // The executable contains the modification times of its modules.
  for (const { name } of Deno.readDirSync(`${ROOT}build/bundle`)) {
    Deno.utimeSync(`${ROOT}build/bundle/${name}`, modified, modified);
  }
  await Deno.remove(`${ROOT}dist`, { recursive: true }).catch(() => {});
  Deno.mkdirSync(`${ROOT}dist`);
  let sums = "";
  for (const target of targets) {
    const name = `crit-${VERSION}-${target}`;
    const crit = { path: "crit", bytes: await executable(target), mode: 0o755 };
    const archive = packed(name, [crit, ...beside], modified);
    Deno.writeFileSync(`${ROOT}dist/${name}.tar.gz`, archive);
    sums += sumLine(`${name}.tar.gz`, archive);
    console.log(`dist/${name}.tar.gz: ${(archive.length / 2 ** 20).toFixed(1)} MiB`);
  }
  Deno.writeTextFileSync(`${ROOT}dist/SHA256SUMS`, sums);
}
