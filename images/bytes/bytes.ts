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

/** Whether a page, which begins at a multiple of 4, is there as a whole and has only zeros. */
export function isZeroPage(bytes: Uint8Array, from: number, pageSize: number): boolean {
  if (bytes[from] !== 0 || from + pageSize > bytes.length) return false;
  if ((bytes.byteOffset + from) % 4 !== 0) return false;
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset + from, pageSize / 4);
  for (let i = 0; i < words.length; i++) if (words[i] !== 0) return false;
  return true;
}
