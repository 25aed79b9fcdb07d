import { script } from './script.js';

/**
 * Stores a new session, unless its key is taken or a mark refuses it.
 * KEYS: session, the marks that could refuse it. ARGV: time, value. Returns 1 or 0.
 */
export const create = script(String.raw`
local now = clock(ARGV[1])
local session = parse(ARGV[2])
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
if refused(2, tonumber(session.created), tonumber(session.iat), now) then return 0 end
local root, _, member = parts(KEYS[1])
write(KEYS[1], session, now)
-- What the broom took away unseen leaves the indexes here, so that they do not grow with every login of a user.
for name in string.gmatch(session.indexes, '%S+') do
  redis.call('ZREMRANGEBYSCORE', root .. 'index:' .. name, '-inf', '(' .. text(now))
end
return 1
`);

/**
 * Replaces what changes in a session, if the stored version is the one before. Let through in a Redis that is full,
 * or refreshed tokens would be lost. KEYS: session. ARGV: time, version, usedAt, expiresAt, content. Returns 1 or 0.
 */
export const update = script(
  String.raw`
local session = stored(KEYS[1])
if not session or tonumber(session.version) ~= tonumber(ARGV[2]) - 1 then return 0 end
session.version, session.used, session.expires, session.content = ARGV[2], ARGV[3], ARGV[4], ARGV[5]
write(KEYS[1], session, clock(ARGV[1]))
return 1
`,
  { replaces: true },
);

/** Notes a use, and never shortens a life. KEYS: session. ARGV: time, usedAt, expiresAt. Returns 1 or 0. */
export const touch = script(
  String.raw`
local session = stored(KEYS[1])
if not session then return 0 end
if tonumber(ARGV[2]) > tonumber(session.used) then session.used = ARGV[2] end
if tonumber(ARGV[3]) > tonumber(session.expires) then session.expires = ARGV[3] end
write(KEYS[1], session, clock(ARGV[1]))
return 1
`,
  { replaces: true },
);

/** All sessions that an index names. KEYS: index. Returns their values. */
export const list = script(String.raw`
local root = parts(KEYS[1])
local values = {}
for _, member in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
  local value = redis.call('GET', root .. 'session:' .. member)
  if value then table.insert(values, value) end
end
return values
`);

/**
 * Sets a mark or raises the one there is, and ends the sessions named that the mark refuses: all that are named, when
 * no mark is asked for. Sessions go before the mark is written, which in a Redis that is full may fail by itself.
 * KEYS: mark, and what names the sessions, if any shall end: a session or an index.
 * ARGV: time, life of the mark (empty: no mark), at, iat (each may be empty), channel, the notice up to its sessions.
 * Returns whether the mark stands (1 or 0), the time, the values of the ended sessions.
 */
export const end = script(String.raw`
local now = clock(ARGV[1])
local life = tonumber(ARGV[2])

local mark
if life then
  mark = { at = math.min(now, tonumber(ARGV[3]) or now), seen = now, till = now + life, iat = tonumber(ARGV[4]) }
  local old = standing(KEYS[1], now)
  if old then
    for _, name in ipairs({ 'at', 'seen', 'till' }) do mark[name] = math.max(mark[name], old[name]) end
    if old.iat then mark.iat = math.max(mark.iat or old.iat, old.iat) end
  end
end

local ended, ids = {}, {}
if KEYS[2] then
  local root, kind, name = parts(KEYS[2])
  local members = kind == 'index' and redis.call('ZRANGE', KEYS[2], 0, -1) or { name }
  for _, member in ipairs(members) do
    local key = root .. 'session:' .. member
    local value = redis.pcall('GET', key)
    local session = type(value) == 'string' and parse(value) or nil
    if session and (not mark or refuses(mark, tonumber(session.created), tonumber(session.iat))) then
      redis.call('DEL', key)
      for index in string.gmatch(session.indexes, '%S+') do redis.call('ZREM', root .. 'index:' .. index, member) end
      table.insert(ended, value)
      table.insert(ids, session.id)
    elseif not session then
      -- Gone by itself; or nobody can read it, and what cannot be read cannot be shown to outlive a logout.
      if value then redis.call('DEL', key) end
      if kind == 'index' then redis.call('ZREM', KEYS[2], member) end
    end
  end
end

local marked = 1
if mark then
  local value = table.concat({ text(mark.at), text(mark.seen), text(mark.till), mark.iat and text(mark.iat) or '-' }, ' ')
  local reply = redis.pcall('SET', KEYS[1], value, 'PX', broom(mark.till - now))
  if reply.err then
    if not string.find(reply.err, 'OOM', 1, true) then return reply end
    marked = 0
  end
end

-- Not to be heard, by whose fault ever, undoes no logout.
if mark or #ended > 0 then redis.pcall('PUBLISH', ARGV[5], ARGV[6] .. table.concat(ids, ',') .. ']}') end
return { marked, text(now), ended }
`);
