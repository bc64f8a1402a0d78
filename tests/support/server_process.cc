// Starting, watching and ending a server's process.
#include "support/server_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>

extern char** environ;

namespace spillway {
namespace {

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (std::string& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

std::vector<std::string> environment_with(const std::map<std::string, std::string>& more) {
  std::vector<std::string> all;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    if (!more.contains(text.substr(0, text.find('=')))) all.push_back(text);
  }
  for (const auto& [name, value] : more) all.push_back(name + "=" + value);
  return all;
}

}  // namespace

ServerProcess::ServerProcess(const std::string& binary, std::vector<std::string> options,
                             const std::map<std::string, std::string>& environment) {
  std::string name = (std::filesystem::temp_directory_path() / "spillway-server-XXXXXX").string();
  home_ = ::mkdtemp(name.data());
  std::vector<std::string> arguments{binary,        "serve",       "--listen",
                                     "127.0.0.1:0", "--port-file", home_ / "port"};
  arguments.insert(arguments.end(), options.begin(), options.end());
  std::vector<std::string> variables = environment_with(environment);
  const auto argv = pointers(arguments), envp = pointers(variables);
  const std::string log = home_ / "log";
  pid_ = ::fork();
  if (pid_ < 0) std::abort();
  if (pid_ == 0) {  // only what is safe after a fork of a process with threads
    const int out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    ::dup2(out, STDOUT_FILENO);
    ::dup2(out, STDERR_FILENO);
    ::execve(argv[0], argv.data(), envp.data());
    ::_exit(127);
  }
}

ServerProcess::~ServerProcess() {
  kill();
  std::error_code ignored;
  std::filesystem::remove_all(home_, ignored);
}

void ServerProcess::reap(int options) {
  if (pid_ > 0 && ::waitpid(pid_, &status_, options) == pid_) pid_ = -1;
}

bool ServerProcess::is_running() {
  reap(WNOHANG);
  return pid_ > 0;
}

bool ServerProcess::wait_until_listening(std::chrono::milliseconds time) {
  const auto end = std::chrono::steady_clock::now() + time;
  while (is_running() && std::chrono::steady_clock::now() < end) {
    const std::string port = read_file(home_ / "port");
    if (!port.empty()) {
      url_ = "http://127.0.0.1:" + port.substr(0, port.find('\n'));
      return true;
    }
    ::poll(nullptr, 0, 10);
  }
  return false;
}

std::uint64_t ServerProcess::resident_bytes() const {
  std::istringstream pages(read_file("/proc/" + std::to_string(pid_) + "/statm"));
  std::uint64_t size = 0, resident = 0;
  pages >> size >> resident;
  return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

std::string ServerProcess::log() const { return read_file(home_ / "log"); }

int ServerProcess::stop() {
  if (pid_ > 0) ::kill(pid_, SIGTERM);
  reap(0);
  return WIFEXITED(status_) ? WEXITSTATUS(status_) : -WTERMSIG(status_);
}

void ServerProcess::kill() {
  if (pid_ > 0) ::kill(pid_, SIGKILL);
  reap(0);
}

}  // namespace spillway
