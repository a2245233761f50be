/**
 * Entries, as the console shows and changes them.
 *
 * @module
 */

import { startsWith } from "@std/bytes";
import type { DecodedRequest, RequestHead } from "../../cafe/mod.ts";
import {
  handle,
  journalRefusal,
  memoryRefusal,
  notStored,
  type Peer,
  type Services,
} from "../../handler/mod.ts";
import type {
  DeleteRequest,
  ErrorCode,
  ErrorResponse,
  GetRequest,
  Response,
  ScanRequest,
  SetRequest,
} from "../../model/mod.ts";
import { forbiddenBy } from "../cafe_permissions.ts";
import { monitorLine, wordsOf } from "../monitor_line.ts";
import { NO_WIRE } from "../wire.ts";
import type { Asked } from "./api.ts";
import { bytesOf, numberOf, objectIn, Refusal } from "./json.ts";

/** So many bytes of a value are shown; a longer one cannot be edited. */
export const MAX_SHOWN = 65_536;
/** A page of keys looks at so many entries, which takes a few milliseconds at the most... */
const PAGE_ENTRIES = 2_000;
/** ...and ends when its keys take so many bytes. */
const PAGE_BYTES = 16_384;

const PLAIN: RequestHead = { id: undefined, quiet: false, checksum: false, durable: false };

/** A page of keys that begin with some bytes. */
export async function keys(asked: Asked): Promise<unknown> {
  const given = await objectIn(asked.request);
  const prefix = bytesOf("prefix", given["prefix"] ?? "");
  const cursor = numberOf("cursor", given["cursor"], 0);
  permit(asked, { op: "SCAN", prefix, cursor });
  const page = peerOf(asked, given["database"]).store.page({
    cursor,
    count: PAGE_ENTRIES,
    maxBytes: PAGE_BYTES,
    matches: (key) => startsWith(key, prefix),
  });
  return { keys: page.keys.map((key) => key.toHex()), cursor: page.cursor };
}

/** An entry, with the first bytes of its value. To look at it is no access. */
export async function entry(asked: Asked): Promise<unknown> {
  const given = await objectIn(asked.request);
  const key = bytesOf("key", given["key"]);
  permit(asked, { op: "GET", key, wantVersion: true });
  const { store } = peerOf(asked, given["database"]);
  const found = store.peek(key);
  if (found === undefined) throw new Refusal(404, "There is no such key.");
  const { expiresAt, valueLength, version } = found;
  return {
    value: found.view.subarray(0, MAX_SHOWN).toHex(),
    size: valueLength,
    isCut: valueLength > MAX_SHOWN,
    ttl: expiresAt === Infinity ? null : Math.max(1, Math.ceil(expiresAt - store.now())),
    version,
  };
}

/** Stores a value, when the entry has the version that was seen; 0: when there is none. */
export async function store(asked: Asked): Promise<unknown> {
  const given = await objectIn(asked.request);
  const key = bytesOf("key", given["key"]);
  const value = bytesOf("value", given["value"]);
  const version = numberOf("version", given["version"]);
  const ttl = given["ttl"] === null ? undefined : numberOf("ttl", given["ttl"]);
  checkSizes(asked.services, key, value);
  if (ttl === 0) throw new Refusal(400, "ttl must be at least 1 millisecond.");
  const response = await write(asked, { op: "SET", key, value, ttl, version }, given["database"]);
  return { version: response.type === "OK" ? response.version : undefined };
}

/** Removes an entry that has the version that was seen. */
export async function remove(asked: Asked): Promise<void> {
  const given = await objectIn(asked.request);
  const key = bytesOf("key", given["key"]);
  const version = numberOf("version", given["version"]);
  const response = await write(asked, { op: "DELETE", key, version }, given["database"]);
  if (response.type === "MISS") throw new Refusal(404, "There is no such key.");
}

function checkSizes({ limits }: Services, key: Uint8Array, value: Uint8Array): void {
  const { maxKeySize, maxValueSize } = limits;
  if (key.length > maxKeySize) {
    throw new Refusal(413, `The key is over ${maxKeySize} bytes long (option maxKeySize).`);
  }
  if (value.length <= Math.min(maxValueSize, MAX_SHOWN)) return;
  throw new Refusal(413, `The value is over ${Math.min(maxValueSize, MAX_SHOWN)} bytes long.`);
}

/** Carries out a request that writes, and waits for the journal as a client would. */
async function write(
  asked: Asked,
  request: SetRequest | DeleteRequest,
  database: unknown,
): Promise<Response> {
  const { services } = asked;
  const { journal, monitors, databases } = services;
  const peer = peerOf(asked, database);
  const decoded = permit(asked, request);
  if (journal?.failure) throw refusalOf(journalRefusal(journal.failure));
  const refused = request.op === "SET" ? memoryRefusal(services, 0) : undefined;
  if (refused !== undefined) throw refusalOf(refused);
  const added = journal?.added;
  const response = handle(request, peer);
  if (monitors.size > 0) {
    const wire = { ...NO_WIRE, address: `${asked.host}:0` };
    monitors.tell(monitorLine(databases.now(), peer.database, wire, wordsOf(decoded)));
  }
  if (journal !== undefined && journal.added !== added) {
    journal.endGroup();
    const failure = await journal.settle(false);
    if (failure !== undefined) throw refusalOf(notStored(failure));
  }
  if (response.type === "ERR") throw refusalOf(response);
  return response;
}

/** A request of CAFE that the visitor may send, by the rules for that. */
function permit(
  { visitor: { user } }: Asked,
  request: GetRequest | SetRequest | DeleteRequest | ScanRequest,
): DecodedRequest {
  const decoded = { ...PLAIN, ...request };
  const forbidden = user && forbiddenBy(user, decoded);
  if (forbidden === undefined) return decoded;
  throw new Refusal(403, `${forbidden}.`);
}

function peerOf({ services }: Asked, number: unknown): Peer {
  const { databases, limits: { maxValueSize } } = services;
  const database = numberOf("database", number, 0);
  if (database >= databases.count) throw new Refusal(400, `There is no database ${database}.`);
  const store = databases.at(database);
  return { services, database, store, maxValueSize, valueOption: "maxValueSize", deliver() {} };
}

const STATUS: Readonly<Partial<Record<ErrorCode, number>>> = {
  CONFLICT: 409,
  OUT_OF_MEMORY: 507,
  NOT_STORED: 503,
  INTERNAL: 500,
};

function refusalOf({ code, message }: ErrorResponse): Refusal {
  return new Refusal(STATUS[code] ?? 400, `${message}.`);
}
