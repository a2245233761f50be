/**
 * What the codec takes from `node:crypto`, for browsers: lib/console/bundle.json puts it in its place. The
 * console has no secret, so that it neither signs nor encrypts.
 *
 * @module
 */

/** Stands for what needs a secret. */
export function absent(): never {
  throw new TypeError("Cannot sign or encrypt in a browser");
}

export {
  absent as createCipheriv,
  absent as createDecipheriv,
  absent as createHash,
  absent as createHmac,
  absent as hkdfSync,
  absent as timingSafeEqual,
};
