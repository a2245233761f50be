/** What a disk may have when the power or the process goes, and what must be there. */

import { assert } from "@std/assert";
import type { Random } from "../../random.ts";
import { type Clock, dump, loaded } from "./helpers.ts";
import type { History } from "./history.ts";
import type { MemoryDisk, Operation } from "./memory_disk.ts";

/** A disk, as it may be, and how many requests of a history must and can be on it. */
interface Moment {
  readonly disk: MemoryDisk;
  readonly when: string;
  readonly least: number;
  readonly most: number;
}

/** How often the power and the process go at once. */
export interface Blows {
  readonly crashes: number;
  readonly kills: number;
}

/** The moments of a history at which the power or the process might have gone. */
export class Moments {
  readonly all: Moment[] = [];
  readonly #disk: MemoryDisk;
  readonly #history: History;
  readonly #random: Random;
  readonly #name: string;

  /** Keeps moments of a history on a disk. */
  constructor(name: string, disk: MemoryDisk, history: History, random: Random) {
    this.#name = name;
    this.#disk = disk;
    this.#history = history;
    this.#random = random;
  }

  /** The power and the process may go now, before an operation, or in it when it is a write. */
  add({ crashes, kills }: Blows, operation?: Operation): void {
    const { durable, written, length: most } = this.#history;
    const [disk, random] = [this.#disk, this.#random];
    const when = `${this.#name}, at ${operation?.number} ${operation?.kind} ${operation?.file}`;
    for (let crash = 0; crash < crashes; crash++) {
      this.all.push({ disk: disk.crashed(random), when: `power, ${when}`, least: durable, most });
    }
    for (let kill = 0; kill < kills; kill++) {
      const torn = this.#torn(operation);
      this.all.push({ disk: disk.killed(torn), when: `kill, ${when}`, least: written, most });
    }
  }

  /** Loads the disk of each moment: it must have a beginning of the history that is long enough. */
  async check({ now }: Clock): Promise<void> {
    const texts = this.#history.texts(now);
    for (const { disk, when, least, most } of this.all) {
      const text = dump(
        await loaded(disk, { now }).catch((cause) => {
          throw new Error(when, { cause });
        }),
      );
      const isOne = texts.slice(least, most + 1).includes(text);
      assert(isOne, `${when}: ${texts.lastIndexOf(text)} instead of ${least} to ${most}`);
      assert(disk.open === 0, `${when}: ${disk.open} files are open`);
    }
  }

  #torn({ file, bytes }: Partial<Operation> = {}) {
    if (file === undefined || bytes === undefined) return undefined;
    return { file, bytes: bytes.slice(0, this.#random.below(bytes.length)) };
  }
}
