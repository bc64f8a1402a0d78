// One client of a soak: posts, reads, replaces and removes, and knows what must be there.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "net/http_transport.h"

namespace spillway {

/// What all clients counted together.
struct SoakCounts {
  std::atomic<std::uint64_t> acknowledged{0}, refused{0}, reads{0}, reads_refused{0}, removals{0};
  std::atomic<std::uint64_t> bytes_in{0}, bytes_out{0};
  std::atomic<std::uint64_t> lost{0}, wrong{0};  ///< must stay 0
};

/// Talks to a server about a session that nobody else writes to. Used by one thread.
class SoakClient {
 public:
  SoakClient(std::string url, std::string session, std::uint64_t seed, SoakCounts& counts);

  /// One post, upload, read or removal.
  void step();
  /// Faults off: everything that was acknowledged is there and identical, and what is there beyond
  /// that is whole.
  void check_all();

 private:
  /// Digests an artifact may have; an empty one: it may be missing.
  using Allowed = std::set<std::string>;
  struct Known {
    std::map<std::string, Allowed> artifacts;
    bool maybe_gone = false;  ///< a removal was not acknowledged
  };

  void post();
  void put();
  void get();
  void remove();
  /// False if the message turned out to be gone, as it may be.
  bool check(const std::string& message, const Known& known, const std::string& artifact,
             bool faults_off);
  void check_unacknowledged();
  void fail(std::atomic<std::uint64_t>& count, const std::string& what);

  Result<HttpResponse> ask(const std::string& method, const std::string& path, std::string body);
  std::string path(const std::string& message, const std::string& artifact = "") const;
  std::size_t pick_size(std::size_t most);
  std::string noise(std::size_t bytes);
  std::map<std::string, Known>::iterator pick_message();

  const std::string url_, session_;
  std::mt19937_64 random_;
  SoakCounts& counts_;
  HttpTransport transport_;
  std::map<std::string, Known> messages_;                   ///< by id
  std::map<std::string, std::vector<std::string>> posted_;  ///< digests, by content
};

}  // namespace spillway
