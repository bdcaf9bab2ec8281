/** What `crit get` does. @module */

import { baseName } from "../../../images/bytes/paths.ts";
import { printable } from "../../../images/bytes/printable.ts";
import { decodeText, encodeText } from "../../../images/bytes/utf8.ts";
import { openSource } from "../../../images/dump/open.ts";
import { ImageFileReader } from "../../../images/dump/source.ts";
import { readingSearch, type ValueMatch } from "../../../images/edit/get.ts";
import type { Scope } from "../../../images/edit/meant.ts";
import type { Search } from "../../../images/edit/search.ts";
import { ImageValues } from "../../../images/edit/values.ts";
import { CritError } from "../../../images/errors.ts";
import { namingDump, namingImage } from "../../files/error_places.ts";
import { openInputAt } from "../../files/input_at.ts";
import { inputKind } from "../../files/paths.ts";
import { loadPlugins } from "../../images/plugins.ts";
import type { Arguments, Context } from "../../line/command.ts";
import { beginJson } from "../../line/json_output.ts";
import { ByteWriter } from "../../terminal/byte_writer.ts";
import { yieldToEventLoop } from "../../terminal/interrupt.ts";
import { jsonOf } from "../../terminal/json_text.ts";
import { isTerminal, warn } from "../../terminal/terminal.ts";
import type { declaration } from "./declaration.ts";

export async function run(args: Arguments<typeof declaration>, context: Context): Promise<number> {
  await loadPlugins(context.plugins);
  const isImage = await inputKind(args.input) === "file";
  const scope = isImage ? "image" : "dump";
  const searches = args.paths.map((text) => readingSearch(text, scope));
  if (!args.raw) await beginJson(context.color);
  const getter = new Getter(args, searches, scope);
  try {
    if (isImage) await namingImage(args.input, () => getter.image(args.input));
    else await namingDump(args.input, () => getter.dump(args.input));
  } finally {
    getter.writer.flush();
  }
  const missed = searches.filter(({ matches }) => matches === 0);
  for (const search of missed) {
    const nowhere = search.images === 0 ? `${search.text} matches no image` : undefined;
    warn(`crit: ${nowhere ?? search.nothing().message}`);
  }
  return missed.length > 0 ? 1 : 0;
}

/** Prints the values in images. */
class Getter {
  readonly writer = new ByteWriter();
  readonly #values: ImageValues;

  constructor(
    readonly args: Arguments<typeof declaration>,
    readonly searches: readonly Search[],
    scope: Scope,
  ) {
    const form = args.pretty ? "pretty" : "plain";
    this.#values = new ImageValues(searches, { scope, form, onRead: yieldToEventLoop });
  }

  async image(path: string): Promise<void> {
    const isStdin = path === "-";
    if (isStdin && this.searches.some(({ countsFromEnd }) => countsFromEnd)) {
      throw new CritError("usage", "standard input is read once: [-1] cannot be looked for in it");
    }
    const name = isStdin ? "" : baseName(path);
    const print = (value: ValueMatch) => this.#print(isStdin ? "-" : name, value);
    await this.#values.read(name, () => openInputAt(path), print);
  }

  async dump(path: string): Promise<void> {
    using source = await openSource(path);
    for (const name of source.files.keys()) {
      const open = () => new ImageFileReader(source.open(name));
      await this.#values.read(name, open, (value) => this.#print(name, value));
    }
  }

  #print(image: string, { search, entry, json }: ValueMatch): void {
    const { raw } = this.args;
    if (this.args.json) {
      const where = jsonOf({ image, entry, path: search.text });
      this.writer.text(`${where.slice(0, -1)},"value":`);
      this.writer.bytes(json);
      this.writer.text("}");
    } else if (raw && json[0] === 0x22) {
      const text: string = JSON.parse(decodeText(json));
      if (isTerminal("stdout")) this.writer.text(printable(text));
      else this.writer.bytes(encodeText(text));
    } else this.writer.bytes(json);
    this.writer.text("\n");
  }
}
