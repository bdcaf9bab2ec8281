/**
 * The one error that crit throws on purpose.
 *
 * @module
 */

/**
 * Kinds of errors; the command line turns them into exit codes.
 *
 * - `usage`: an invalid request
 * - `data`: invalid or damaged input
 * - `file`: an error of the file system or a socket
 * - `unsupported`: a valid request that crit does not support
 */
export type ErrorKind = "usage" | "data" | "file" | "unsupported";

/**
 * Codes of errors that callers treat in a special way.
 *
 * - `missing-field`: a message lacks a required field, which the place names
 * - `number`: a number in JSON is not whole, or out of range
 * - `no-dump`: an archive or an OCI image contains no dump
 */
export type ErrorCode = "missing-field" | "number" | "no-dump";

/** Options of an error. */
export interface CritErrorOptions extends ErrorOptions {
  /** Code of the error, if a caller can treat it in a special way. */
  readonly code?: ErrorCode;
}

/** The place of an error; every part is optional and printed only if known. */
export interface Place {
  /** File name of the image (or JSON file). */
  image?: string;
  /** Index of the entry in its image, from 0. */
  entry?: number;
  /** Byte offset in the binary image, from 0. */
  offset?: number;
  /** Line of the JSON text, from 1. */
  line?: number;
  /** Column of the JSON text in bytes, from 1. */
  column?: number;
  /** Path of the field inside the entry, such as `tc.comm`. */
  field?: string;
}

/**
 * An error with a place, printed as one line. Errors of kind `data` have no stack.
 *
 * ```text
 * core-12.img: entry 3 at offset 452: payload is 92 bytes, 40 remain
 * pstree.json: line 4, column 9: entry 1: pgid: expected a number
 * ```
 */
export class CritError extends Error {
  /** Always `CritError`. */
  override readonly name = "CritError";
  /** Code of the error; undefined for most. */
  readonly code: ErrorCode | undefined;

  /**
   * Makes an error; see {@link dataError} for the commonest.
   *
   * @param kind kind of error
   * @param reason the fault, without its place
   * @param place the place; outer layers add to it with {@link CritError.at}
   * @param hint what the user can do about it
   */
  constructor(
    readonly kind: ErrorKind,
    readonly reason: string,
    readonly place: Place = {},
    readonly hint?: string,
    options?: CritErrorOptions,
  ) {
    // Damaged input has no place in the code. A stack takes more time and memory than all else, and
    // there may be an error for each of a hundred thousand images.
    const { stackTraceLimit } = Error;
    if (kind === "data") Error.stackTraceLimit = 0;
    super(describe(reason, place, hint), options);
    Error.stackTraceLimit = stackTraceLimit;
    this.code = options?.code;
  }

  /** The same error with more parts of its place; known parts stay. */
  at(place: Place): CritError {
    const error = withPlace(this, { ...place, ...this.place });
    if (this.kind !== "data") error.stack = this.stack;
    return error;
  }
}

/**
 * An error of a file that is being written. Its place is not in the input, so {@link CritError.at}
 * adds nothing.
 */
export class OutputError extends CritError {
  /** This error. */
  override at(): this {
    return this;
  }
}

/** Makes the commonest error: invalid or damaged input. */
export function dataError(
  reason: string,
  place?: Place,
  hint?: string,
  options?: CritErrorOptions,
): CritError {
  return new CritError("data", reason, place, hint, options);
}

/** Reason of an error about a required field. */
export const FIELD_MISSING = "required field is missing";

/** Makes the error for a message without a required field. */
export function missingField(field: string): CritError {
  return dataError(FIELD_MISSING, { field }, undefined, { code: "missing-field" });
}

/** Puts a field's name before the field path of an error from below; other errors pass through. */
export function inField(error: unknown, field: string): unknown {
  if (!(error instanceof CritError)) return error;
  const inner = error.place.field;
  const path = inner === undefined ? field : `${field}.${inner}`;
  return withPlace(error, { ...error.place, field: path });
}

function withPlace({ kind, reason, hint, cause, code }: CritError, place: Place): CritError {
  const options = cause === undefined ? { code } : { cause, code };
  return new CritError(kind, reason, place, hint, options);
}

function describe(reason: string, place: Place, hint?: string): string {
  const parts: string[] = [];
  if (place.image !== undefined) parts.push(place.image);
  if (place.line !== undefined) parts.push(`line ${place.line}, column ${place.column ?? 1}`);
  const offset = place.offset === undefined ? "" : `offset ${place.offset}`;
  if (place.entry !== undefined) {
    parts.push(`entry ${place.entry}${offset ? ` at ${offset}` : ""}`);
  } else if (offset) {
    parts.push(offset);
  }
  if (place.field) parts.push(place.field);
  parts.push(hint === undefined ? reason : `${reason} (${hint})`);
  return parts.join(": ");
}
