/**
 * Leave to answer plain GETs without a conversation.
 *
 * @module
 */

/** How plain GETs of a connection are written, and their answers. */
export const DIALECTS = {
  RESP2: 1,
  RESP3: 2,
  CAFE: 3,
} as const;

/** One of {@linkcode DIALECTS}. */
export type Dialect = (typeof DIALECTS)[keyof typeof DIALECTS];

/** None. */
export const NO_PERMIT = 0;

const DIALECT_BITS = 2;
const DATABASE_BITS = 12;

/**
 * Leave to answer the plain GETs that come next, which are about a database, as a number; none for a database
 * that has no place in it.
 */
export function permitFor(dialect: Dialect, database: number): number {
  return database < 1 << DATABASE_BITS ? dialect | database << DIALECT_BITS : NO_PERMIT;
}

/** How the GETs of a permit are written. */
export function dialectOf(permit: number): Dialect {
  return (permit & (1 << DIALECT_BITS) - 1) as Dialect;
}

/** The database that they are about. */
export function databaseOf(permit: number): number {
  return permit >>> DIALECT_BITS;
}
