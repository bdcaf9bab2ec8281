/**
 * One edit of fields: setting a value or deleting a field.
 *
 * @module
 */

import type { ByteOrder } from "../bytes/byte_order.ts";
import type { FieldTable } from "../codec/table.ts";
import { CritError } from "../errors.ts";
import { type EditTarget, parseAssignment, parseEditTarget } from "./path.ts";
import { Search } from "./search.ts";
import { encodeValue } from "./value.ts";

/** Options of an edit. */
export interface EditOptions {
  /** Whether a path without matches is allowed. */
  readonly ifPresent?: boolean;
}

/** An edit: sets a value at its path, or deletes what the path selects. */
export class Edit extends Search {
  #encoded = { whole: new Map<FieldTable, Uint8Array>(), item: new Map<FieldTable, Uint8Array>() };
  #encodedFor: ByteOrder = "little";

  private constructor(
    text: string,
    target: EditTarget,
    /** The value to set; undefined to delete. */
    readonly value: string | undefined,
    readonly options: EditOptions = {},
  ) {
    super(text, target);
    const appends = [target.entries, ...target.steps.map(({ which }) => which)]
      .findIndex((which) => which?.kind === "append");
    if (appends < 0) return;
    const { steps } = target;
    const problem = value === undefined
      ? "what is not there yet cannot be deleted"
      : appends < steps.length
      ? "nothing can follow [+]: give all of the new item as the value"
      : undefined;
    if (problem !== undefined) throw new CritError("usage", `${text}: ${problem}`);
  }

  /** An edit that sets what `TARGET=VALUE` says. @throws {CritError} `usage` */
  static set(text: string): Edit {
    const { value, ...target } = parseAssignment(text);
    return new Edit(text, target, value);
  }

  /** An edit that deletes what `TARGET` leads to. @throws {CritError} `usage` */
  static delete(text: string, options?: EditOptions): Edit {
    return new Edit(text, parseEditTarget(text), undefined, options);
  }

  /** The same edit in its initial state. */
  fresh(): Edit {
    return new Edit(this.text, this.target, this.value, this.options);
  }

  /** Whether it is an error if it matches nothing. */
  get mustMatch(): boolean {
    return !this.options.ifPresent;
  }

  /** The value's bytes for a field. @throws {CritError} `data` when it is none for that field */
  encoded(field: FieldTable, part: "whole" | "item"): Uint8Array {
    if (this.byteOrder !== this.#encodedFor) {
      this.#encodedFor = this.byteOrder;
      this.#encoded = { whole: new Map(), item: new Map() };
    }
    const known = this.#encoded[part].get(field);
    if (known !== undefined) return known;
    const encoded = encodeValue(field, this.value!, part, this.byteOrder);
    this.#encoded[part].set(field, encoded);
    return encoded;
  }
}
