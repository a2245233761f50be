import { type Client, type ClientFigures, Clients } from "../../lib/handler/mod.ts";
import { assertEquals } from "@std/assert";

const FIGURES: ClientFigures = {
  address: "?:0",
  localAddress: "?:0",
  connectedAt: 0,
  lastActive: 0,
  user: "default",
  name: "",
  library: "",
  libraryVersion: "",
  flags: "",
  database: 0,
  channels: 0,
  patterns: 0,
  queued: -1,
  queuedBytes: 0,
  inputBytes: 0,
  inputRoom: 0,
  outputs: 0,
  outputBytes: 0,
  writing: false,
  command: "",
  version: 2,
};

function clientIn(clients: Clients): Client {
  return {
    id: clients.newId(),
    figures: () => FIGURES,
    protocol: undefined,
    blocked: false,
    kill() {},
  };
}

Deno.test({
  name: "Clients knows those that have not left, in the order in which they came",
  permissions: "none",
  fn() {
    const clients = new Clients();
    const [first, second, third] = [clientIn(clients), clientIn(clients), clientIn(clients)];
    for (const client of [first, second, third]) clients.add(client);
    clients.delete(second);
    clients.delete(second);
    assertEquals([...clients], [first, third]);
    assertEquals(clients.size, 2);
    assertEquals([clients.find(second.id), clients.find(third.id)], [undefined, third]);
    assertEquals(clients.newId(), 4, "a number is not given twice");
  },
});
