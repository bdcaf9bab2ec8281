/**
 * crit as CRIU's `--action-script`.
 *
 * CRIU runs the script for each of its actions, waits for it, and fails when it fails. At the
 * action `pre-stream` a server must be left behind that CRIU can connect to: crit starts itself
 * once more, waits until that process says that it listens, and returns. At `post-dump` CRIU has
 * closed all images and not yet killed the tasks: crit asks that process whether the dump is whole,
 * and fails unless it is, which leaves the tasks running.
 *
 * @module
 */

import { CritError } from "../../images/errors.ts";
import { loadSystemCalls } from "../../images/stream/ffi.ts";
import type { SystemCalls } from "../../images/stream/system.ts";
import { environment } from "../terminal/environment.ts";
import { writeBytes } from "../terminal/terminal.ts";
import type { StreamArguments } from "./streaming.ts";

/** Seconds that CRIU has to connect after the hook. It connects next; if it died, nobody will. */
const CONNECT_TIMEOUT = 60;

/** What CRIU wants of the hook. */
export interface HookAction {
  /** CRIU's name of the action. */
  readonly name: "pre-stream" | "post-dump";
  /** The image directory: `/proc/PID/fd/N`, valid while CRIU lives. */
  readonly directory: string;
}

/**
 * What there is to do: nothing for most of CRIU's actions.
 *
 * @throws {CritError} `usage` when crit was not called by CRIU
 */
export function hookAction(): HookAction | undefined {
  const name = environment("CRTOOLS_SCRIPT_ACTION");
  if (name === undefined) throw notCriu("CRTOOLS_SCRIPT_ACTION");
  if (name !== "pre-stream" && name !== "post-dump") return undefined;
  const directory = environment("CRTOOLS_IMAGE_DIR");
  if (directory === undefined) throw notCriu("CRTOOLS_IMAGE_DIR");
  return { name, directory };
}

function notCriu(variable: string): CritError {
  const reason = `--hook is for CRIU's --action-script: $${variable} is not set`;
  return new CritError("usage", reason);
}

/** CRIU's process, by the path through which it names its image directory. */
function criuProcess({ directory }: HookAction): string | undefined {
  return /^\/proc\/(\d+)\/fd\/\d+$/.exec(directory)?.[1];
}

/**
 * The path of a directory that `/proc/PID/fd/N` names, which still names it when CRIU has ended.
 */
function lastingPath(system: SystemCalls, path: string): string {
  let target: string;
  try {
    target = Deno.readLinkSync(path);
  } catch {
    return path;
  }
  const identity = identityOf(system, target);
  return identity !== undefined && identity === identityOf(system, path) ? target : path;
}

function identityOf(system: SystemCalls, path: string): string | undefined {
  const directory = system.open(path, "directory");
  if (directory < 0) return undefined;
  const status = system.status(directory);
  system.close(directory);
  return typeof status === "object" ? status.identity : undefined;
}

/**
 * Starts the same command in the background and waits until it listens.
 *
 * @param path the dump or output directory that was given, if any
 * @returns the exit code: 0 when it listens, else that of the failed command
 */
export async function startInBackground(
  command: "serve" | "capture",
  args: StreamArguments,
  path: string | undefined,
  action: HookAction,
): Promise<number> {
  const system = loadSystemCalls();
  const directory = lastingPath(system, action.directory);
  const criu = criuProcess(action);
  const options = [
    ...args.criuPid === undefined && criu !== undefined ? [`--criu-pid=${criu}`] : [],
    ...args.socketDir === undefined ? [`--socket-dir=${directory}`] : [],
    ...args.log === undefined ? [`--log=${directory}/crit-${command}.log`] : [],
    ...args.connectTimeout === undefined ? [`--connect-timeout=${CONNECT_TIMEOUT}`] : [],
  ];
  const [program, ...words] = selfCommand();
  keepDescriptors(system);
  const child = new Deno.Command(program, {
    args: [
      ...words,
      ...options,
      ...withoutHook(Deno.args),
      ...path === undefined ? [directory] : [],
    ],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const forwarding = forwardErrors(child.stderr);
  const { done: failed } = await child.stdout.getReader().read();
  if (failed) {
    await forwarding;
    return (await child.status).code || 1;
  }
  child.unref();
  return 0;
}

/** Passes on what the process in the background says until it turns to its log. */
async function forwardErrors(stderr: ReadableStream<Uint8Array>): Promise<void> {
  for await (const bytes of stderr) writeBytes(bytes, "stderr");
}

/** The arguments without the one `--hook` that is an option. */
function withoutHook(args: readonly string[]): string[] {
  return args.toSpliced(args.indexOf("--hook"), 1);
}

/**
 * Keeps what CRIU left open for its script out of the process in the background: somebody may wait
 * for the other end of a pipe.
 */
function keepDescriptors(system: SystemCalls): void {
  const directory = system.open("/proc/self/fd", "directory");
  if (directory < 0) return;
  const names = system.list(directory);
  system.close(directory);
  if (typeof names === "number") return;
  for (const descriptor of names.map(Number)) {
    if (descriptor > 2) system.closeOnExec(descriptor);
  }
}

/** The words that start crit as it was started: as an executable, or by Deno. */
function selfCommand(): [program: string, ...words: string[]] {
  if (Deno.build.standalone) return [Deno.execPath()];
  return [Deno.execPath(), "run", "--quiet", "--no-prompt", ...permissionFlags(), Deno.mainModule];
}

/** Kinds of permission that Deno knows. */
const PERMISSIONS = ["read", "write", "net", "env", "run", "sys", "ffi", "import"] as const;

/** The permissions that this process has, as flags. */
function permissionFlags(): string[] {
  const granted = PERMISSIONS.filter((name) =>
    Deno.permissions.querySync({ name }).state === "granted"
  );
  if (granted.length === PERMISSIONS.length) return ["--allow-all"];
  return granted.map((name) => `--allow-${name}`);
}
