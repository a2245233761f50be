/** A file system of its own with little room: one that is really full. */

/** Where one can be mounted. */
const ROOT_ON_LINUX = Deno.build.os === "linux" && Deno.uid() === 0;

/** Whether a file system can be mounted here: also root may not do so, in a container for example. */
export const CAN_MOUNT: boolean = ROOT_ON_LINUX && tryToMount();

function tryToMount(): boolean {
  const path = Deno.makeTempDirSync({ prefix: "cortado-disk-" });
  try {
    if (!run("mount", ...mountOf(path, "64k"))) return false;
    return run("umount", path);
  } finally {
    Deno.removeSync(path);
  }
}

function mountOf(path: string, size: string): string[] {
  return ["-t", "tmpfs", "-o", `size=${size}`, "tmpfs", path];
}

/** Whether a command has done what it should; false also where there is no such command. */
function run(command: string, ...args: string[]): boolean {
  try {
    return new Deno.Command(command, { args, stdout: "null", stderr: "null" }).outputSync().success;
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) return false;
    throw cause;
  }
}

/** A file system in memory, a part of which a ballast takes until it is dropped. */
export class SmallDisk implements Disposable {
  /** A directory for data. */
  readonly data: string;
  readonly #path: string;

  /** Mounts it. */
  constructor(size: string, ballast: number) {
    this.#path = Deno.makeTempDirSync({ prefix: "cortado-disk-" });
    this.data = `${this.#path}/data`;
    if (!run("mount", ...mountOf(this.#path, size))) throw new Error("cannot mount");
    Deno.writeFileSync(this.#ballast, new Uint8Array(ballast));
  }

  /** Makes the room that the ballast takes. */
  dropBallast(): void {
    Deno.removeSync(this.#ballast);
  }

  /** Unmounts it: nobody may use it any more. */
  [Symbol.dispose](): void {
    if (!run("umount", this.#path)) throw new Error(`cannot unmount ${this.#path}`);
    Deno.removeSync(this.#path);
  }

  get #ballast(): string {
    return `${this.#path}/ballast`;
  }
}
