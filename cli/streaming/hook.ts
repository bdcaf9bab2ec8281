/**
 * crit as CRIU's `--action-script`.
 *
 * CRIU runs the script for each of its actions, waits for it, and fails if the script fails. After
 * the action `pre-stream`, a server must be running that CRIU can connect to: crit starts itself
 * again, waits until that process listens, and returns. At `post-dump`, CRIU has closed all images
 * and not yet killed the tasks: crit asks the process whether the dump is complete, and fails if it
 * is not, which leaves the tasks running.
 *
 * @module
 */

import { CritError } from "../../images/errors.ts";
import { loadSystemCalls } from "../../images/stream/ffi.ts";
import type { SystemCalls } from "../../images/stream/system.ts";
import { environment } from "../terminal/environment.ts";
import { writeBytes } from "../terminal/terminal.ts";
import type { StreamArguments } from "./streaming.ts";

/** Seconds within which CRIU must connect after the hook. Connecting is CRIU's next action. */
const CONNECT_TIMEOUT = 60;

/** An action of CRIU for the hook. */
export interface HookAction {
  /** CRIU's name of the action. */
  readonly name: "pre-stream" | "post-dump";
  /** The image directory: `/proc/PID/fd/N`, valid while CRIU runs. */
  readonly directory: string;
}

/**
 * The action to handle; undefined for most of CRIU's actions.
 *
 * @throws {CritError} `usage` if crit was not started by CRIU
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

/** CRIU's process, from the path of its image directory. */
function criuProcess({ directory }: HookAction): string | undefined {
  return /^\/proc\/(\d+)\/fd\/\d+$/.exec(directory)?.[1];
}

/** The real path of the directory `/proc/PID/fd/N`, which remains valid when CRIU has ended. */
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
 * @param path the given dump or output directory, if any
 * @returns the exit code: 0 if it listens, otherwise that of the failed command
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

/** Forwards messages of the background process until it switches to its log. */
async function forwardErrors(stderr: ReadableStream<Uint8Array>): Promise<void> {
  for await (const bytes of stderr) writeBytes(bytes, "stderr");
}

/** The arguments without the first `--hook` that is an option. */
function withoutHook(args: readonly string[]): string[] {
  return args.toSpliced(args.indexOf("--hook"), 1);
}

/**
 * Closes the descriptors that CRIU left open for its script in the background process: another
 * process may wait for the other end of a pipe.
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

/** The command that starts crit as it was started: as an executable, or with Deno. */
function selfCommand(): [program: string, ...words: string[]] {
  if (Deno.build.standalone) return [Deno.execPath()];
  return [Deno.execPath(), "run", "--quiet", "--no-prompt", ...permissionFlags(), Deno.mainModule];
}

/** Deno's kinds of permissions. */
const PERMISSIONS = ["read", "write", "net", "env", "run", "sys", "ffi", "import"] as const;

/** The permissions of this process, as flags. */
function permissionFlags(): string[] {
  const granted = PERMISSIONS.filter((name) =>
    Deno.permissions.querySync({ name }).state === "granted"
  );
  if (granted.length === PERMISSIONS.length) return ["--allow-all"];
  return granted.map((name) => `--allow-${name}`);
}
