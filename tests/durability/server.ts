/** A server with a data directory, as a process. */

import { ServerProcess } from "../cli/process.ts";

/** Where a server listens. */
export interface Address {
  readonly hostname: string;
  readonly port: number;
}

/** A server that listens. */
export interface DataServer extends AsyncDisposable {
  readonly address: Address;
  readonly process: ServerProcess;
}

/** The modules of workers are read when they start. */
const LIB = `${import.meta.dirname}/../../lib`;

/** Starts a server on a directory, with no more permissions than it needs. */
export async function startOn(directory: string, ...args: string[]): Promise<DataServer> {
  const permissions = [
    "--allow-net=127.0.0.1",
    `--allow-read=${directory},${LIB}`,
    `--allow-write=${directory}`,
    "--allow-env=CORTADO_PASSWORD",
  ];
  const process = new ServerProcess(["--port", "0", "--data", directory, ...args], { permissions });
  const [hostname = "", port] = (await process.address()).split(":");
  if (port === undefined) {
    const { code, stderr } = await process.end();
    throw new Error(`the server has ended with ${code}: ${stderr.join("\n")}`);
  }
  return {
    address: { hostname, port: Number(port) },
    process,
    [Symbol.asyncDispose]: () => process[Symbol.asyncDispose](),
  };
}
