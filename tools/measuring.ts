/** Measures whole processes: CPU seconds (user + system), wall time and peak memory. @module */

/** Cost of a process: seconds, and KiB if measured. */
export interface Cost {
  cpu: number;
  wall: number;
  peak: number | undefined;
}

/** A program with its first arguments. */
export type Program = readonly string[];

/** The checkout's root directory. */
export const ROOT = new URL("..", import.meta.url).pathname;
/** crit from the checkout. */
export const CHECKOUT: Program = [Deno.execPath(), "run", "--no-check", "-A", `${ROOT}main.ts`];
/** The crit of Debian's package criu. */
export const DEBIAN: Program = ["/usr/bin/crit"];
const TIME = "/usr/bin/time";

/** Whether a file exists. */
export function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/**
 * Runs a program `times` times in one shell and returns the cost of one run. bash measures CPU to
 * the millisecond; `/usr/bin/time` measures peak memory, that of the largest process.
 */
async function measureOnce(program: Program, directory: string, times: number): Promise<Cost> {
  const peakFile = `${directory}/peak`;
  const timed = exists(TIME) ? [TIME, "-q", "-f", "%M", "-o", peakFile, ...program] : program;
  const script = `TIMEFORMAT="%U %S %R"; count=$1; shift
    time for ((i = 0; i < count; i++)); do "$@" >/dev/null || exit 1; done`;
  const { code, stderr } = await new Deno.Command("bash", {
    args: ["-c", script, "bash", `${times}`, ...timed],
    env: { LC_ALL: "C", NO_COLOR: "1" },
  }).output();
  const printed = new TextDecoder().decode(stderr);
  if (code !== 0) throw new Error(`${program.join(" ")} failed: ${printed}`);
  const [user, system, wall] = printed.trim().split("\n").at(-1)!.split(" ").map(Number);
  const peak = exists(TIME) ? Number(Deno.readTextFileSync(peakFile)) : undefined;
  return { cpu: (user! + system!) / times, wall: wall! / times, peak };
}

/** Options of a measurement. */
export interface Measuring {
  readonly directory: string;
  readonly runs: number;
  /** Number of executions in a run. */
  readonly times?: number;
  /** Called before each run, not measured. */
  readonly prepare?: () => void;
  /** Whether to return the minimum of the runs instead of the median, for a busy machine. */
  readonly least?: boolean;
}

/** Measures the median of several runs, after a warm-up. */
export async function measure(program: Program, measuring: Measuring): Promise<Cost> {
  const [cost] = await measureInTurn([program], measuring);
  return cost!;
}

/** Measures several programs in alternating runs. */
export async function measureInTurn(
  programs: readonly Program[],
  { directory, runs, times = 1, prepare = () => {}, least = false }: Measuring,
): Promise<Cost[]> {
  const costs: Cost[][] = programs.map(() => []);
  for (let run = -1; run < runs; run++) {
    for (const [index, program] of programs.entries()) {
      prepare();
      const cost = await measureOnce(program, directory, run < 0 ? 1 : times);
      if (run >= 0) costs[index]!.push(cost);
    }
  }
  return costs.map((costs) => middle(costs, least));
}

/** The median of costs, or the minimum. */
function middle(costs: readonly Cost[], least: boolean): Cost {
  const median = (of: (cost: Cost) => number) =>
    costs.map(of).sort((a, b) => a - b)[least ? 0 : Math.floor(costs.length / 2)]!;
  const peak = costs.some(({ peak }) => peak === undefined)
    ? undefined
    : median(({ peak }) => peak!);
  return { cpu: median(({ cpu }) => cpu), wall: median(({ wall }) => wall), peak };
}

/** Formats seconds with three digits. */
export function seconds(value: number): string {
  return `${value.toFixed(value < 1 ? 3 : 2)} s`;
}

/** Formats KiB as MiB. */
export function memory(kibibytes: number | undefined): string {
  return kibibytes === undefined ? "?" : `${(kibibytes / 1024).toFixed(0)} MiB`;
}

/** Prints a row of a Markdown table. */
export function row(cells: readonly string[]): void {
  console.log(`| ${cells.join(" | ")} |`);
}
