/** Runs of bytes: joined, compared. @module */

/** All pieces in one array. */
export function joinBytes(pieces: readonly Uint8Array[]): Uint8Array {
  if (pieces.length === 1) return pieces[0]!;
  const joined = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let pos = 0;
  for (const piece of pieces) {
    joined.set(piece, pos);
    pos += piece.length;
  }
  return joined;
}

/** Whether two runs of bytes are the same. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/**
 * Whether a page is complete and contains only zeros. It begins at a multiple of 4, and its size is
 * a multiple of 32.
 */
export function isZeroPage(bytes: Uint8Array, from: number, pageSize: number): boolean {
  if (bytes[from] !== 0 || from + pageSize > bytes.length) return false;
  if ((bytes.byteOffset + from) % 4 !== 0) return false;
  const words = pageSize / 4;
  return areZeroWords(new Uint32Array(bytes.buffer, bytes.byteOffset + from, words), 0, words);
}

/** Whether all words of a range are zero; their number is a multiple of 8. */
export function areZeroWords(words: Uint32Array, from: number, to: number): boolean {
  for (let i = from; i < to; i += 8) {
    const any = words[i]! | words[i + 1]! | words[i + 2]! | words[i + 3]! | words[i + 4]! |
      words[i + 5]! | words[i + 6]! | words[i + 7]!;
    if (any !== 0) return false;
  }
  return true;
}
