/**
 * What goes over the wire, for people: the inspector of CAFE and RESP, raw, in hex or in a capture, and the
 * dissector for Wireshark.
 *
 * - {@linkcode Inspector}: bytes to frames, what is wrong with them, and where it goes on.
 * - {@linkcode TextView}, {@linkcode jsonLine}: frames as text and as JSON.
 * - {@linkcode CaptureWriter}: what was said, as a capture that Wireshark reads.
 * - {@linkcode readRecording}, {@linkcode Answers}: a capture to be played again, and its answers.
 * - {@linkcode dissector}: the dissector.
 *
 * @module
 */

export * from "./answers.ts";
export * from "./capture_writer.ts";
export * from "./dissector.ts";
export { HexDecoder } from "./hex_text.ts";
export * from "./inspector.ts";
export * from "./item.ts";
export * from "./json_view.ts";
export * from "./last_frames.ts";
export * from "./mask.ts";
export * from "./recording.ts";
export { type InspectOptions } from "./stream.ts";
export * from "./text_view.ts";
