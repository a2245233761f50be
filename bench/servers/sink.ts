/**
 * A worker that reads and forgets what is sent to it. Posts its port.
 *
 * @module
 */

declare const self: { postMessage(port: number): void };

const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
self.postMessage(listener.addr.port);
const room = new Uint8Array(262_144);
const connection = await listener.accept();
while (await connection.read(room) !== null);
