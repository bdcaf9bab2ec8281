/**
 * The two forms that the compiler knows a message in: fields by name, as the codec reads and
 * writes them, and the type generated from CRIU's definitions.
 *
 * The codec reads a message by the same definitions, so that one form is the other: nothing is
 * copied. The image type must be known before its entries are given a type.
 *
 * @module
 */

import type { Messages } from "../../proto/types.ts";
import type { Message } from "./objects.ts";

/** A message under the generated type of its definition. */
export function typed<M extends keyof Messages>(message: object): Messages[M] {
  return message as Messages[M];
}

/** Messages of one kind under their generated type. */
export function typedList<M extends keyof Messages>(messages: readonly object[]): Messages[M][] {
  return messages as Messages[M][];
}

/** The fields of a message of a generated type, by name. */
export function fieldsOf(message: object): Message {
  return message as Message;
}
