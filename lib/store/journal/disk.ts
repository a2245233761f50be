/**
 * What a journal needs of a file system.
 *
 * @module
 */

/** A directory of files, which belongs to one journal alone. */
export interface Disk {
  /** The directory's name, for messages. */
  readonly name: string;
  /** The names of all files. */
  list(): Promise<string[]>;
  /** Makes a file for appending. One of that name must not be there. */
  create(file: string): Promise<DiskFile>;
  /** Opens a file that is there, for appending to its first `length` bytes; what it has behind them is cut off. */
  append(file: string, length: number): Promise<DiskFile>;
  /** Opens a file that is there, for reading. */
  read(file: string): Promise<DiskReader>;
  /** Gives a file another name; one that has that name is replaced. */
  rename(from: string, to: string): Promise<void>;
  /** Removes a file. */
  remove(file: string): Promise<void>;
  /** Resolves when all that was created, renamed or removed by now is so after a loss of power as well. */
  sync(): Promise<void>;
  /** Gives the directory up. */
  close(): void;
}

/** A file that is appended to. There may be zeros behind what was written. */
export interface DiskFile {
  /** Appends at least one of the bytes; returns how many. It returns when a killed process would not lose them. */
  write(bytes: Uint8Array): number;
  /** Resolves when what was written by now is there after a loss of power as well. */
  sync(): Promise<void>;
  /** Cuts the file to a length; what is written next stands there. */
  truncate(length: number): void;
  /**
   * Has room for so many bytes behind what was written, with zeros in it, so that a sync of what is written
   * there next has less to do. Where there is no room, nothing has changed.
   */
  reserve(bytes: number): void;
  /** Closes the file, without what was reserved. */
  close(): void;
}

/** A file that is read. */
export interface DiskReader {
  /** How many bytes it has. */
  readonly size: number;
  /** Reads from a place on until the room is full or the file ends; returns how many bytes that were. */
  read(place: number, room: Uint8Array): number;
  /** Closes the file. */
  close(): void;
}

/** Appends all bytes, in as many writes as it takes. */
export function writeAll(file: DiskFile, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += file.write(bytes.subarray(at));
}
