/**
 * Conversions between the two TypeScript types of a message: fields by name, which the codec uses,
 * and the type generated from CRIU's definitions.
 *
 * The codec reads messages by the same definitions, so nothing is copied or checked. The caller
 * must know the image type of the entries.
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
