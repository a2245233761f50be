/**
 * The part of the dissector that is the same whatever the layout: fields, and which response answers what.
 *
 * @module
 */

/** Lua behind the tables of the layout. It runs in Lua 5.2 and later. */
export const DISSECTOR_FIELDS: string = String.raw`
local cafe = Proto("cafe", "CAFE, the protocol of Cortado")
local MAX_CHECKED = 1048576
local MAX_FRAME = 134217728

-- Fields

local NAMES = {}
for opcode, message in pairs(MESSAGES) do NAMES[opcode] = message.name end

local TYPES = {
  u8 = ftypes.UINT8, u16 = ftypes.UINT16, u32 = ftypes.UINT32, u64 = ftypes.UINT64,
  i64 = ftypes.INT64, bytes = ftypes.BYTES, text = ftypes.STRING, json = ftypes.STRING,
}
local SIZES = { u32 = 4, u64 = 8, i64 = 8 }

local fields = {}

local function define(key, name, kind, values, about)
  local shown = (key == "magic" or key == "checksum") and base.HEX or base.DEC
  if kind == "bytes" then shown = base.NONE end
  if kind == "text" or kind == "json" then shown = nil end
  fields[key] = ProtoField.new(name, "cafe." .. key, TYPES[kind], values, shown, nil, about)
end

for _, list in ipairs({ HEADER, EXTENSIONS, TRAILERS }) do
  for _, field in ipairs(list) do
    define(field.name, field.name, field.type, field.name == "opcode" and NAMES or nil, field.about)
  end
end
fields.flags = ProtoField.uint16("cafe.flags", "flags", base.HEX)
for _, flag in ipairs(FLAGS) do
  local key = "flags." .. string.lower(flag.name)
  fields[key] = ProtoField.uint16("cafe." .. key, flag.name, base.HEX, nil, flag.bits, flag.about)
end
define("key", "key", "bytes")
define("value", "value", "bytes")

local function define_parts(payload)
  for _, part in ipairs(payload and payload.parts or {}) do
    local kind = part.type
    if TYPES[kind] and not fields[part.name] then define(part.name, part.name, kind) end
  end
end

for _, message in pairs(MESSAGES) do
  define_parts(message.key)
  define_parts(message.value)
  define_parts(message.more)
  define_parts(message.reply)
end
define("password", "password", "bytes")
define("password_len", "password_len", "u16")
define("offer", "offer", "text")
define("keys.len", "key_len", "u16")
define("keys.key", "key", "bytes")
fields.request = ProtoField.bool("cafe.request", "request")
fields.response = ProtoField.bool("cafe.response", "response")
fields.response_in = ProtoField.framenum("cafe.response_in", "response in", base.NONE, frametype.RESPONSE)
fields.response_to = ProtoField.framenum("cafe.response_to", "response to", base.NONE, frametype.REQUEST)
fields.time = ProtoField.relative_time("cafe.time", "time from the request")
fields.skipped = ProtoField.bytes("cafe.skipped", "skipped")

local list = {}
for _, field in pairs(fields) do list[#list + 1] = field end
cafe.fields = list

local function note(key, text, severity)
  return ProtoExpert.new("cafe.expert." .. key, text, expert.group.PROTOCOL, severity)
end

local notes = {
  error = note("error", "the request was refused", expert.severity.WARN),
  magic = note("magic", "the magic is wrong: these bytes are no frame", expert.severity.ERROR),
  reserved = note("reserved", "a reserved flag is set: the end of the frame is not known", expert.severity.ERROR),
  large = note("large", "the length is too large to be one", expert.severity.ERROR),
  checksum = note("checksum", "the checksum is wrong", expert.severity.ERROR),
  opcode = note("opcode", "the opcode is not known", expert.severity.WARN),
  version = note("version", "the version is not known", expert.severity.WARN),
  size = note("size", "the length is not what the message has", expert.severity.WARN),
  flag = note("flag", "the request does not take a flag that it has", expert.severity.WARN),
}
cafe.experts = {
  notes.error, notes.magic, notes.reserved, notes.large, notes.checksum, notes.opcode, notes.version,
  notes.size, notes.flag,
}

-- Numbers

local function has(flags, flag) return bit.band(flags, flag) ~= 0 end

local function unsigned(value) return value < 0 and value + 4294967296 or value end

local crc_table = {}
for index = 0, 255 do
  local value = index
  for _ = 1, 8 do
    local shifted = bit.rshift(value, 1)
    value = bit.band(value, 1) == 1 and bit.bxor(0xedb88320, shifted) or shifted
  end
  crc_table[index] = value
end

local function crc32(bytes)
  local value = -1
  for at = 1, #bytes do
    local index = bit.band(bit.bxor(value, string.byte(bytes, at)), 0xff)
    value = bit.bxor(crc_table[index], bit.rshift(value, 8))
  end
  return unsigned(bit.bnot(value))
end

-- Which response answers which request: found when a capture is read for the first time.

local streams = {}
local exchanges = {}
local stream_of = Field.new("tcp.stream")

function cafe.init()
  streams = {}
  exchanges = {}
end

local function state_of()
  local stream = stream_of()
  local number = stream and stream.value or -1
  streams[number] = streams[number] or { by_id = {}, first = 1, last = 0, queue = {} }
  return streams[number]
end

local function sent(state, request)
  if request.id then
    state.by_id[request.id] = request
  else
    state.last = state.last + 1
    state.queue[state.last] = request
  end
end

-- A quiet request gets no response but an ERR, or an OK to a GET.
local function passed_over(request, name)
  return request.quiet and not (name == "ERR" or (name == "OK" and request.name == "GET"))
end

local function answered(state, id, name, is_last)
  if id then
    local request = state.by_id[id]
    if is_last then state.by_id[id] = nil end
    return request
  end
  while state.queue[state.first] and passed_over(state.queue[state.first], name) do
    state.queue[state.first] = nil
    state.first = state.first + 1
  end
  local request = state.queue[state.first]
  if request and is_last then
    state.queue[state.first] = nil
    state.first = state.first + 1
  end
  return request
end

local function exchange_of(frame, pinfo, key)
  local known = exchanges[key]
  if known then return known end
  local message = frame.message
  local exchange = {}
  local is_part = message and message.name == "PART"
  if not message then
    exchange.request = nil
  elseif message.isRequest and message.reply then
    exchange.request = {
      number = pinfo.number, time = pinfo.rel_ts, id = frame.id, opcode = frame.opcode,
      name = message.name, quiet = has(frame.flags, FLAG.QUIET),
    }
    sent(state_of(), exchange.request)
  elseif message.answers or (not message.isRequest and is_part and frame.id) then
    local is_last = not has(frame.flags, FLAG.MORE)
    exchange.request = answered(state_of(), frame.id, message.name, is_last)
    exchange.time = exchange.request and pinfo.rel_ts - exchange.request.time
    if exchange.request and is_last then exchange.request.response = pinfo.number end
  end
  exchanges[key] = exchange
  return exchange
end
`;
