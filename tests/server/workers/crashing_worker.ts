/** A worker that fails when a client sends CRASH. */

import "../../../lib/server/workers/io_worker.ts";

const { listen } = Deno;

Deno.listen = ((options: Deno.TcpListenOptions) => {
  const listener = listen(options);
  const accept = listener.accept.bind(listener);
  listener.accept = async () => fragile(await accept());
  return listener;
}) as typeof Deno.listen;

function fragile(socket: Deno.TcpConn): Deno.TcpConn {
  const read = socket.read.bind(socket);
  socket.read = async (room) => {
    const size = await read(room);
    if (new TextDecoder().decode(room.subarray(0, size ?? 0)) === "CRASH") {
      setTimeout(() => {
        throw new Error("a defect");
      });
    }
    return size;
  };
  return socket;
}
