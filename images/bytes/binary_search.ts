/** Looking things up in order. @module */

/**
 * The first of `count` indices for which `isBeyond` holds, by binary search: it must hold for all
 * that follow one for which it does. `count` if it holds for none.
 */
export function firstIndex(count: number, isBeyond: (index: number) => boolean): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = low + high >>> 1;
    if (isBeyond(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
