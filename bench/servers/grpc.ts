/**
 * The same service over gRPC. Prints its port.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { type sendUnaryData, Server, ServerCredentials, type ServerUnaryCall } from "@grpc/grpc-js";
import { type Entry, METHODS } from "../grpc_service.ts";
import { print } from "../report.ts";

type Call = ServerUnaryCall<Entry, Entry>;

const NO_KEY = new Uint8Array(0);
const store = new Map<string, Uint8Array>();

function nameOf({ request: { key } }: Call): string {
  return Buffer.from(key.buffer, key.byteOffset, key.length).toString("latin1");
}

const server = new Server();
server.addService(METHODS, {
  get: (call: Call, reply: sendUnaryData<Entry>) =>
    reply(null, { key: NO_KEY, value: store.get(nameOf(call)) }),
  set: (call: Call, reply: sendUnaryData<Entry>) => {
    store.set(nameOf(call), call.request.value ?? NO_KEY);
    reply(null, { key: NO_KEY });
  },
});
server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
  if (error !== null) throw error;
  print(String(port));
});
