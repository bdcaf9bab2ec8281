/**
 * Resolves the steps of a path in a kind of message, without data.
 *
 * @module
 */

import type { FieldTable, MessageTable } from "../codec/table.ts";
import { CritError, dataError, inField } from "../errors.ts";
import { Kind } from "../protobuf/schema.ts";
import { fieldNamed, NoSuchField } from "./field_name.ts";
import type { PathStep } from "./path.ts";

/** A step of a path in one kind of message. */
export interface ResolvedStep extends PathStep {
  /** The field; {@link PathStep.field} is its name as given. */
  readonly table: FieldTable;
}

/**
 * The steps of a path in a kind of message.
 *
 * @throws {NoSuchField} when there is no such field
 * @throws {CritError} `data` when the path does not fit the fields
 */
export function resolveSteps(
  table: MessageTable,
  steps: readonly PathStep[],
): readonly ResolvedStep[] {
  const [step, ...rest] = steps;
  if (step === undefined) return [];
  const field = fieldNamed(table, step.field);
  try {
    checkStep(field, step, rest.length > 0);
    const further = rest.length === 0 ? [] : resolveSteps(field.message(), rest);
    return [{ ...step, table: field }, ...further];
  } catch (error) {
    if (!(error instanceof NoSuchField)) throw inField(error, step.field);
    error.steps++;
    throw error;
  }
}

function checkStep(field: FieldTable, { field: name, which }: PathStep, goesOn: boolean): void {
  if (!field.repeated) {
    if (which !== undefined) throw dataError("it is not a list");
    if (goesOn && field.kind !== Kind.Message) throw dataError("it has no fields");
  } else if (which === undefined && goesOn) {
    const hint = `${name}[0], ${name}[*] or ${name}[FIELD=VALUE]`;
    throw new CritError("data", "it is a list: select an item", {}, hint);
  } else if (goesOn && field.kind !== Kind.Message) throw dataError("its items have no fields");
}
