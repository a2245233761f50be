/**
 * The files of the page. They are imported, so that no permission to read is needed.
 *
 * @module
 */

export { default as html } from "./page/index.html" with { type: "text" };
export { default as css } from "./page/console.css" with { type: "text" };
export { default as icon } from "./page/icon.svg" with { type: "text" };
export { default as script } from "./page/console.js" with { type: "text" };
export { default as chartsCss } from "./page/vendor/uplot/uPlot.min.css" with { type: "text" };
export { default as chartsScript } from "./page/vendor/uplot/uPlot.iife.min.js" with { type: "text" };
