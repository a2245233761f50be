/**
 * The page of the console, as it is sent to browsers.
 *
 * @module
 */

import type { Answer, Route, Routes } from "./routes.ts";

/** Nothing is loaded from elsewhere, nothing stands in the page that runs, and no other page may show it. */
const HEADERS = {
  "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; " +
    "img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-frame-options": "DENY",
};

const TYPES = {
  html: "text/html; charset=utf-8",
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  svg: "image/svg+xml",
} as const;

/** The files of the page by their paths. They hold nothing that is secret, and are read when they are asked for. */
export const PAGE_ROUTES: Routes = {
  "/": file("html", (assets) => assets.html),
  "/console.css": file("css", (assets) => assets.css),
  "/console.js": file("js", (assets) => assets.script),
  "/uplot.css": file("css", (assets) => assets.chartsCss),
  "/uplot.js": file("js", (assets) => assets.chartsScript),
  "/icon.svg": file("svg", (assets) => assets.icon),
};

function file(
  type: keyof typeof TYPES,
  textOf: (assets: typeof import("./assets.ts")) => string,
): Route {
  const answer: Answer = async () => {
    const text = textOf(await import("./assets.ts"));
    return new Response(text, { headers: { ...HEADERS, "content-type": TYPES[type] } });
  };
  return { GET: answer, isOpen: true };
}
