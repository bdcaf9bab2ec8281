/**
 * Converts single payloads to a release: applies steps, then removes everything that the release
 * does not know.
 *
 * @module
 */

import { decodeMessage, encodeMessage, type Message } from "../codec/objects.ts";
import { CritError } from "../errors.ts";
import type { ImageVersion } from "../image/head.ts";
import type { DumpContext } from "../releases/dump_context.ts";
import { type PrunedValue, Pruner } from "../releases/prune.ts";
import { meaningOfField, type Rank, releaseName } from "../releases/releases.ts";
import { withVersion } from "./inventory.ts";
import type { ConversionPlan } from "./plan.ts";
import type { ConversionReport } from "./report.ts";
import { MessageRewriter } from "./rewrite.ts";

/** Converts payloads, and reports the changes. */
export class EntryConverter {
  readonly pruner: Pruner;
  readonly #rewriter: MessageRewriter;
  /** Image of the current payload, and the image that it goes to. */
  #image = "";
  #index = 0;
  #target = "";

  constructor(
    readonly plan: ConversionPlan,
    readonly target: Rank,
    readonly version: ImageVersion,
    readonly facts: DumpContext,
    readonly report: ConversionReport,
  ) {
    this.pruner = new Pruner(target, facts, {
      removed: (name) => report.change(this.#target, `without ${name}`),
      lost: (finding) => this.#lose(finding),
    });
    this.#rewriter = new MessageRewriter(plan.messages, facts, (step) => {
      report.change(this.#target, step);
    });
  }

  /** The payloads that replace an entry; undefined if it does not change. */
  changed(
    image: string,
    message: string,
    payload: Uint8Array,
    index: number,
  ): Uint8Array[] | undefined {
    this.place(image, index);
    const early = this.#early(message, payload);
    const rewritten = this.#rewritten(message, early);
    const pruned = rewritten.flatMap((one) => this.pruner.prune(message, one) ?? []);
    return pruned.length === 1 && pruned[0] === payload ? undefined : pruned;
  }

  /**
   * Removes everything that the release does not know from a message; returns no payload or one.
   */
  pruned(message: string, entry: Message): Uint8Array[] {
    const payload = this.pruner.prune(message, encodeMessage(message, entry));
    return payload === undefined ? [] : [payload];
  }

  /** Applies the steps to a message. */
  rewritten(message: string, entry: Message): Message[] {
    const result = this.#rewriter.rewrite(message, entry, this.#image);
    return Array.isArray(result) ? result : [result];
  }

  /** Sets the place of the next message, and the image that it goes to. */
  place(image: string, index: number, target: string = image): void {
    this.#image = image;
    this.#index = index;
    this.#target = target;
  }

  /** Changes bytes before they are parsed. */
  #early(message: string, payload: Uint8Array): Uint8Array {
    const change = this.plan.payloads.get(message);
    if (change !== undefined) return change(payload);
    if (message !== "inventory_entry") return payload;
    const changed = withVersion(payload, this.version);
    if (changed !== payload) this.report.change(this.#target, "img_version");
    return changed;
  }

  #rewritten(message: string, payload: Uint8Array): Uint8Array[] {
    if (!this.#rewriter.reaches(message)) return [payload];
    const entry = decodeMessage(message, payload);
    const result = this.#rewriter.rewrite(message, entry, this.#image);
    if (result === entry) return [payload];
    return (Array.isArray(result) ? result : [result]).map((one) => encodeMessage(message, one));
  }

  #lose({ name, field, value }: PrunedValue): void {
    // The machine cannot be dropped: no core image would remain.
    if (name === "core_entry.mtype") {
      const release = releaseName(this.target);
      const reason = `CRIU ${release} does not run on ${value}`;
      throw new CritError("unsupported", reason, { image: this.#image });
    }
    const meaning = meaningOfField(name);
    const what = meaning === undefined ? value : `${value} (${meaning})`;
    this.report.lose({ image: this.#image, entry: this.#index, field, what, name });
    this.report.change(this.#target, `without ${name}`);
  }
}
