/** Applies steps to a message and to all nested messages. @module */

import type { Message, Value } from "../codec/objects.ts";
import { Kind, messageSchema } from "../protobuf/schema.ts";
import type { DumpContext } from "../releases/dump_context.ts";
import type { MessageStep } from "./plan.ts";

/** Applies the steps of a plan. */
export class MessageRewriter {
  readonly #reaches = new Map<string, boolean>();

  constructor(
    readonly steps: ReadonlyMap<string, readonly MessageStep[]>,
    readonly facts: DumpContext,
    readonly onChange: (step: string) => void,
  ) {}

  /** Whether a step may change a message of this type, or a nested one. */
  reaches(message: string): boolean {
    let reaches = this.#reaches.get(message);
    if (reaches === undefined) {
      // Types may contain themselves: the inner one is assumed to be unaffected until it is known.
      this.#reaches.set(message, this.steps.has(message));
      reaches = this.steps.has(message) ||
        messageSchema(message).fields.some(({ kind, typeName }) =>
          kind === Kind.Message && this.reaches(typeName!)
        );
      this.#reaches.set(message, reaches);
    }
    return reaches;
  }

  /**
   * Applies the steps to a message; returns the same message if nothing changes, or one or several
   * others.
   */
  rewrite(name: string, message: Message, image: string): Message | Message[] {
    if (!this.reaches(name)) return message;
    let one = this.#rewriteWithin(name, message, image);
    // Only a page range can become several.
    let many: Message[] | undefined;
    for (const { step, rewrite } of this.steps.get(name) ?? []) {
      const apply = (current: Message): Message | Message[] => {
        const result = rewrite(current, this.facts, image) as Message | Message[];
        if (result !== current) this.onChange(step.name);
        return result;
      };
      if (many !== undefined) {
        many = many.flatMap<Message>(apply);
        continue;
      }
      const result = apply(one);
      if (Array.isArray(result)) many = result;
      else one = result;
    }
    return many ?? one;
  }

  #rewriteWithin(name: string, message: Message, image: string): Message {
    let changed: Message | undefined;
    for (const field of messageSchema(name).fields) {
      if (field.kind !== Kind.Message || !this.reaches(field.typeName!)) continue;
      const value = message[field.name];
      if (value === undefined) continue;
      const result = this.#rewriteValue(field.typeName!, value, image);
      if (result !== value) (changed ??= { ...message })[field.name] = result;
    }
    return changed ?? message;
  }

  #rewriteValue(name: string, value: Value, image: string): Value {
    if (!Array.isArray(value)) return this.rewrite(name, value as Message, image);
    const list = value.flatMap<Message>((one) => this.rewrite(name, one as Message, image));
    const isSame = list.length === value.length && list.every((one, i) => one === value[i]);
    return isSame ? value : list;
  }
}
