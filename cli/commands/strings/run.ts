/** What `crit strings` does. @module */

import { hexText, printable } from "../../../images/bytes/printable.ts";
import { decodeText } from "../../../images/bytes/utf8.ts";
import { MemorySearch, type SpaceMatch } from "../../../images/memory/search.ts";
import { ENCODINGS, stringMatcher } from "../../../images/search/strings.ts";
import "../../../plugins/mod.ts";
import { withDump } from "../../files/dumps.ts";
import { choiceOf, unseenBy, warnOfUnseen } from "../../files/memory.ts";
import { loadPlugins } from "../../images/plugins.ts";
import type { Arguments, Context } from "../../line/command.ts";
import { ByteWriter } from "../../terminal/byte_writer.ts";
import { cutLine } from "../../terminal/cut.ts";
import { jsonLine } from "../../terminal/json_text.ts";
import { Progress } from "../../terminal/progress.ts";
import { isTerminal } from "../../terminal/terminal.ts";
import type { declaration } from "./declaration.ts";

type StringsArguments = Arguments<typeof declaration>;

export async function run(args: StringsArguments, context: Context): Promise<number> {
  await loadPlugins(context.plugins);
  const choice = choiceOf(args);
  return await withDump(args, (dump) => {
    using progress = new Progress("strings");
    const matcher = stringMatcher({ min: args.bytes, encoding: args.encoding });
    using search = new MemorySearch(dump, [matcher], {
      ...choice,
      onRead: (count) => progress.advance(count),
    });
    const writer = new ByteWriter();
    const print = printer(args, writer);
    for (const match of search.matches()) {
      progress.clear();
      print(match);
    }
    writer.flush();
    warnOfUnseen(unseenBy(search.walk), "read", args.sysroot !== undefined);
    return 0;
  });
}

/** Makes what prints a piece of text for each task that has it. */
function printer(
  { encoding, plain, json }: StringsArguments,
  writer: ByteWriter,
): (match: SpaceMatch) => void {
  const { width, isBig } = ENCODINGS[encoding];
  const textOf = (bytes: Uint8Array) => {
    if (width === 1) return bytes;
    const first = isBig ? width - 1 : 0;
    return Uint8Array.from({ length: bytes.length / width }, (_, i) => bytes[first + i * width]!);
  };
  if (json) {
    return ({ bytes, address, area, space }) => {
      // What is beyond ASCII is Latin-1, as far as anybody knows.
      const text = latin1(textOf(bytes));
      for (const { pid } of space.tasks) {
        const row = { pid, address: hexText(address), area: area.name, text };
        writer.text(jsonLine(row));
      }
    };
  }
  const isCut = isTerminal("stdout");
  const names = new Map<string, string>();
  const nameOf = (name: string) => {
    let text = names.get(name);
    if (text === undefined) names.set(name, text = ` ${printable(name)}: `);
    return text;
  };
  return ({ bytes, address, area, space }) => {
    const text = textOf(bytes);
    for (const { pid } of space.tasks) {
      if (isCut) {
        const place = plain ? "" : `${pid} ${hexText(address)}${nameOf(area.name)}`;
        writer.text(`${cutLine(place + decodeText(text))}\n`);
        continue;
      }
      if (!plain) {
        writer.text(`${pid} `);
        writer.text(hexText(address < Number.MAX_SAFE_INTEGER ? Number(address) : address));
        writer.text(nameOf(area.name));
      }
      writer.bytes(text);
      writer.text("\n");
    }
  };
}

function latin1(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}
