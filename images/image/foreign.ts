/**
 * Recognizes files in other formats that have the name of an image.
 *
 * @module
 */

/** Beginnings of files of other kinds. */
const BEGINNINGS: ReadonlyArray<readonly [bytes: readonly number[], what: string]> = [
  [[0x1f, 0x8b], "gzip data"],
  [[0x28, 0xb5, 0x2f, 0xfd], "zstd data"],
  [[0xfd, 0x37, 0x7a, 0x58, 0x5a], "xz data"],
  [[0x42, 0x5a, 0x68], "bzip2 data"],
  [[0x50, 0x4b, 0x03, 0x04], "a zip archive"],
  [[0x7f, 0x45, 0x4c, 0x46], "an ELF file"],
];

/** The format of a file by its first bytes; undefined if it may be an image. */
export function foreignFormat(bytes: Uint8Array): string | undefined {
  const known = BEGINNINGS.find(([begin]) =>
    begin.length <= bytes.length && begin.every((byte, index) => bytes[index] === byte)
  );
  if (known !== undefined) return known[1];
  const isText = bytes.length > 0 &&
    bytes.every((byte) => byte >= 0x20 && byte < 0x7f || byte >= 0x09 && byte <= 0x0d);
  if (isText) {
    const first = new TextDecoder().decode(bytes).trimStart()[0];
    return first === "{" || first === "[" ? "JSON" : "text";
  }
  return bytes.length > 0 && bytes.every((byte) => byte === 0) ? "zeros" : undefined;
}
