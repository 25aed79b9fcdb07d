import { script } from './script.js';

/**
 * Whether a mark refuses a session, and since when marks have been kept; the first to ask begins that.
 * KEYS: epoch, the marks that could refuse it. ARGV: time, createdAt, iat. Returns 1 or 0, the epoch.
 */
export const isMarked = script(String.raw`
local now = clock(ARGV[1])
local epoch = redis.call('GET', KEYS[1])
if not epoch then
  epoch = text(now)
  redis.call('SET', KEYS[1], epoch)
end
return { refused(2, tonumber(ARGV[2]), tonumber(ARGV[3]), now) and 1 or 0, epoch }
`);

/**
 * Claims a use, which is counted in some sets of uses, each with a bound of its own.
 * KEYS: use, the sets. ARGV: time, life, 1 if the oldest gives way at a bound, the bounds of the sets.
 * Returns 1 for the first, 0 for others, -1 when a bound is reached.
 */
export const firstUse = script(String.raw`
local now = clock(ARGV[1])
local till = now + tonumber(ARGV[2])
local claimed = redis.call('GET', KEYS[1])
if claimed and tonumber(claimed) >= now then return 0 end
local root, kind, name = parts(KEYS[1])
for n = 2, #KEYS do
  if redis.call('ZCOUNT', KEYS[n], text(now), '+inf') >= tonumber(ARGV[n + 2]) then
    if ARGV[3] ~= '1' then return -1 end
    redis.call('ZREMRANGEBYSCORE', KEYS[n], '-inf', '(' .. text(now))
    redis.call('DEL', root .. kind .. ':' .. redis.call('ZPOPMIN', KEYS[n])[1])
  end
end
-- Before anything else is written, since Redis says only then that it has no room left.
redis.call('SET', KEYS[1], text(till), 'PX', broom(till - now))
for n = 2, #KEYS do
  redis.call('ZREMRANGEBYSCORE', KEYS[n], '-inf', '(' .. text(now))
  enter(KEYS[n], name, till, now)
end
return 1
`);

/** Keeps a text after the time of its end. KEYS: kept. ARGV: time, life, text. */
export const keep = script(String.raw`
local life = tonumber(ARGV[2])
redis.call('SET', KEYS[1], text(clock(ARGV[1]) + life) .. ' ' .. ARGV[3], 'PX', broom(life))
return 1
`);

/** Takes a lock for a holder. KEYS: lock. ARGV: time, life, holder. Returns 1, or 0 while another has it. */
export const lock = script(String.raw`
local now = clock(ARGV[1])
local life = tonumber(ARGV[2])
local held = redis.call('GET', KEYS[1])
if held and (tonumber(string.match(held, '^(%S+) ')) or 0) >= now then return 0 end
redis.call('SET', KEYS[1], text(now + life) .. ' ' .. ARGV[3], 'PX', broom(life))
return 1
`);

/** Frees a lock, if this holder has it. KEYS: lock. ARGV: holder. */
export const release = script(String.raw`
local held = redis.call('GET', KEYS[1])
if held and string.match(held, ' (.*)$') == ARGV[1] then redis.call('DEL', KEYS[1]) end
return 1
`);
