/**
 * A real CRIU, and the processes that tests let it dump and restore.
 *
 * Both happen in pid namespaces made for the purpose: a dump's process ids are the same each time,
 * they are free when it is restored, and nothing that a test started outlives it.
 *
 * @module
 */

import { CRIU, lacksCriu } from "../criu.ts";
import { type Ended, lacks, ROOT, runProgram } from "../programs.ts";

/** What tests of a real restore need beside it. */
const PROGRAMS = ["gcc", "unshare", "timeout", "setsid"];

/** For a test's `ignore`: whether a real CRIU or what its tests need is missing. */
export function lacksLab(): boolean {
  return lacksCriu() || lacks(...PROGRAMS);
}

/** Process id of what is dumped. */
export const FIRST_PID = 100;

/** A directory with programs to be dumped, what they use, and their dumps. */
export class CriuLab implements Disposable {
  /** Where programs have their files. */
  readonly path: string = Deno.makeTempDirSync({ prefix: "crit-lab-" });
  readonly #dumps: string[] = [];

  /** Compiles `programs/NAME.c` into the directory and returns the program's path. */
  async compile(name: string): Promise<string> {
    const source = `${ROOT}tests/criu/programs/${name}.c`;
    const program = `${this.path}/${name}`;
    const { code, stderr } = await runProgram("gcc", [
      "-O1",
      "-pthread",
      "-static",
      "-o",
      program,
      source,
    ]);
    if (code !== 0) throw new Error(`${source} cannot be compiled: ${stderr}`);
    return program;
  }

  /** Dumps a program that prints "ready" once all is there, and returns where its images are. */
  async dump(program: readonly string[], options: DumpOptions = {}): Promise<string> {
    const images = Deno.makeTempDirSync({ prefix: "crit-dump-" });
    this.#dumps.push(images);
    const { code, stderr } = await dump(images, program, options);
    if (code === 0) return images;
    throw new Error(`criu dump: ${code}: ${stderr}${errorsIn(`${images}/dump.log`).join("\n")}`);
  }

  /** Restores a dump with options, with nothing left of what earlier restores left behind. */
  restore(
    images: string,
    options: readonly string[] = [],
    around: RestoreOptions = {},
  ): Promise<Restored> {
    return this.run(images, `criu restore --images-dir ${images} ${options.join(" ")}`, around);
  }

  /** Restores a dump with a command line. */
  run(images: string, command: string, around: RestoreOptions = {}): Promise<Restored> {
    for (const { name, isDirectory } of Deno.readDirSync(this.path)) {
      if (isDirectory) clean(`${this.path}/${name}`);
    }
    clean(this.path);
    return restore(images, command, around);
  }

  [Symbol.dispose](): void {
    for (const path of [this.path, ...this.#dumps]) Deno.removeSync(path, { recursive: true });
  }
}

/** Removes what a restore that was stopped left in a directory. */
function clean(directory: string): void {
  for (const { name } of Deno.readDirSync(directory)) {
    if (LEFTOVER.test(name)) Deno.removeSync(`${directory}/${name}`);
  }
}

/** Names of what a restore that was stopped leaves beside the files of the dump. */
const LEFTOVER = /\.cr\.[0-9a-f]+\.ghost$|\.cr_link$/;

/** Makes a namespace's own terminals: others on the machine would take their numbers. */
const TERMINALS = "mount -t devpts -o newinstance,ptmxmode=0666 devpts /dev/pts && " +
  "mount --bind /dev/pts/ptmx /dev/ptmx; ";

/** Starts "$@" as process FIRST, waits until it prints "ready", and dumps it. */
const DUMP = `
  first=$2 criu=$3 images=$4 options=$5; shift 5
  mkfifo "$images/ready"
  echo $((first - 1)) >/proc/sys/kernel/ns_last_pid
  "$@" </dev/null >"$images/ready" &
  read line <"$images/ready" || exit 99
  rm "$images/ready"
  eval "$criu dump -t $! -D $images -o dump.log -v4 $options"
  exit $?`;

/** Runs a script in a session with a number that no restore's own processes have. */
const SESSION = TERMINALS + 'echo 89 >/proc/sys/kernel/ns_last_pid; setsid -w sh -c "$1" sh "$@"';

/** How a process is dumped. */
export interface DumpOptions {
  /** Options of criu dump, as a shell takes them; `$!` is the process. */
  readonly options?: readonly string[];
  /** Options of unshare: further namespaces. */
  readonly unshare?: readonly string[];
}

function dump(
  images: string,
  program: readonly string[],
  { options = [], unshare = [] }: DumpOptions = {},
): Promise<Ended> {
  const words = [String(FIRST_PID), CRIU!, images, options.join(" "), ...program];
  const shell = ["sh", "-c", SESSION, "sh", DUMP, ...words];
  return runProgram("unshare", [...IN_NAMESPACE, ...unshare, ...shell]);
}

/** Options of unshare for a namespace that ends with what is started in it. */
const IN_NAMESPACE = ["--pid", "--fork", "--mount-proc", "--kill-child"];

/** Seconds after which a restore is said to hang. */
const PATIENCE = 10;

/** Codes with which `timeout` ends when it had to end the program. */
const TIMED_OUT = [124, 137];

/** How a restore ended. */
export interface Restored {
  /** CRIU's exit status. */
  readonly code: number | "hang";
  /** What the log calls an error, without time and source line. */
  readonly errors: readonly string[];
  /** What was printed after it. */
  readonly output: string;
}

/** Runs a shell script in a pid namespace of its own; what it starts ends with it. */
export function inNamespace(script: string, words: readonly string[] = []): Promise<Ended> {
  return runProgram("unshare", [...IN_NAMESPACE, "sh", "-c", TERMINALS + script, "sh", ...words]);
}

/** Runs a command line of `criu restore`, and what comes after it if that succeeds. */
const RESTORE = `
  log=$1 patience=$2 command=$3 after=$4 before=$5
  eval "$before"
  eval "timeout --foreground -s KILL $patience env $command" || exit $?
  eval "$after"`;

/** Restores a dump with a command line; what is restored ends at once. */
async function restore(
  images: string,
  command: string,
  options: RestoreOptions,
): Promise<Restored> {
  const log = `${images}/restore.log`;
  const line = command.replace(
    /\bcriu restore /,
    `${CRIU} restore --restore-detached --log-file ${log} -v4 `,
  );
  const { after = "", before = "" } = options;
  const words = [log, String(PATIENCE), line, after, before];
  const { code, stdout } = await inNamespace(RESTORE, words);
  return {
    code: TIMED_OUT.includes(code) ? "hang" : code,
    errors: errorsIn(log),
    output: stdout,
  };
}

/** What is done around a restore, in its namespace. */
export interface RestoreOptions {
  /** A shell command for before. */
  readonly before?: string;
  /** A shell command for after a restore that succeeded. */
  readonly after?: string;
}

/** Said where CRIU may not raise its own limit, which harms nothing. */
const HARMLESS = /^rlimit: Can't setup RLIMIT_NOFILE for self/;

/** The errors in a log, without what comes before them in their lines. */
export function errorsIn(log: string): string[] {
  let text: string;
  try {
    text = Deno.readTextFileSync(log);
  } catch {
    return [];
  }
  return [...text.matchAll(/ Error \([^)]*\): (.*)/g)].map(([, error]) => error!.trim())
    .filter((error) => !HARMLESS.test(error));
}

/** A dump of a process in a mount namespace, and what its restore needs. */
export interface Boxed {
  readonly images: string;
  /** What becomes the root of the namespace. */
  readonly root: string;
  /** What comes to be mounted in it from outside. */
  readonly outside: string;
  readonly options: readonly string[];
  /** A shell command for before a restore: the root has to be a mount point. */
  readonly before: string;
}

/** Dumps programs/holder.c in a mount namespace, with a tmpfs and a mount from outside. */
export async function boxed(lab: CriuLab): Promise<Boxed> {
  const program = await lab.compile("holder");
  const [root, outside] = [`${lab.path}/box`, `${lab.path}/box.outside`];
  for (const path of [root, outside, `${root}/old`, `${root}/data`, `${root}/outside`]) {
    Deno.mkdirSync(path);
  }
  Deno.copyFileSync(program, `${root}/holder`);
  const images = await lab.dump(["sh", "-c", `cd / && exec ${root}/holder box ${root}`], {
    options: ["--external", "'mnt[/outside]:elsewhere'"],
  });
  return {
    images,
    root,
    outside,
    options: ["--root", root, "--external", `'mnt[elsewhere]:${outside}'`],
    before: `mount --bind ${root} ${root}`,
  };
}
