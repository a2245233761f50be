/**
 * Requests about the commands that there are.
 *
 * @module
 */

/** Asks what all commands are. */
export interface CommandAllRequest {
  /** Which request this is. */
  readonly op: "COMMAND";
}

/** Asks how many commands there are. */
export interface CommandCountRequest {
  /** Which request this is. */
  readonly op: "COMMAND_COUNT";
}

/** Which commands are listed: those of a module, of a category, or with a name that fits a pattern. */
export interface CommandFilter {
  /** What is compared. */
  readonly by: "module" | "aclcat" | "pattern";
  /** With what, any bytes. */
  readonly argument: Uint8Array;
}

/** Asks for the names of commands. */
export interface CommandListRequest {
  /** Which request this is. */
  readonly op: "COMMAND_LIST";
  /** Which are listed; all without it. */
  readonly filter: CommandFilter | undefined;
}

/** Asks how commands are called: their arity, flags and keys. */
export interface CommandInfoRequest {
  /** Which request this is. */
  readonly op: "COMMAND_INFO";
  /** Their names, any bytes; none for all commands. */
  readonly names: readonly Uint8Array[];
}

/** Asks what commands do. */
export interface CommandDocsRequest {
  /** Which request this is. */
  readonly op: "COMMAND_DOCS";
  /** Their names, any bytes; none for all commands. */
  readonly names: readonly Uint8Array[];
}

/** Asks which arguments of a request are keys. */
export interface CommandKeysRequest {
  /** Which request this is. */
  readonly op: "COMMAND_GETKEYS";
  /** The request. */
  readonly args: readonly Uint8Array[];
  /** Whether what is done with each key is told as well. */
  readonly wantUse: boolean;
}

/** Asks for the subcommands of a command. */
export interface CommandHelpRequest {
  /** Which request this is. */
  readonly op: "COMMAND_HELP";
  /** The name of the command in small letters. */
  readonly container: string;
}

/** Any request about commands. */
export type CommandRequest =
  | CommandAllRequest
  | CommandCountRequest
  | CommandListRequest
  | CommandInfoRequest
  | CommandDocsRequest
  | CommandKeysRequest
  | CommandHelpRequest;
