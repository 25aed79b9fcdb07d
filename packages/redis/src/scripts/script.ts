import { createHash } from 'node:crypto';

/** A Lua script, and the name that Redis keeps it under. */
export interface Script {
  readonly text: string;
  readonly sha: string;
}

/** Puts what all scripts share before one. `replaces`: it adds nothing, so it runs in a Redis that is full too. */
export function script(body: string, { replaces = false } = {}): Script {
  const text = `${replaces ? '#!lua flags=allow-oom\n' : ''}${shared}${body}`;
  return { text, sha: createHash('sha1').update(text).digest('hex') };
}

/*
 * What a script may touch: the keys in KEYS, and session and index keys that it learns inside. Those bear the hash tag
 * of KEYS, since they are built from one of them by replacing what stands after the tag, so they lie in its slot.
 * Values come through ARGV alone. Times are milliseconds.
 */
const shared = String.raw`
-- The time by this server's clock; a test gives its own.
local function clock(given)
  if given ~= '' then return tonumber(given) end
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

-- A number as text that reads back the same.
local function text(number)
  return string.format('%.17g', number)
end

-- For how long Redis keeps what ends in so many milliseconds. Its own expiry is only the broom: the time in the value
-- decides, and the broom comes twice as late.
local function broom(life)
  return string.format('%.0f', math.max(1, math.ceil(2 * life)))
end

-- A key of this client as the part before its kind, its kind, and the hash of what it names.
local function parts(key)
  return string.match(key, '^(.*:)(%a+):([%w_-]+)$')
end

-- Enters a member into a sorted set by the time of its end, and lets the set live as long as its longest member.
local function enter(set, member, till, now)
  redis.call('ZADD', set, text(till), member)
  local life = string.format('%.0f', math.max(1, math.ceil(till - now)))
  if redis.call('PTTL', set) < tonumber(life) then redis.call('PEXPIRE', set, life) end
end

-- A session as record.ts writes it; nil when the value is none.
local function parse(value)
  local version, used, expires, created, iat, indexes, id, fixed, content =
    string.match(value, '^(%S+) (%S+) (%S+) (%S+) (%S+)\n([^\n]*)\n([^\n]*)\n([^\n]*)\n(.*)$')
  if not content then return nil end
  for _, number in ipairs({ version, used, expires, created, iat }) do
    if not tonumber(number) then return nil end
  end
  return { version = version, used = used, expires = expires, created = created, iat = iat,
           indexes = indexes, id = id, fixed = fixed, content = content }
end

-- Writes a session, for as long again as it has to live since its last use: so core sees it expired, and says so.
-- The indexes that name it live as long as it does.
local function write(key, session, now)
  local expires, used = tonumber(session.expires), tonumber(session.used)
  local till = math.max(expires, 2 * expires - used)
  local head = table.concat({ session.version, session.used, session.expires, session.created, session.iat }, ' ')
  local value = table.concat({ head, session.indexes, session.id, session.fixed, session.content }, '\n')
  redis.call('SET', key, value, 'PX', string.format('%.0f', math.max(1, math.ceil(till - now))))
  local root, _, member = parts(key)
  for name in string.gmatch(session.indexes, '%S+') do
    enter(root .. 'index:' .. name, member, till, now)
  end
end

-- The stored session; nil when there is none.
local function stored(key)
  local value = redis.call('GET', key)
  if not value then return nil end
  return parse(value) or error('a session key holds what is no session')
end

-- The mark that stands under a key; nil when there is none, or its time is over.
local function standing(key, now)
  local value = redis.call('GET', key)
  if not value then return nil end
  local at, seen, till, iat = string.match(value, '^(%S+) (%S+) (%S+) (%S+)$')
  local mark = { at = tonumber(at), seen = tonumber(seen), till = tonumber(till), iat = tonumber(iat) }
  if not (mark.at and mark.seen and mark.till) then error('a mark key holds what is no mark') end
  return mark.till >= now and mark or nil
end

-- [RULE 3.2] Whether a mark refuses a login that began at this time, with an ID token of this iat.
local function refuses(mark, created, iat)
  if created <= mark.at then return true end
  return mark.iat ~= nil and created <= mark.seen and iat < mark.iat
end

-- Whether any of the marks under the keys from this one on refuses it.
local function refused(first, created, iat, now)
  for n = first, #KEYS do
    local mark = standing(KEYS[n], now)
    if mark and refuses(mark, created, iat) then return true end
  end
  return false
end
`;
