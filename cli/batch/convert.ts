/**
 * Converts images and JSON files one after the other; each thread of a batch runs this.
 *
 * @module
 */

import type { ByteOrder } from "../../images/bytes/byte_order.ts";
import { CritError } from "../../images/errors.ts";
import type { ImageVersion } from "../../images/image/head.ts";
import { atPlace } from "../files/error_places.ts";
import type { Found } from "../files/found.ts";
import type { Input } from "../files/input.ts";
import { openEntry, type Output } from "../files/output.ts";
import type { JsonLayout, OnRead } from "../images/decode_image.ts";
import { type Failure, failureOf } from "../terminal/failure.ts";
import { type Queue, Stopped } from "./queue.ts";

/** How each file is converted. */
export type Conversion =
  | { readonly to: "json"; readonly layout: JsonLayout }
  | { readonly to: "image"; readonly byteOrder?: ByteOrder; readonly strict: boolean };

/** A file to convert. */
export interface Job extends Found {
  /** The file as the user would name it. */
  readonly label: string;
  /** Place of the file to write. */
  readonly target: string;
  /** Path of the output, if it is a file on the disk. */
  readonly output: string;
  /** Image version, if an image is written. */
  readonly version?: ImageVersion;
}

/** The result for a file. */
export interface FileOutcome {
  readonly place: string;
  /** Path of the file that was written. */
  readonly output?: string;
  /** Why it failed. */
  readonly failure?: Failure;
  /** Whether the image has fields that the schema does not know. */
  readonly hasUnknown?: boolean;
}

/** Writes what a file becomes; returns whether there is something unknown in it. */
type Converter = (output: Output, input: Input, job: Job, onRead: OnRead) => Promise<boolean>;

async function converterFor(conversion: Conversion): Promise<Converter> {
  if (conversion.to === "json") {
    const { decodeInto } = await import("../images/decode_image.ts");
    return (output, input, _job, onRead) => decodeInto(output, input, conversion.layout, onRead);
  }
  const { encodeInto } = await import("../images/encode_image.ts");
  return async (output, input, job, onRead) => {
    const { byteOrder, strict } = conversion;
    const settings = { version: job.version ?? "1.1", byteOrder, strict };
    await encodeInto(output, input, settings, onRead);
    return false;
  };
}

/** Errors of the operating system that say nothing about other files. */
const OF_ONE_FILE = [
  Deno.errors.NotFound,
  Deno.errors.PermissionDenied,
  Deno.errors.AlreadyExists,
  Deno.errors.IsADirectory,
  Deno.errors.NotADirectory,
  Deno.errors.FilesystemLoop,
];

/** Whether an error affects only its file: a full disk or a bug affects all. */
export function concernsOneFile(error: unknown): boolean {
  return error instanceof CritError || OF_ONE_FILE.some((type) => error instanceof type);
}

/** Options of {@link work}. */
export interface Manner {
  readonly conversion: Conversion;
  /** Whether to continue after a failure. */
  readonly keepGoing: boolean;
  /** Opens a job's file. */
  open(job: Job): Input;
  /** Opens the output of a job, if it is not a file on the disk. */
  create?(job: Job): Output;
  /** Called after each piece that is read. */
  readonly onRead: OnRead;
}

/** Takes jobs until there are none left, and returns the results. */
export async function work(
  queue: Queue,
  jobs: readonly Job[],
  manner: Manner,
): Promise<FileOutcome[]> {
  const outcomes: FileOutcome[] = [];
  const convert = await converterFor(manner.conversion);
  const one = async (job: Job): Promise<void> => {
    using input = manner.open(job);
    // As private as what it is made from, but there to be edited.
    using output = manner.create?.(job) ?? openEntry(job.output, job.permissions.mode);
    const hasUnknown = await convert(output, input, job, (count) => {
      queue.advance(count);
      if (queue.isStopped) throw new Stopped();
      return manner.onRead(count);
    });
    output.commit();
    outcomes.push({ place: job.place, output: job.output, hasUnknown });
  };
  for (let index = queue.take(); index !== undefined; index = queue.take()) {
    const job = jobs[index]!;
    try {
      await one(job);
    } catch (error) {
      if (error instanceof Stopped) return outcomes;
      outcomes.push({ place: job.place, failure: failureOf(atPlace(error, job.label)) });
      if (!manner.keepGoing || !concernsOneFile(error)) queue.stop();
    }
    queue.finish(index);
  }
  return outcomes;
}
