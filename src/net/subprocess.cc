// Running a profile's credential_process.
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>

#include "net/credential_sources.h"

namespace spillway {
namespace {

Error failed(Code code, const char* why) {
  return make_error(code, "net.credentials", "credential_process", why);
}

int poll_millis(Deadline deadline) {
  if (deadline.at() == Deadline::never().at()) return -1;
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
      deadline.at() - std::chrono::steady_clock::now());
  return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 3'600'000));
}

/// Reads to the end of the pipe.
Result<std::string> drain(int pipe, Deadline deadline) {
  std::string output;
  char buffer[4096];
  for (;;) {
    pollfd ready{pipe, POLLIN, 0};
    if (poll(&ready, 1, poll_millis(deadline)) == 0) {
      return failed(Code::timeout, "it did not finish in time");
    }
    const ssize_t n = read(pipe, buffer, sizeof buffer);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return output;
    output.append(buffer, static_cast<std::size_t>(n));
    if (output.size() > credential_answer_bytes_max) {
      return failed(Code::too_large, "it printed more than 64 KiB");
    }
  }
}

}  // namespace

Result<std::string> output_of(const std::string& command, Deadline deadline) {
  int pipe_ends[2];
  if (pipe2(pipe_ends, O_CLOEXEC) != 0) return failed(Code::unavailable, "no pipe can be made");
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, pipe_ends[1], STDOUT_FILENO);
  std::string shell = "sh", option = "-c", text = command;
  char* arguments[] = {shell.data(), option.data(), text.data(), nullptr};
  pid_t pid = 0;
  const int spawned = posix_spawn(&pid, "/bin/sh", &actions, nullptr, arguments, environ);
  posix_spawn_file_actions_destroy(&actions);
  close(pipe_ends[1]);
  if (spawned != 0) {
    close(pipe_ends[0]);
    return failed(Code::unavailable, "it cannot be started");
  }
  Result<std::string> output = drain(pipe_ends[0], deadline);
  close(pipe_ends[0]);
  if (output.has_error()) kill(pid, SIGKILL);
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (output.has_error()) return output;
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    return failed(Code::permission_denied, "it ended with an error");
  }
  return output;
}

}  // namespace spillway
