/**
 * Bars: how many requests a second, compared with the first server.
 *
 * @module
 */

import type { Group, PeerFigures } from "./figures.ts";
import {
  coloursOf,
  HEAD_HEIGHT,
  headOf,
  type Panel,
  PANEL_WIDTH,
  round,
  shortNumber,
  textAt,
} from "./panel.ts";

const BAR = 13;
const LABEL_HEIGHT = 18;
const GROUP_GAP = 10;
/** Room for the numbers behind the longest bar. */
const NUMBERS = 120;

/** Draws groups of bars. */
export function barPanel(title: string, groups: readonly Group[]): Panel {
  const colours = coloursOf(groups.flatMap(({ figures }) => figures.map(({ name }) => name)));
  const ratios = groups.flatMap(({ figures }) => figures.map((peer) => ratioOf(peer, figures)));
  const scale = (PANEL_WIDTH - NUMBERS) / Math.max(1, ...ratios);
  const [first] = groups[0]!.figures;
  let y = HEAD_HEIGHT;
  let content = headOf(title, `requests a second, quartile; the line is ${first!.name}`, colours);
  for (const { load, figures } of groups) {
    content += textAt(0, y + 12, load, "muted");
    y += LABEL_HEIGHT;
    const top = y;
    for (const peer of figures) {
      const width = scale * ratioOf(peer, figures);
      content += `<rect x="0" y="${y}" width="${round(width)}" height="${BAR - 2}" rx="2" ` +
        `fill="${colours.get(peer.name)}"/>` +
        textAt(Math.max(width, scale) + 6, y + 10, numbersOf(peer, figures));
      y += BAR;
    }
    content += `<path class="one" d="M${round(scale)} ${top - 2}V${y}"/>`;
    y += GROUP_GAP;
  }
  return { height: y, content };
}

function ratioOf({ rate }: PeerFigures, figures: readonly PeerFigures[]): number {
  return rate.quartile / figures[0]!.rate.quartile;
}

function numbersOf(peer: PeerFigures, figures: readonly PeerFigures[]): string {
  const rate = `${shortNumber(peer.rate.quartile)}/s`;
  return peer === figures[0] ? rate : `${rate} (${ratioOf(peer, figures).toFixed(2)}x)`;
}
