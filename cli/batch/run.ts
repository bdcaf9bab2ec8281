/**
 * Converts many images or JSON files in one run, and copies all other files.
 *
 * @module
 */

import { compressionOfName } from "../../images/archive/compress.ts";
import { Glob } from "../../images/bytes/glob.ts";
import { canonicalPath, isDirectory, kindOf } from "../../images/bytes/io.ts";
import { baseName, below, directoryOf, withoutSlash } from "../../images/bytes/paths.ts";
import { countOf } from "../../images/bytes/sizes.ts";
import { identityOf } from "../../images/dump/directory.ts";
import { CritError, dataError } from "../../images/errors.ts";
import { atPlace } from "../files/error_places.ts";
import { openTree, type Tree } from "../files/tree.ts";
import { unknownWarning } from "../images/decode_image.ts";
import { lazySpecifier } from "../line/lazy_specifier.ts";
import { failureOf } from "../terminal/failure.ts";
import { deferSignals, onSignal, yieldToEventLoop } from "../terminal/interrupt.ts";
import { jsonText } from "../terminal/json_text.ts";
import { Progress } from "../terminal/progress.ts";
import { warn, writeText } from "../terminal/terminal.ts";
import { concernsOneFile, type FileOutcome, type Job, work } from "./convert.ts";
import { DirectoryOutput } from "./directory_output.ts";
import type { BatchOutput } from "./output.ts";
import { type BatchPlan, labelOf, planBatch, type Rules } from "./plan.ts";
import { Queue, shareJobs } from "./queue.ts";

/** The arguments of a batch. */
export interface BatchArguments {
  /** The command, for messages. */
  readonly command: string;
  readonly paths: readonly string[];
  /** The output directory, or the archive to be written. */
  readonly out: string | undefined;
  /** Patterns of the files to convert; all files if there is none. */
  readonly match: readonly string[];
  /** Number of threads; chosen by the amount of work if undefined. */
  readonly jobs: number | undefined;
  readonly keepGoing: boolean;
  /** Makes hard links in place of copies. */
  readonly link: boolean;
  /** Whether to report each file as JSON. */
  readonly json: boolean;
  /** Files of the user's image types. */
  readonly plugins: readonly string[];
}

/** Milliseconds of work for which another thread pays. */
const WORTH = 200;
/** What a file takes beside its bytes, in milliseconds. */
const FILE_COST = 0.1;
/** Bytes that are converted in a millisecond. */
const SPEED = 128 << 10;

/** Milliseconds that workers get to leave no half-written file when a signal ends crit. */
const WORKER_TIMEOUT = 2000;

/**
 * Converts and copies the named files into the output.
 *
 * @returns the exit code; failures have been reported
 * @throws {CritError} `usage` when there is no output directory or it would be mixed up with the
 * input, `data` when there is nothing to convert
 */
export async function runBatch(args: BatchArguments, rules: Rules): Promise<number> {
  const out = outputPath(args, rules);
  using tree = matching(await openTree(args.paths), args.match);
  refuseOverlap(tree, out);
  const plan = await planBatch(tree, out, rules);
  if (plan.jobs.length + plan.inventories.length === 0) {
    const what = rules.conversion.to === "json" ? "image" : "JSON of an image";
    const which = args.match.length > 0 ? ` of that name` : "";
    if (tree.isNamed) throw dataError(`there is no ${what}${which} among the files`);
    throw dataError(`there is no ${what}${which} in it`, { image: tree.path });
  }
  const [refused] = plan.refused;
  if (refused !== undefined && !args.keepGoing) {
    throw atPlace(refused.error, labelOf(tree, refused.place));
  }
  using output = await openBatchOutput(out, tree, plan, args);
  const batch = new Batch(args, rules, tree, plan, output);
  await batch.run();
  if (args.json) writeText(jsonText(batchFacts(batch)));
  return report(batch, args.keepGoing);
}

function outputPath({ command, out }: BatchArguments, { conversion }: Rules): string {
  if (out !== undefined && out !== "-") {
    if (isArchive(out)) {
      if (conversion.to === "image") return out;
      const reason = `${command}: JSON is written into a directory, not into an archive`;
      throw new CritError("usage", reason, { image: out });
    }
    if ((kindOf(out) ?? "directory") !== "directory") {
      throw new CritError("file", "it is not a directory", { image: out });
    }
    return withoutSlash(out);
  }
  const reason = `${command}: the output directory is missing`;
  throw new CritError("usage", reason, {}, "name it with -o");
}

/** Whether an archive is written at a path: one with a slash at its end is a directory's. */
function isArchive(path: string): boolean {
  return compressionOfName(path) !== undefined && !isDirectory(path);
}

/** Opens the directory or the archive that is written. */
async function openBatchOutput(
  out: string,
  tree: Tree,
  plan: BatchPlan,
  { match, out: given }: BatchArguments,
): Promise<BatchOutput> {
  if (isArchive(given!)) {
    const { ArchiveOutput }: typeof import("./archive_output.ts") = await import(
      lazySpecifier("./archive_output.ts")
    );
    return new ArchiveOutput(out, tree, plan);
  }
  return new DirectoryOutput(out, tree, match.length === 0);
}

/** The part of a tree whose names, or whose names without `.json`, match one of the patterns. */
function matching(tree: Tree, patterns: readonly string[]): Tree {
  if (patterns.length === 0) return tree;
  const globs = patterns.map((pattern) => new Glob(pattern));
  const isWanted = ({ place }: { place: string }) =>
    globs.some((glob) => {
      const name = glob.text.includes("/") ? place : baseName(place);
      return glob.fits(name) || glob.fits(name.replace(/\.json$/, ""));
    });
  const files = tree.files.filter(isWanted);
  const links = tree.links.filter(isWanted);
  const unfit = tree.unfit.filter(isWanted);
  const needed = new Set<string>([""]);
  for (const { place } of [...files, ...links]) {
    for (let end = place.lastIndexOf("/"); end > 0; end = place.lastIndexOf("/", end - 1)) {
      needed.add(place.slice(0, end));
    }
  }
  const directories = tree.directories.filter(({ place }) => needed.has(place));
  return { ...tree, files, links, unfit, directories, others: [] };
}

/** Refuses an output directory that is the input directory, or inside it. */
function refuseOverlap(tree: Tree, out: string): void {
  if (tree.directory === undefined) return;
  const [target, source] = [finalPath(out), finalPath(tree.directory)];
  if (!`${target}/`.startsWith(source === "/" ? source : `${source}/`)) return;
  const what = target === source ? "the same as" : "inside";
  const reason = `the output directory is ${what} the input`;
  throw new CritError("usage", reason, { image: out });
}

/** The path without links, of what need not be there yet; as it is if it has no other. */
function finalPath(path: string): string {
  const real = canonicalPath(path);
  if (real !== undefined) return real;
  if (kindOf(path) !== undefined || path === ".") return path;
  return below(finalPath(directoryOf(path)), baseName(path));
}

/** Whether two paths lead to one file. */
function isSameFile(left: string, right: string): boolean {
  try {
    return identityOf(left) === identityOf(right);
  } catch (error) {
    if (!(error instanceof CritError)) throw error;
    return false;
  }
}

/** The work on a tree. */
class Batch {
  readonly outcomes: FileOutcome[] = [];
  /** Paths of copies of files and links, by place. */
  readonly copied = new Map<string, string>();
  #isEnded = false;

  constructor(
    readonly args: BatchArguments,
    readonly rules: Rules,
    readonly tree: Tree,
    readonly plan: BatchPlan,
    readonly out: BatchOutput,
  ) {}

  /** How many files there are. */
  get count(): number {
    const { jobs, inventories, copies, links, refused } = this.plan;
    return jobs.length + inventories.length + copies.length + links.length + refused.length;
  }

  async run(): Promise<void> {
    const { jobs, inventories, copies } = this.plan;
    const size = [...jobs, ...inventories, ...copies].reduce((sum, file) => sum + file.size, 0);
    using progress = new Progress(this.args.command, size);
    using _ = deferSignals();
    for (const { place, error } of this.plan.refused) {
      this.outcomes.push({ place, failure: failureOf(atPlace(error, labelOf(this.tree, place))) });
    }
    await this.#convert(jobs, progress);
    await this.#copy(progress);
    await this.#convert(inventories, progress);
    if (!this.#isEnded) await this.out.commit();
  }

  /** Converts files on as many threads as pay. */
  async #convert(jobs: readonly Job[], progress: Progress): Promise<void> {
    if (this.#isEnded || jobs.length === 0) return;
    const { conversion } = this.rules;
    const { keepGoing, plugins } = this.args;
    const shared = shareJobs(jobs.length);
    const queue = new Queue(shared);
    let shown = 0;
    const show = () => {
      const { bytes } = queue;
      progress.advance(bytes - shown);
      shown = bytes;
    };
    const manner = {
      conversion,
      keepGoing,
      open: (job: Job) => this.tree.open(job),
      create: this.out.create === undefined ? undefined : (job: Job) => this.out.create!(job),
      onRead: () => {
        show();
        return yieldToEventLoop();
      },
    };
    const threads = manner.create === undefined ? threadsFor(jobs, this.args.jobs) : 1;
    const workers = threads === 1 ? [] : (await import("./workers.ts")).startWorkers(
      threads - 1,
      { shared, jobs, conversion, keepGoing, plugins },
    );
    const forget = onSignal(() => {
      queue.stop();
      queue.waitForWorkers(WORKER_TIMEOUT);
    });
    await yieldToEventLoop();
    const timer = workers.length > 0 ? setInterval(show, 100) : undefined;
    try {
      this.outcomes.push(...await work(queue, jobs, manner));
      for (const outcomes of await Promise.all(workers)) this.outcomes.push(...outcomes);
      const lost = queue.isStopped ? [] : queue.lost.map((index) => jobs[index]!);
      if (lost.length > 0) {
        this.outcomes.push(...await work(new Queue(shareJobs(lost.length)), lost, manner));
      }
    } finally {
      clearInterval(timer);
      forget();
    }
    this.#isEnded = this.#isOver;
  }

  get #isOver(): boolean {
    return !this.args.keepGoing && this.outcomes.some(({ failure }) => failure !== undefined);
  }

  async #copy(progress: Progress): Promise<void> {
    for (const link of this.plan.links) {
      await this.#attempt(link.place, (to) => {
        this.copied.set(link.place, to);
        return this.out.link(this.tree, link);
      });
    }
    for (const file of this.plan.copies) {
      await this.#attempt(file.place, (to) => {
        this.copied.set(file.place, to);
        // Images may be decoded where they are, while memory pages stay.
        if (this.tree.isNamed && isSameFile(file.path!, to)) return;
        return this.out.copy(
          this.tree,
          file,
          this.args.link,
          (count) => progress.advance(count),
        );
      });
      const turn = yieldToEventLoop();
      if (turn !== undefined) await turn;
    }
  }

  /** Does something unless an earlier failure has ended the batch. */
  async #attempt(
    place: string,
    action: (to: string) => void | Promise<void>,
  ): Promise<void> {
    if (this.#isEnded) return;
    try {
      await action(below(this.out.path, place));
    } catch (error) {
      this.copied.delete(place);
      this.outcomes.push({ place, failure: failureOf(atPlace(error, labelOf(this.tree, place))) });
      this.#isEnded = !this.args.keepGoing || !concernsOneFile(error);
    }
  }
}

/** How many threads convert: as many as were asked for or pay, where files are on the disk. */
function threadsFor(jobs: readonly Job[], asked: number | undefined): number {
  if (jobs.some(({ path }) => path === undefined)) return 1;
  const cost = jobs.reduce((sum, { size }) => sum + size / SPEED + FILE_COST, 0);
  const paying = Math.min(navigator.hardwareConcurrency, Math.floor(cost / WORTH));
  return Math.max(1, Math.min(asked ?? paying, jobs.length));
}

/** What became of each file, for programs. */
function batchFacts({ outcomes, copied, plan, tree, out, rules }: Batch): object {
  const actions = rules.conversion.to === "json" ? "decoded" : "encoded";
  const rows = new Map<string, object>();
  const note = (place: string, facts: object) =>
    rows.set(place, { file: labelOf(tree, place), ...facts });
  for (const { place } of [...plan.jobs, ...plan.inventories, ...plan.copies, ...plan.links]) {
    note(place, { action: "none", output: null });
  }
  for (const place of [...plan.shadowed, ...tree.others]) {
    note(place, { action: "none", output: null });
  }
  for (const [place, output] of copied) note(place, { action: "copied", output });
  for (const { place, output = null, failure, hasUnknown = false } of outcomes) {
    if (failure !== undefined) {
      const error = failure.line?.replace(/^crit: /, "");
      note(place, { action: "failed", output: null, error });
    } else note(place, { action: actions, output, has_unknown_fields: hasUnknown });
  }
  const files = [...rows].sort(([a], [b]) => a < b ? -1 : 1).map(([, row]) => row);
  return { input: tree.path, output: out.path, files };
}

/** Says what went wrong, and gives the exit code. */
function report({ outcomes, tree, plan, count }: Batch, keepGoing: boolean): number {
  outcomes.sort((a, b) => a.place < b.place ? -1 : 1);
  for (const { place, hasUnknown } of outcomes) if (hasUnknown) warn(unknownWarning(place));
  note(tree.others, "it is not a regular file");
  note(plan.shadowed, "another file is decoded to that name");
  const failures = outcomes.flatMap(({ failure }) => failure ?? []);
  if (tree.fault !== undefined) failures.push(failureOf(tree.fault));
  for (const { line } of failures) if (line !== undefined) warn(line);
  if (failures.length === 0) return 0;
  if (keepGoing) warn(`crit: ${failures.length} of ${countOf(count, "file")} failed`);
  const [{ exitCode }] = failures as [typeof failures[0]];
  return failures.every((failure) => failure.exitCode === exitCode) ? exitCode : 3;
}

/** Says that files were not copied. */
function note(places: readonly string[], reason: string): void {
  if (places.length === 0) return;
  const more = places.length > 1 ? ` and ${places.length - 1} more` : "";
  warn(`crit: ${places[0]}${more}: not copied: ${reason}`);
}
