/**
 * The part of the dissector that is the same whatever the layout: frames.
 *
 * @module
 */

/** Lua behind `DISSECTOR_FIELDS`. */
export const DISSECTOR_FRAMES: string = String.raw`
-- Keys and values

local function add_bytes(tree, field, range)
  if range:len() > 0 then tree:add(field, range) end
end

local function add_keys(tvb, at, finish, tree)
  while at < finish do
    if at + 2 > finish then return false end
    local size = tvb(at, 2):uint()
    if at + 2 + size > finish then return false end
    tree:add(fields["keys.len"], tvb(at, 2))
    if size > 0 then tree:add(fields["keys.key"], tvb(at + 2, size)) end
    at = at + 2 + size
  end
  return true
end

local function add_credentials(tvb, at, finish, tree)
  if at == finish then return true end
  if tvb(at, 1):uint() ~= 0 then
    tree:add(fields.password, tvb(at, finish - at))
    return true
  end
  if at + 3 > finish then return false end
  local size = tvb(at + 1, 2):uint()
  if at + 3 + size > finish then return false end
  tree:add(fields.password_len, tvb(at + 1, 2))
  if size > 0 then tree:add(fields.password, tvb(at + 3, size)) end
  local offer = at + 3 + size
  if offer < finish then
    tree:add_packet_field(fields.offer, tvb(offer, finish - offer), ENC_UTF_8)
  end
  return true
end

local function add_parts(payload, tvb, at, size, tree)
  local finish = at + size
  if size == 0 and payload.optional then return true end
  for _, part in ipairs(payload.parts) do
    local kind = part.type
    if kind == "keys" then return add_keys(tvb, at, finish, tree) end
    if kind == "credentials" then return add_credentials(tvb, at, finish, tree) end
    local length = SIZES[kind] or finish - at
    if at + length > finish then return false end
    local isText = kind == "text" or kind == "json"
    if length > 0 and part.name ~= "key" and part.name ~= "value" then
      if isText then
        tree:add_packet_field(fields[part.name], tvb(at, length), ENC_UTF_8)
      else
        tree:add(fields[part.name], tvb(at, length))
      end
    end
    at = at + length
  end
  return at == finish
end

local function value_payload(frame, request)
  local message = frame.message
  local more = has(frame.flags, FLAG.MORE)
  if not message or has(frame.flags, FLAG.COMPRESSED + FLAG.ENCRYPTED) then return nil end
  if message.name ~= "OK" or more then return more and message.more or message.value end
  return request and MESSAGES[request.opcode].reply
end

local function add_payload(name, payload, tvb, at, size, tree)
  local item = tree
  if size > 0 then item = tree:add(fields[name], tvb(at, size)) end
  if not payload then return end
  if not add_parts(payload, tvb, at, size, item) then item:add_proto_expert_info(notes.size) end
end

-- Frames

local function add_flags(tree, range, frame)
  local names = {}
  local item = tree:add(fields.flags, range)
  for _, flag in ipairs(FLAGS) do
    if has(frame.flags, flag.bits) then names[#names + 1] = flag.name end
    item:add(fields["flags." .. string.lower(flag.name)], range)
  end
  item:append_text(" (" .. (#names > 0 and table.concat(names, ", ") or "none") .. ")")
  local message = frame.message
  if not message or not message.takes then return end
  for _, flag in ipairs({ FLAG.TTL, FLAG.VERSION, FLAG.MORE }) do
    if has(frame.flags, flag) and not has(message.takes, flag) then
      item:add_proto_expert_info(notes.flag)
    end
  end
end

local function read_head(tvb, offset)
  local frame = {
    version = tvb(offset + 2, 1):uint(),
    opcode = tvb(offset + 3, 1):uint(),
    flags = tvb(offset + 4, 2):uint(),
    key_len = tvb(offset + 6, 2):uint(),
    value_len = tvb(offset + 8, 4):uint(),
  }
  frame.message = MESSAGES[frame.opcode]
  local at = HEADER_SIZE
  for _, field in ipairs(EXTENSIONS) do
    if has(frame.flags, field.flag) then at = at + field.size end
  end
  frame.key_at = at
  frame.value_at = at + frame.key_len
  at = frame.value_at + frame.value_len
  for _, field in ipairs(TRAILERS) do
    if has(frame.flags, field.flag) then at = at + field.size end
  end
  frame.size = at
  return frame
end

local function add_head(tvb, offset, tree, frame)
  local at = offset
  for _, field in ipairs(HEADER) do
    local range = tvb(at, field.size)
    if field.name == "flags" then
      add_flags(tree, range, frame)
    else
      local item = tree:add(fields[field.name], range)
      if field.name == "opcode" and not frame.message then item:add_proto_expert_info(notes.opcode) end
      if field.name == "version" and frame.version ~= VERSION then
        item:add_proto_expert_info(notes.version)
      end
    end
    at = at + field.size
  end
  return at
end

local function add_checksum(tvb, offset, at, tree, item)
  local covered = at - offset
  if covered > MAX_CHECKED then
    item:append_text(" (not checked)")
  elseif crc32(tvb:raw(offset, covered)) == tvb(at, 4):uint() then
    item:append_text(" (right)")
  else
    item:append_text(" (wrong)")
    item:add_proto_expert_info(notes.checksum)
  end
end

local function title_of(frame, tvb, offset)
  local name = frame.message and frame.message.name or ("opcode " .. frame.opcode)
  local key = frame.key_len > 0 and tvb:raw(offset + frame.key_at, math.min(frame.key_len, 32))
  if key and not string.find(key, "[^%g]") then name = name .. " " .. key end
  return name .. (frame.id and (", id " .. frame.id) or "")
end

local function dissect_frame(tvb, offset, pinfo, root, frame)
  local tree = root:add(cafe, tvb(offset, frame.size))
  local at = add_head(tvb, offset, tree, frame)
  for _, field in ipairs(EXTENSIONS) do
    if has(frame.flags, field.flag) then
      tree:add(fields[field.name], tvb(at, field.size))
      if field.name == "id" then frame.id = tvb(at, 4):uint() end
      at = at + field.size
    end
  end
  local key = pinfo.number .. ":" .. (tvb:offset() + offset) .. ":" .. frame.size
  local exchange = exchange_of(frame, pinfo, key)
  local request = exchange.request
  local message = frame.message
  add_payload("key", message and message.key, tvb, at, frame.key_len, tree)
  local payload = value_payload(frame, request)
  add_payload("value", payload, tvb, at + frame.key_len, frame.value_len, tree)
  at = at + frame.key_len + frame.value_len
  for _, field in ipairs(TRAILERS) do
    if has(frame.flags, field.flag) then
      local item = tree:add(fields[field.name], tvb(at, field.size))
      if field.name == "checksum" then add_checksum(tvb, offset, at, tree, item) end
      at = at + field.size
    end
  end
  if frame.opcode < 128 then
    tree:add(fields.request, true):set_generated()
    if request and request.response then
      tree:add(fields.response_in, request.response):set_generated()
    end
  else
    tree:add(fields.response, true):set_generated()
    if request then
      tree:add(fields.response_to, request.number):set_generated()
      local seconds = math.floor(exchange.time)
      local rest = math.floor((exchange.time - seconds) * 1e9 + 0.5)
      tree:add(fields.time, NSTime(seconds, rest)):set_generated()
    end
  end
  local title = title_of(frame, tvb, offset)
  tree:append_text(": " .. title)
  if message and message.name == "ERR" then
    local code = frame.key_len > 0 and tvb:raw(offset + frame.key_at, frame.key_len) or ""
    tree:add_proto_expert_info(notes.error, code .. ": " .. (ERRORS[code] or "an unknown code"))
  end
  return title
end

-- Bytes that are no frame, up to the next that seems to be one.
local function skip(tvb, offset, root, why)
  local finish = tvb:len()
  local bytes = tvb:raw(offset, finish - offset)
  local found = string.find(bytes, "\xca\xfe\x01", 2, true)
  local size = found and found - 1 or #bytes
  local tree = root:add(cafe, tvb(offset, size))
  tree:append_text(": damaged")
  tree:add(fields.skipped, tvb(offset, size)):add_proto_expert_info(why)
  return size
end

-- How many bytes are taken, 0 when more must come, and a title.
local function dissect_next(tvb, offset, pinfo, root)
  local left = tvb:len() - offset
  if tvb(offset, 1):uint() ~= 0xca or (left > 1 and tvb(offset, 2):uint() ~= MAGIC) then
    return skip(tvb, offset, root, notes.magic), "damaged"
  end
  if left > 2 and tvb(offset + 2, 1):uint() == JAVA then
    return skip(tvb, offset, root, notes.magic), "damaged"
  end
  if left < HEADER_SIZE then return 0, nil, DESEGMENT_ONE_MORE_SEGMENT end
  local frame = read_head(tvb, offset)
  if has(frame.flags, RESERVED) then
    return skip(tvb, offset, root, notes.reserved), "damaged"
  end
  if frame.size > MAX_FRAME then return skip(tvb, offset, root, notes.large), "damaged" end
  if left < frame.size then return 0, nil, frame.size - left end
  return frame.size, dissect_frame(tvb, offset, pinfo, root, frame)
end

-- Others may have what is not CAFE: RESP has the same port. Of HTTP the server says in CAFE that it is none.
local function is_cafe(tvb)
  local first = tvb:raw(0, math.min(tvb:len(), 256))
  return string.byte(first) == 0xca or string.find(first, "^%u+ %S+ HTTP/%d") ~= nil
end

function cafe.dissector(tvb, pinfo, root)
  if tvb:len() == 0 then return 0 end
  local state = state_of()
  if not state.is_cafe and not is_cafe(tvb) then return 0 end
  state.is_cafe = true
  pinfo.cols.protocol = "CAFE"
  local titles = {}
  local offset = 0
  while offset < tvb:len() do
    local size, title, missing = dissect_next(tvb, offset, pinfo, root)
    if size == 0 then
      pinfo.desegment_offset = offset
      pinfo.desegment_len = missing
      break
    end
    titles[#titles + 1] = title
    offset = offset + size
  end
  if #titles > 0 then pinfo.cols.info = table.concat(titles, "; ") end
  return tvb:len()
end

DissectorTable.get("tcp.port"):add(PORT, cafe)

cafe:register_heuristic("tcp", function(tvb, pinfo, root)
  if tvb:len() < 3 or tvb(0, 2):uint() ~= MAGIC or tvb(2, 1):uint() ~= VERSION then return false end
  pinfo.conversation = cafe
  cafe.dissector(tvb, pinfo, root)
  return true
end)
`;
