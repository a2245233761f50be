/**
 * INFO: the state and the figures of the server, as tools for Redis read them.
 *
 * @module
 */

import { type InfoRequest, type Response, text } from "../model/mod.ts";
import type { Peer, Services } from "./context.ts";
import type { Handlers } from "./handlers.ts";
import { memorySection } from "./info_memory.ts";
import { persistenceSection } from "./info_persistence.ts";
import { STATE_SECTIONS } from "./info_state.ts";
import { FIGURE_SECTIONS } from "./info_figures.ts";
import { runtimeFigures } from "./runtime.ts";

/** The names and values of a section, in order. */
export type InfoFields = Readonly<Record<string, string | number>>;

/** Gives the fields of a section. */
type InfoSection = (services: Services) => InfoFields;

/** All sections, in the order in which they are shown. */
const SECTIONS: Readonly<Record<string, InfoSection>> = {
  Server: STATE_SECTIONS.server,
  Clients: STATE_SECTIONS.clients,
  Memory: memorySection,
  Persistence: persistenceSection,
  Stats: FIGURE_SECTIONS.stats,
  Replication: STATE_SECTIONS.replication,
  CPU: STATE_SECTIONS.cpu,
  Modules: () => ({}),
  Commandstats: FIGURE_SECTIONS.commandStats,
  Errorstats: FIGURE_SECTIONS.errorStats,
  Latencystats: FIGURE_SECTIONS.latencyStats,
  Runtime: runtimeFigures,
  Cluster: STATE_SECTIONS.cluster,
  Keyspace: STATE_SECTIONS.keyspace,
};

/** What is shown only to who asks for it, or for all. */
const NOT_BY_DEFAULT: readonly string[] = ["commandstats", "latencystats", "runtime"];

/** What asks for all sections. */
const ALL: readonly string[] = ["all", "everything"];

/** The sections asked for; names that are none are passed over. */
function info({ sections }: InfoRequest, { services }: Peer): Response {
  const shown = Object.entries(SECTIONS).filter(([title]) => isWanted(title, sections));
  return text(shown.map(([title, section]) => format(title, section(services))).join("\r\n"));
}

function isWanted(title: string, sections: readonly string[]): boolean {
  const name = title.toLowerCase();
  if (sections.some((section) => section === name || ALL.includes(section))) return true;
  const byDefault = sections.length === 0 || sections.includes("default");
  return byDefault && !NOT_BY_DEFAULT.includes(name);
}

function format(title: string, fields: InfoFields): string {
  const lines = Object.entries(fields).map(([name, value]) => `${name}:${value}\r\n`);
  return `# ${title}\r\n${lines.join("")}`;
}

/** The handler of INFO. */
export const INFO_HANDLERS: Handlers<InfoRequest> = { INFO: info };
