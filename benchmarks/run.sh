#!/usr/bin/env bash
# Measures what docs/benchmarks.md reports, with nothing but the command weir, curl and /proc.
#
#   benchmarks/run.sh start [N]   seconds from the command to a warehouse that is ready: one cold start, then N warm ones
#   benchmarks/run.sh idle        memory of a warehouse that has nothing to do, a minute after it is ready
#   benchmarks/run.sh demo        how long ./weir demo takes with everything built, and whether its checks held
#   benchmarks/run.sh             all of them
#
# Each line of figures is a row of the page's tables. Everything is measured in a home of its own, which is removed.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
weir="$root/weir"
readonly START_LIMIT_SECONDS=120
readonly IDLE_SECONDS=60

work="$(mktemp -d)"
server=""

stop() {
  if [ -n "$server" ]; then
    kill "$server" 2> /dev/null || true
    wait "$server" 2> /dev/null || true
    server=""
  fi
}

finish() {
  stop
  rm -rf "$work"
}
trap finish EXIT

fail() {
  echo "benchmarks: $*" >&2
  exit 1
}

now() {
  date +%s%3N
}

seconds() {
  printf '%d.%01d' "$(($1 / 1000))" "$(($1 % 1000 / 100))"
}

address() {
  sed -n 's/.*"http" : "\([^"]*\)".*/\1/p' "$1/weirhouse.address" 2> /dev/null || true
}

# Starts a warehouse in a home, on ports that are free, and waits until /ready says 200; "took" is how long, in ms.
start() {
  local home="$1" log="$work/up.log" began http=""
  began="$(now)"
  WEIR_HOME="$home" "$weir" up --set http.port=0 --set flight.port=0 --set metastore.port=0 --set cluster.ui.port=0 \
    > "$log" 2>&1 &
  server=$!
  while true; do
    http="$(address "$home")"
    if [ -n "$http" ] && curl -fs -o "$work/ready" "$http/ready"; then
      break
    fi
    kill -0 "$server" 2> /dev/null || { cat "$log" >&2; fail "the warehouse ended while it started"; }
    [ "$(($(now) - began))" -lt "$((START_LIMIT_SECONDS * 1000))" ] || { cat "$log" >&2; fail "not ready in time"; }
    sleep 0.05
  done
  took="$(($(now) - began))"
}

resident_mb() {
  awk '/^VmRSS:/ { print int($2 / 1024) }' "/proc/$1/status"
}

measure_start() {
  local home="$work/start" times=() i
  start "$home"
  stop
  echo "| cold start, the home is made | $(seconds "$took") s |"
  for ((i = 0; i < ${1:-5}; i++)); do
    start "$home"
    stop
    times+=("$took")
  done
  mapfile -t times < <(printf '%s\n' "${times[@]}" | sort -n)
  echo "| warm start, the median of ${#times[@]} | $(seconds "${times[$((${#times[@]} / 2))]}") s |"
  echo "| warm start, the slowest of ${#times[@]} | $(seconds "${times[-1]}") s |"
}

measure_idle() {
  start "$work/idle"
  echo "| resident memory when ready | $(resident_mb "$server") MB |"
  sleep "$IDLE_SECONDS"
  echo "| resident memory after $IDLE_SECONDS s of nothing | $(resident_mb "$server") MB |"
  stop
}

measure_demo() {
  local began status=0 log="$work/demo.log"
  began="$(now)"
  WEIR_HOME="$work/demo" "$weir" demo > "$log" 2>&1 < /dev/null || status=$?
  echo "| \`./weir demo\`, exit status $status | $(seconds "$(($(now) - began))") s |"
  [ "$status" -eq 0 ] || { tail -n 40 "$log" >&2; return "$status"; }
}

# A build in the middle of a measurement would be measured as well.
"$weir" --version > /dev/null

case "${1:-all}" in
  start) measure_start "${2:-5}" ;;
  idle) measure_idle ;;
  demo) measure_demo ;;
  all)
    measure_start 5
    measure_idle
    measure_demo
    ;;
  *) fail "there is no measurement '$1': start, idle or demo" ;;
esac
