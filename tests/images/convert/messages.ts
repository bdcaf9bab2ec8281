/** Random messages as objects. @module */

import { decodeMessage } from "../../../images/codec/objects.ts";
import fc from "../../fast_check.ts";
import { anyMessage, payloadOf } from "../../random_messages.ts";

/** Any 32-bit number. */
export const u32: fc.Arbitrary<number> = fc.integer({ min: 0, max: 0xffff_ffff });
/** Any 64-bit number. */
export const u64: fc.Arbitrary<bigint> = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n });
/** A value or none. */
export function optional<T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.option(value, { nil: undefined });
}

/** Without the keys whose values are undefined. */
export function defined<T extends object>(object: T): T {
  return Object.fromEntries(Object.entries(object).filter(([, v]) => v !== undefined)) as T;
}

/** A real message of a type, at random. */
export function anyReal<T>(name: string): fc.Arbitrary<T> {
  return anyMessage(name).map((plain) => decodeMessage(name, payloadOf(name, plain)) as T);
}
