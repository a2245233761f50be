/**
 * Requests about the server.
 *
 * @module
 */

/** Asks for the present time. */
export interface TimeRequest {
  /** Which request this is. */
  readonly op: "TIME";
}

/** Asks for something that needs nothing done: the reply is its command's own. */
export interface NothingRequest {
  /** Which request this is. */
  readonly op: "NOTHING";
}

/** Asks for the state and the figures of the server. */
export interface InfoRequest {
  /** Which request this is. */
  readonly op: "INFO";
  /** The sections wanted, in small letters; none: those that are shown by default. */
  readonly sections: readonly string[];
}

/** Asks for the settings whose names match. */
export interface ConfigGetRequest {
  /** Which request this is. */
  readonly op: "CONFIG_GET";
  /** The patterns of names. */
  readonly patterns: readonly Uint8Array[];
}

/** Changes settings, all or none. */
export interface ConfigSetRequest {
  /** Which request this is. */
  readonly op: "CONFIG_SET";
  /** The names of settings with their new values. */
  readonly pairs: readonly (readonly [name: string, value: string])[];
}

/** Sets the figures that are counted to 0. */
export interface ResetStatsRequest {
  /** Which request this is. */
  readonly op: "RESET_STATS";
}

/** Asks for the slowest requests of late. */
export interface SlowLogGetRequest {
  /** Which request this is. */
  readonly op: "SLOWLOG_GET";
  /** How many are wanted at most. */
  readonly count: number;
}

/** Asks how many slow requests are kept. */
export interface SlowLogLengthRequest {
  /** Which request this is. */
  readonly op: "SLOWLOG_LEN";
}

/** Forgets the slow requests. */
export interface SlowLogResetRequest {
  /** Which request this is. */
  readonly op: "SLOWLOG_RESET";
}

/** Any request about slow requests. */
export type SlowLogRequest = SlowLogGetRequest | SlowLogLengthRequest | SlowLogResetRequest;

/** Asks for the last slow time of every event. */
export interface LatencyLatestRequest {
  /** Which request this is. */
  readonly op: "LATENCY_LATEST";
}

/** Asks for the slow times of an event. */
export interface LatencyHistoryRequest {
  /** Which request this is. */
  readonly op: "LATENCY_HISTORY";
  /** The name of the event. */
  readonly event: string;
}

/** Asks for a drawing of the slow times of an event. */
export interface LatencyGraphRequest {
  /** Which request this is. */
  readonly op: "LATENCY_GRAPH";
  /** The name of the event. */
  readonly event: string;
}

/** Forgets the slow times of events. */
export interface LatencyResetRequest {
  /** Which request this is. */
  readonly op: "LATENCY_RESET";
  /** The names of the events; none: all. */
  readonly events: readonly string[];
}

/** Asks for what is known of slow times, in words. */
export interface LatencyDoctorRequest {
  /** Which request this is. */
  readonly op: "LATENCY_DOCTOR";
}

/** Asks how long commands took and how often. */
export interface LatencyHistogramRequest {
  /** Which request this is. */
  readonly op: "LATENCY_HISTOGRAM";
  /** The names of the commands; none: all. */
  readonly commands: readonly string[];
}

/** Any request about the times when the server was slow. */
export type LatencyRequest =
  | LatencyLatestRequest
  | LatencyHistoryRequest
  | LatencyGraphRequest
  | LatencyResetRequest
  | LatencyDoctorRequest
  | LatencyHistogramRequest;

/** Asks how many bytes a key and its value take. */
export interface MemoryUsageRequest {
  /** Which request this is. */
  readonly op: "MEMORY_USAGE";
  /** The key, any bytes. */
  readonly key: Uint8Array;
}

/** Asks for the figures of the memory of the whole server. */
export interface MemoryStatsRequest {
  /** Which request this is. */
  readonly op: "MEMORY_STATS";
}

/** Asks whether something is wrong with the memory of the server. */
export interface MemoryDoctorRequest {
  /** Which request this is. */
  readonly op: "MEMORY_DOCTOR";
}

/** Any request about memory. */
export type MemoryRequest = MemoryUsageRequest | MemoryStatsRequest | MemoryDoctorRequest;

/** Stops the whole server for a time. */
export interface DebugSleepRequest {
  /** Which request this is. */
  readonly op: "DEBUG_SLEEP";
  /** The time, in milliseconds. */
  readonly ms: number;
}

/** Says whether entries are removed when they expire, or only when they are met afterwards. */
export interface DebugActiveExpireRequest {
  /** Which request this is. */
  readonly op: "DEBUG_ACTIVE_EXPIRE";
  /** Whether. */
  readonly on: boolean;
}

/** Asks how an entry is stored. */
export interface DebugObjectRequest {
  /** Which request this is. */
  readonly op: "DEBUG_OBJECT";
  /** The key, any bytes. */
  readonly key: Uint8Array;
}

/** Asks for the keys that most requests are about. */
export interface DebugHotKeysRequest {
  /** Which request this is. */
  readonly op: "DEBUG_HOTKEYS";
  /** How many are wanted at most. */
  readonly count: number;
}

/** Writes a line to the log of the server. */
export interface DebugLogRequest {
  /** Which request this is. */
  readonly op: "DEBUG_LOG";
  /** The line. */
  readonly line: string;
}

/** Asks for a value of some type of a protocol. */
export interface DebugProtocolRequest {
  /** Which request this is. */
  readonly op: "DEBUG_PROTOCOL";
  /** The name of the type. */
  readonly type: string;
}

/** Asks what can be asked for debugging. */
export interface DebugHelpRequest {
  /** Which request this is. */
  readonly op: "DEBUG_HELP";
}

/** Any request for debugging. */
export type DebugRequest =
  | DebugProtocolRequest
  | DebugHelpRequest
  | DebugSleepRequest
  | DebugActiveExpireRequest
  | DebugObjectRequest
  | DebugHotKeysRequest
  | DebugLogRequest;

/** Asks for a piece of art with the version. */
export interface LolwutRequest {
  /** Which request this is. */
  readonly op: "LOLWUT";
}

/** Any request about the server. */
export type ServerRequest =
  | TimeRequest
  | NothingRequest
  | InfoRequest
  | ConfigGetRequest
  | ConfigSetRequest
  | ResetStatsRequest
  | SlowLogRequest
  | LatencyRequest
  | MemoryRequest
  | DebugRequest
  | LolwutRequest;

/** Ends the server; it is not answered. */
export interface ShutdownRequest {
  /** Which request this is. */
  readonly op: "SHUTDOWN";
  /** Whether to take back an end that has begun, instead. */
  readonly abort: boolean;
}
