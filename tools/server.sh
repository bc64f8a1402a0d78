# Starting and stopping a server of ours on a free port. Sourced by ./dev.
server_pid=
server_url=

port_is_free() { ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# start_server BINARY DATA LOG FIRST_PORT: sets server_pid and server_url once the server is ready.
# DATA empty: the environment says where the stores are.
start_server() {
  local binary=$1 data=$2 log=$3 port=$4 tries
  for tries in 1 2 3; do  # another process may take the port between the look and the start
    until port_is_free "$port"; do port=$((port + 1)); done
    server_url=http://127.0.0.1:$port
    # In a session of its own, so that Ctrl-C reaches it only as our request to drain.
    setsid "$binary" serve --listen "127.0.0.1:$port" ${data:+--data "$data"} >"$log" 2>&1 &
    server_pid=$!
    if wait_until_ready; then return; fi
    stop_server || true
    port=$((port + 1))
  done
  tail -n 20 "$log" >&2
  echo "the server did not start (attempt $tries); its log is $log" >&2
  return 1
}

wait_until_ready() {
  local tenths
  for ((tenths = 0; tenths < 300; tenths++)); do
    kill -0 "$server_pid" 2>/dev/null || return 1
    if curl -fs -o /dev/null "$server_url/readyz"; then return 0; fi
    sleep 0.1
  done
  return 1
}

# Asks the server to drain, and waits for it. Its exit code is ours: 0 when it ended well.
stop_server() {
  local pid=$server_pid
  server_pid=
  if [ -z "$pid" ]; then return; fi
  kill -TERM "$pid" 2>/dev/null || true
  wait "$pid"
}
