/** Makes a sequence that shows a difference shorter. */

/**
 * The items without those that can be left out while `differs` stays true. After `tries` calls of
 * `differs` it gives the shortest list so far.
 */
export async function shrink<T>(
  items: readonly T[],
  differs: (items: readonly T[]) => Promise<boolean>,
  tries = 300,
): Promise<readonly T[]> {
  let shortest = items;
  let left = tries;
  for (let size = Math.ceil(items.length / 2); size > 0 && left > 0;) {
    let removed = false;
    for (let at = 0; at < shortest.length && left > 0; left--) {
      const shorter = shortest.toSpliced(at, size);
      if (await differs(shorter)) {
        shortest = shorter;
        removed = true;
      } else at += size;
    }
    if (size > 1 || !removed) size = Math.floor(size / 2); // Single items again, until none goes.
  }
  return shortest;
}
