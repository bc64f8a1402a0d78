// spillway serve: the HTTP server over the stores of this machine.
#include <malloc.h>
#include <sys/resource.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "cli/commands.h"
#include "cli/place.h"
#include "server/server.h"

namespace spillway {
namespace {

/// A file that whoever waits for it never sees half-written.
Result<void> write_port(const std::string& path, std::uint16_t port) {
  const std::string partial = path + ".part";
  {
    std::ofstream file(partial);
    file << port << '\n';
    file.close();
    if (!file) {
      return make_error(Code::permission_denied, "serve", path, "the port cannot be written there");
    }
  }
  std::error_code failure;
  std::filesystem::rename(partial, path, failure);
  if (failure) return make_error(Code::permission_denied, "serve", path, failure.message());
  return ok();
}

std::string url_of(const ServerOptions& options, std::uint16_t port) {
  const bool v6 = options.address.find(':') != std::string::npos;
  return "http://" + (v6 ? "[" + options.address + "]" : options.address) + ":" +
         std::to_string(port);
}

/// A core file would hold credentials, tokens and what users store. A limit of 1 byte, unlike 0,
/// also keeps the kernel from piping one to a program (Linux, fs/coredump.c; see core(5)).
void write_no_core_files() {
  const rlimit nothing{1, 1};
  ::setrlimit(RLIMIT_CORE, &nothing);
}

/// Parts of uploads come and go by the MiB on many threads. Mapped one by one they go back to the
/// system at once; by default glibc soon keeps them, in an arena a thread (mallopt(3)).
void give_memory_back() {
  ::mallopt(M_MMAP_THRESHOLD, 1 << 20);
  ::mallopt(M_ARENA_MAX, 4);
}

}  // namespace

Exit run_serve(const Console& console, const Settings& settings, const ServeOptions& options) {
  write_no_core_files();
  give_memory_back();
  ServerOptions server;
  server.sweep.scope = SweepScope::routine;
  server.sweep.retention_millis = default_retention_millis(settings.stores);
  for (const auto& [name, value] : settings.server) {
    const auto set = set_server_option(server, name, value);
    if (!set) return console.fail(set.error());
  }
  auto stores = open_stores(settings, IfMissing::make);
  if (!stores) return console.fail(stores.error());
  server.on_listening = [&](std::uint16_t port) {
    if (!options.port_file.empty()) {
      const auto written = write_port(options.port_file, port);
      if (!written) console.fail(written.error());
    }
    console.out("listening on " + url_of(server, port));
  };
  const auto served = serve(*stores.value(), server);
  // The drain is over: a second signal must not cut the closing of the stores short.
  std::signal(SIGINT, SIG_IGN);
  std::signal(SIGTERM, SIG_IGN);
  return served ? Exit::ok : console.fail(served.error());
}

}  // namespace spillway
