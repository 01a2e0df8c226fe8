-- What wrk sends in the load benches: requests of a file, one a line, each once round or for ever.
-- wrk -s load.lua URL -- FILE once|round [milliseconds between two requests of a connection]
-- A line: METHOD <tab> path <tab> headers as Name:value with | between <tab> body (without tabs and line ends).
-- Tells afterwards how often each status was answered, and how often a refusal came without Retry-After.

local ffi = require("ffi")
ffi.cdef("typedef struct { long s; long us; } wg_time; int gettimeofday(wg_time *t, void *zone);")
local clock = ffi.new("wg_time")

local function now()
  ffi.C.gettimeofday(clock, nil)
  return tonumber(clock.s) * 1e6 + tonumber(clock.us)
end

local threads = {}

function setup(thread)
  thread:set("number", #threads)
  table.insert(threads, thread)
  for _, each in ipairs(threads) do each:set("all", #threads) end
end

local lines, place, once, pause = {}, 0, false, 0
counts, bare, first, last = {}, 0, 0, 0

local function built(line)
  local method, path, head, body = line:match("([^\t]*)\t([^\t]*)\t([^\t]*)\t(.*)")
  local headers = {["Host"] = wrk.headers["Host"]}
  for name, value in head:gmatch("([^:|]+):([^|]*)") do headers[name] = value end
  return wrk.format(method, path, headers, body ~= "" and body or nil)
end

function init(args)
  once, pause = args[2] == "once", tonumber(args[3] or "0")
  first, last = now(), now()
  if pause > 0 then delay = function() return pause end end
  local at = 0
  for line in io.lines(args[1]) do
    if at % all == number then table.insert(lines, built(line)) end
    at = at + 1
  end
  place = once and 0 or math.floor(#lines / 2 * number / all)
end

function request()
  place = place + 1
  if place > #lines then
    if once then
      wrk.thread:stop()
      place = #lines
    else
      place = 1
    end
  end
  return lines[place]
end

function response(status, headers)
  last = now()
  counts[status] = (counts[status] or 0) + 1
  if (status == 503 or status == 429) and not headers["retry-after"] then bare = bare + 1 end
end

function done(summary, latency)
  local seen, without, took = {}, 0, 0
  for _, thread in ipairs(threads) do
    for status, count in pairs(thread:get("counts")) do seen[status] = (seen[status] or 0) + count end
    without = without + thread:get("bare")
    took = math.max(took, thread:get("last") - thread:get("first"))
  end
  local parts = {}
  for status, count in pairs(seen) do table.insert(parts, string.format('"%d": %d', status, count)) end
  io.write(string.format('\nJSON {"requests": %d, "microseconds": %d, "p50": %d, "p99": %d, "max": %d, ' ..
    '"errors": %d, "bare": %d, "statuses": {%s}}\n', summary.requests, took, latency:percentile(50),
    latency:percentile(99), latency.max, summary.errors.connect + summary.errors.read + summary.errors.write +
    summary.errors.timeout, without, table.concat(parts, ", ")))
end
