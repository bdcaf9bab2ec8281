/**
 * Base64 in plain JavaScript, for runtimes without `Uint8Array.prototype.toBase64` (Node before
 * 25): the same results, slower.
 *
 * @module
 */

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
/** Value of each character; -1 of a blank, -2 of what is none. */
const VALUES = new Int8Array(128).fill(-2);
for (let value = 0; value < 64; value++) VALUES[ALPHABET.charCodeAt(value)] = value;
for (const blank of [0x20, 0x09, 0x0a, 0x0c, 0x0d]) VALUES[blank] = -1;

/** Bytes that `String.fromCharCode` takes at once. */
const PIECE = 0x6000;

/** How many characters were read, and how many bytes they are. */
export interface Base64Progress {
  /** Characters of the text. */
  readonly read: number;
  /** Bytes of the target. */
  readonly written: number;
}

/** What `bytes.toBase64()` gives. */
export function plainToBase64(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i += PIECE) {
    text += btoa(String.fromCharCode(...bytes.subarray(i, i + PIECE)));
  }
  return text;
}

/**
 * What `target.setFromBase64(text, { lastChunkHandling })` does; the target has room for all.
 *
 * @throws {SyntaxError} when the text is no base64
 */
export function plainSetFromBase64(
  target: Uint8Array,
  text: string,
  lastChunkHandling: "strict" | "stop-before-partial",
): Base64Progress {
  let [read, written, bits, count] = [0, 0, 0, 0];
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const value = code < 128 ? VALUES[code]! : -2;
    if (value === -1) continue;
    if (value === -2) {
      if (text[i] !== "=" || count < 2) throw new SyntaxError("it is not base64");
      const end = endOfPadding(text, i, 4 - count);
      if (end === undefined) {
        if (lastChunkHandling === "strict") throw new SyntaxError("padding is missing");
        return { read, written };
      }
      const unused = count === 2 ? 4 : 2;
      if (lastChunkHandling === "strict" && (bits & (1 << unused) - 1) !== 0) {
        throw new SyntaxError("the last bits are not zero");
      }
      for (let shift = count * 6 - 8; shift >= 0; shift -= 8) target[written++] = bits >> shift;
      return { read: end, written };
    }
    bits = bits << 6 | value;
    if (++count < 4) continue;
    target[written++] = bits >> 16;
    target[written++] = bits >> 8;
    target[written++] = bits;
    read = i + 1;
    bits = count = 0;
  }
  if (count === 0) return { read: text.length, written };
  if (lastChunkHandling === "strict") throw new SyntaxError("the last group is not whole");
  return { read, written };
}

/** Where the padding ends that begins at `from`, and with it the text; undefined if it is cut. */
function endOfPadding(text: string, from: number, wanted: number): number | undefined {
  let found = 0;
  for (let i = from; i < text.length; i++) {
    if (text[i] === "=") found++;
    else if (VALUES[text.charCodeAt(i)] !== -1) {
      throw new SyntaxError("there is data after the padding");
    }
  }
  if (found > wanted) throw new SyntaxError("there is too much padding");
  return found < wanted ? undefined : text.length;
}
