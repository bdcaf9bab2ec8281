/**
 * Checks edits against the image types, before any image is read.
 *
 * @module
 */

import { Glob } from "../bytes/glob.ts";
import { nearest } from "../bytes/nearest.ts";
import { type MessageTable, messageTable } from "../codec/table.ts";
import { CritError } from "../errors.ts";
import { EXTRA } from "../image/extra_parts.ts";
import { WireWriter } from "../protobuf/wire.ts";
import type { EntryShape, ImageType } from "../types/image_type.ts";
import { allTypes, typeByFileName } from "../types/registry.ts";
import type { Edit } from "./edit.ts";
import { writeNewEntry } from "./entry.ts";
import { editExtra } from "./extra_edit.ts";
import { NoSuchField } from "./field_name.ts";
import type { Which } from "./path.ts";
import type { ResolvedStep } from "./resolve.ts";

/**
 * Checks that an edit's path leads to a field of some image type that its file names can be of,
 * and that its value fits.
 *
 * @throws {CritError} `usage` when it does not
 */
export function checkEdit(edit: Edit): void {
  const { files } = edit.target;
  if (files === undefined) return;
  let problem: unknown;
  for (const type of checkFiles(edit.text, files)) {
    for (const shape of shapesOf(type)) {
      try {
        checkInShape(edit.fresh(), shape);
        return;
      } catch (error) {
        problem = worse(problem, error);
      }
    }
  }
  if (!(problem instanceof CritError)) throw problem;
  const { place, reason, hint } = problem;
  const where = place.field === undefined ? "" : `${place.field}: `;
  throw new CritError("usage", `${edit.text}: ${where}${reason}`, {}, hint);
}

/**
 * The image types with entries that a pattern of file names can select.
 *
 * @param text the edit with the pattern, for the error
 * @throws {CritError} `usage` when there is none
 */
export function checkFiles(text: string, files: string): ImageType[] {
  const glob = new Glob(files);
  const types = glob.isExact
    ? [typeByFileName(files)].filter((type) => type !== undefined)
    : allTypes().filter((type) => type.files.some((name) => glob.meets(new Glob(globOf(name)))));
  if (types.length === 0) {
    const near = nearest(files, allTypes().flatMap((type) => type.files.map(globOf)));
    const reason = `${text}: CRIU writes no image of the name ${files}`;
    throw new CritError("usage", reason, {}, near && `did you mean ${near}?`);
  }
  const withEntries = types.filter(({ entry }) => entry !== undefined);
  if (withEntries.length > 0) return withEntries;
  throw new CritError("usage", `${text}: ${files} has no entries: ${types[0]!.raw ?? "raw"}`);
}

/** `core-%u.img` as a pattern: `core-*.img`. */
function globOf(name: string): string {
  return name.replace(/%[a-z]/, "*");
}

/** The kinds of entry that an image has. */
function shapesOf(type: ImageType): EntryShape[] {
  return [type as EntryShape, ...type.head === undefined ? [] : [type.head]];
}

/** Of two reasons the one that says more: a field that a type does not have says least. */
function worse(before: unknown, error: unknown): unknown {
  const steps = (one: unknown) => one instanceof NoSuchField ? one.steps : Infinity;
  return before === undefined || steps(error) > steps(before) ? error : before;
}

function checkInShape(edit: Edit, shape: EntryShape): void {
  const { entries, steps } = edit.target;
  const table = messageTable(shape.entry, "pretty");
  checkWhich(edit, entries, table);
  const [first] = steps;
  if (first === undefined) {
    if (edit.value !== undefined) {
      writeNewEntry(new WireWriter(), "little", { entry: shape.entry }, edit.value);
    }
  } else if (first.field === EXTRA && shape.extra !== undefined) {
    editExtra(edit, shape.extra, []);
    const part = steps[1]?.field;
    if (shape.extra.kind === "record" && part && !Object.hasOwn(shape.extra.parts, part)) {
      const hint = `it has ${Object.keys(shape.extra.parts).join(" and ")}`;
      throw new CritError("data", `the extra has no part ${part}`, {}, hint);
    }
  } else {
    const resolved = edit.steps(table, 0);
    for (const step of resolved) checkWhich(edit, step.which, step.table.message);
    if (edit.value !== undefined) checkValue(edit, resolved.at(-1)!);
  }
}

/** Looks into the conditions of a selection. */
function checkWhich(
  edit: Edit,
  which: Which | undefined,
  table: MessageTable | (() => MessageTable),
): void {
  if (which?.kind !== "where") return;
  const inside = typeof table === "function" ? table() : table;
  for (const condition of which.conditions) edit.selection(condition).check(inside);
}

function checkValue(edit: Edit, { table, which }: ResolvedStep): void {
  edit.encoded(table, which === undefined ? "whole" : "item");
}
