/**
 * What the store's thread wants of a read.
 *
 * @module
 */

/** Above the room of a READ, which is up to 65,536. */
const PERMIT_SHIFT = 17;
const ROOM_MASK = (1 << PERMIT_SHIFT) - 1;

/** The value of a READ: how many bytes are wanted, and the permit that goes with it. */
export function wantOf(room: number, permit: number): number {
  return room | permit << PERMIT_SHIFT;
}

/** How many bytes a READ wants. */
export function roomOf(want: number): number {
  return want & ROOM_MASK;
}

/** The permit that goes with a READ. */
export function permitOf(want: number): number {
  return want >>> PERMIT_SHIFT;
}
