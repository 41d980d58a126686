-- What the load generator sends: nine reads of documents for each write, with a key, at most so many a second in all.
-- Environment: KEY, RATE (requests a second over all connections; 0: as fast as it goes), CONNECTIONS, DOCUMENTS.
local key = os.getenv("KEY")
local rate = tonumber(os.getenv("RATE") or "0")
local connections = tonumber(os.getenv("CONNECTIONS"))
local documents = tonumber(os.getenv("DOCUMENTS"))
local words = "Registered nurse with six years of intensive care, ventilation and documentation. "
local counts = {}
local threads = {}

function setup(thread)
  table.insert(threads, thread)
end

function init(args)
  math.randomseed(os.time())
  wrk.headers["Authorization"] = "Bearer " .. key
end

function delay()
  if rate == 0 then return 0 end
  -- On the average each connection sends once in connections / rate seconds, and they do not march in step.
  return math.floor(2000 * math.random() * connections / rate)
end

function request()
  local id = math.random(documents)
  if math.random(10) == 1 then
    local body = '{"text": "' .. string.rep(words, 10) .. id .. '"}'
    wrk.headers["Content-Type"] = "application/json"
    return wrk.format("PUT", "/api/v1/resumes/door-" .. id, nil, body)
  end
  return wrk.format("GET", "/api/v1/resumes/door-" .. id)
end

function response(status, headers, body)
  counts[status] = (counts[status] or 0) + 1
  answered = ""
  for code, count in pairs(counts) do answered = answered .. code .. "=" .. count .. " " end
end

function done(summary, latency, requests)
  io.write("statuses: ")
  for _, thread in ipairs(threads) do io.write(thread:get("answered") or "") end
  io.write(string.format(
    "\nfigures: requests=%d seconds=%.3f p50_ms=%.2f p99_ms=%.2f max_ms=%.2f connect=%d read=%d write=%d timeout=%d\n",
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    latency.max / 1000, summary.errors.connect, summary.errors.read, summary.errors.write, summary.errors.timeout))
end
