// A program of ours in a process of its own: a server that tells its port, and what it says.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace spillway {

/// `spillway serve` on a free port, over fresh data. Killed when destroyed. Used by one thread.
class ServerProcess {
 public:
  /// `options` follow "serve"; `environment` is added to ours. Aborts if it cannot be started.
  ServerProcess(const std::string& binary, std::vector<std::string> options,
                const std::map<std::string, std::string>& environment);
  ~ServerProcess();
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  /// False if it ended, or did not listen within `time`; log() says why.
  bool wait_until_listening(std::chrono::milliseconds time);
  const std::string& url() const { return url_; }
  bool is_running();
  std::uint64_t resident_bytes() const;
  /// Everything it printed so far.
  std::string log() const;
  /// Asks it to end and waits; its exit code, or minus the signal that ended it.
  int stop();
  void kill();

 private:
  void reap(int options);

  std::filesystem::path home_;
  std::string url_;
  pid_t pid_ = -1;
  int status_ = 0;
};

}  // namespace spillway
