/**
 * A real CRIU, and processes for it to dump.
 *
 * @module
 */

import { isQuick } from "../dumps.ts";
import { ROOT, runProgram } from "../programs.ts";

/** A release that `tools/fetch_criu.sh` unpacked. */
export interface Criu {
  /** The suite of Debian that it is from. */
  suite: string;
  program: string;
  /** As `criu --version` has it. */
  version: string;
}

/** The releases that are here; none if they could not be used. */
export const RELEASES: readonly Criu[] = findReleases();

function findReleases(): Criu[] {
  if (Deno.uid() !== 0) return [];
  return ["trixie", "sid"].flatMap((suite) => {
    const program = `${ROOT}build/criu-${suite}/criu`;
    try {
      const { stdout } = new Deno.Command(program, { args: ["--version"] }).outputSync();
      const version = /^Version: (\S+)/.exec(new TextDecoder().decode(stdout))?.[1];
      return version === undefined ? [] : [{ suite, program, version }];
    } catch {
      return [];
    }
  });
}

/** Waits until something is so; fails after half a minute, or so many seconds. */
export async function until<T>(
  look: () => T | undefined,
  what: string,
  seconds: number = 30,
): Promise<T> {
  for (let i = 0; i < seconds * 20; i++) {
    const found = look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`waited in vain for ${what}`);
}

/** The text of a file; undefined if it is not there. */
export function textOf(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return undefined;
  }
}

/**
 * Waits until no other test dumps and restores: restores look for numbers of terminals and
 * processes, and take those of each other.
 */
async function takeTurn(): Promise<Disposable> {
  const path = `${Deno.env.get("TMPDIR") ?? "/tmp"}/crit-criu.lock`;
  const file = await Deno.open(path, { create: true, write: true });
  await file.lock(true);
  return file;
}

/** Path of `everything.c` as a program, compiled once for all tests. */
let compiled: Promise<string> | undefined;

async function compile(): Promise<string> {
  const program = `${Deno.makeTempDirSync({ prefix: "crit-criu-" })}/everything`;
  const source = `${ROOT}tests/criu/everything.c`;
  const { code, stderr } = await runProgram("gcc", [
    ...["-g", "-O1", "-pthread", "-o", program, source],
  ]);
  if (code !== 0) throw new Error(stderr);
  return program;
}

Deno.test.afterAll(async () => {
  if (compiled !== undefined) {
    Deno.removeSync((await compiled).replace(/[^/]*$/, ""), { recursive: true });
  }
});

/** For a test's `ignore`: whether it is left to thorough runs, as those of older releases are. */
export function isNotMeant(criu: Criu): boolean {
  return criu !== RELEASES.at(-1) && isQuick();
}

/** Processes of `everything.c` in a directory of their own. */
export class Everything implements AsyncDisposable {
  readonly place: string = Deno.makeTempDirSync({ prefix: "crit-criu-" });
  readonly program: string = `${this.place}/everything`;
  /** The first process. */
  pid = 0;
  /** Without them CRIU refuses to dump locks, after it has begun. */
  lockOptions: readonly string[] = ["--file-locks"];
  #children: Deno.ChildProcess[] = [];
  #turn: Disposable | undefined;

  /** Starts it. */
  static async start({ sockets }: { sockets: boolean }): Promise<Everything> {
    return await Everything.run((one) => [one.program, one.place, ...sockets ? ["sockets"] : []]);
  }

  /** Starts another program, which writes its number into the file `ready` of its directory. */
  static async run(words: (one: Everything) => string[]): Promise<Everything> {
    const one = new Everything();
    one.#turn = await takeTurn();
    // A link: a copy could not be run while another thread's new process has it open.
    await Deno.link(await (compiled ??= compile()), one.program);
    one.#spawn(words(one));
    one.pid = Number(await until(() => textOf(one.path("ready")), "the processes"));
    return one;
  }

  /** A path in its directory. */
  path(name: string): string {
    return `${this.place}/${name}`;
  }

  /** Starts a program whose orphans are taken in. */
  #spawn(words: string[]): Deno.ChildProcess {
    const log = this.path("log");
    // A shell of its own for the streams: what CRIU restores must find them at the same path.
    const script = `exec "$@" </dev/null >>${log} 2>&1`;
    const child = new Deno.Command("sh", {
      args: ["-c", script, "sh", this.program, "--reap", ...words],
      env: { WORD: "before" },
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    this.#children.push(child);
    return child;
  }

  /** Dumps and ends the processes, or lets them run; gives what went wrong. */
  async dump(criu: Criu, directory: string, ...options: string[]): Promise<string | undefined> {
    Deno.mkdirSync(directory, { recursive: true });
    const args = ["dump", "-t", `${this.pid}`, "-D", directory, ...this.lockOptions];
    const log = ["-v4", "-o", this.path("dump.log")];
    const { code } = await runProgram(criu.program, [...args, ...log, ...options]);
    if (code !== 0) return errorsIn(this.path("dump.log"));
    if (!options.includes("--leave-running")) await this.ended();
    return undefined;
  }

  /** Restores the processes; CRIU stays until they end. */
  async restore(criu: Criu, directory: string, ...options: string[]): Promise<void> {
    const log = this.path("restore.log");
    await Deno.remove(log).catch(() => {});
    const args = ["restore", "-D", directory, "--file-locks", "-v4", "-o", log, ...options];
    this.#spawn([criu.program, ...args]);
    await until(() => {
      const text = textOf(log) ?? "";
      if (/Restoring FAILED/.test(text)) throw new Error(errorsIn(log));
      return /Running post-resume scripts/.test(text) ? text : undefined;
    }, "the restore");
  }

  /** What the first process sees of itself: name, shared number, data, limit, number, word. */
  async seen(): Promise<string[]> {
    await Deno.remove(this.path("seen")).catch(() => {});
    const answer = await this.asked("SIGUSR2", () => textOf(this.path("seen")), "an answer");
    return answer.trimEnd().split("\n");
  }

  /**
   * Sends a signal to the first process, and waits until something is so. The signal is sent again
   * after five seconds: one that comes between a restore and the system call that waits for it is
   * taken and wakes nobody.
   */
  async asked<T>(signal: Deno.Signal, look: () => T | undefined, what: string): Promise<T> {
    for (let i = 0; i < 5; i++) {
      Deno.kill(this.pid, signal);
      const found = await until(look, what, 5).catch(() => undefined);
      if (found !== undefined) return found;
    }
    return await until(look, what, 5);
  }

  /** Ends the processes, if they live, and waits until their numbers are free. */
  async kill(): Promise<void> {
    for (const pid of this.#group()) {
      try {
        Deno.kill(pid, "SIGKILL");
      } catch {
        // It has ended with its parent.
      }
    }
    await this.ended();
  }

  /** Waits for all that was started. */
  async ended(): Promise<void> {
    for (const child of this.#children) await child.status;
    this.#children = [];
  }

  /** Processes of its group. */
  #group(): number[] {
    return [...Deno.readDirSync("/proc")].map(({ name }) => Number(name)).filter((pid) => {
      const stat = pid > 0 ? textOf(`/proc/${pid}/stat`) : undefined;
      return Number(stat?.slice(stat.lastIndexOf(")")).split(" ")[3]) === this.pid;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    this.#turn?.[Symbol.dispose]();
    Deno.removeSync(this.place, { recursive: true });
  }
}

function errorsIn(log: string): string {
  return (textOf(log) ?? "").split("\n").filter((line) => / Error /.test(line)).join("\n");
}

/** What CRIU's own tool prints for an image. */
export interface Printed {
  name: string;
  /** `crit decode` */
  compact: string;
  /** `crit decode --pretty` */
  pretty: string;
}

/** Prints the JSON of every image in a directory, in one process: a line of JSON each. */
const PRINT = `
import json, os, sys
import pycriu
for name in sorted(os.listdir(sys.argv[1])):
    texts = []
    try:
        for pretty in (False, True):
            with open(os.path.join(sys.argv[1], name), "rb") as file:
                image = pycriu.images.load(file, pretty, False)
            texts.append(json.dumps(image, indent=4 if pretty else None))
    except Exception:
        continue
    print(json.dumps({"name": name, "compact": texts[0], "pretty": texts[1]}))
`;

/**
 * What CRIU's own tool of a release prints for the images in a directory, those that it can read;
 * none without python3-protobuf.
 */
export async function printedBy(criu: Criu, directory: string): Promise<Printed[]> {
  const packages = criu.program.replace(/criu$/, "root/usr/lib/python3/dist-packages");
  const options = { env: { PYTHONPATH: packages } };
  const { stdout } = await runProgram("/usr/bin/python3", ["-c", PRINT, directory], options);
  return stdout.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
}
