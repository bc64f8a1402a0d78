// kill -9 at any moment of a save: what was acknowledged is whole, what was not is whole or absent,
// and a sweep leaves nothing behind.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <random>
#include <set>
#include <sstream>

#include "base/digest.h"
#include "base/random.h"
#include "spillway/spillway.h"

namespace spillway {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kills_default = 200;
/// The long form would fill the disk otherwise, and each start looks at every ledger row.
constexpr std::size_t kills_between_sweeps = 250;
constexpr std::chrono::seconds silence_max{60};

Deadline soon() { return Deadline::after(std::chrono::seconds(60)); }

/// crash_driver in a process of its own, and what it says.
class Driver {
 public:
  Driver(const ItemsConfig& config, const std::string& session) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) std::abort();
    pid_ = ::fork();
    if (pid_ == 0) {
      ::dup2(ends[1], STDOUT_FILENO);
      ::execl(SPILLWAY_CRASH_DRIVER, "crash_driver", config.items_url.c_str(),
              config.objects_url.c_str(), session.c_str(), nullptr);
      ::_exit(127);
    }
    ::close(ends[1]);
    output_ = ends[0];
  }
  ~Driver() {
    if (pid_ > 0) kill();
    ::close(output_);
  }
  Driver(const Driver&) = delete;
  Driver& operator=(const Driver&) = delete;

  /// Lines that arrive within `time`, at most `lines_max`; fewer when the time is over.
  void listen(std::chrono::microseconds time, std::size_t lines_max) {
    const auto end = Clock::now() + time;
    for (std::size_t wanted = lines_.size() + lines_max; lines_.size() < wanted;) {
      const auto left = std::chrono::duration_cast<std::chrono::nanoseconds>(end - Clock::now());
      if (left.count() <= 0) return;
      const timespec wait{left.count() / 1'000'000'000, left.count() % 1'000'000'000};
      pollfd ready{output_, POLLIN, 0};
      if (::ppoll(&ready, 1, &wait, nullptr) <= 0 || !take()) return;
    }
  }

  /// kill -9, then everything it had still said. Its wait status: SIGKILL, or how it ended before.
  int kill() {
    ::kill(pid_, SIGKILL);
    int status = 0;
    ::waitpid(pid_, &status, 0);
    pid_ = -1;
    while (take()) {
    }
    return status;
  }

  const std::vector<std::string>& lines() const { return lines_; }

 private:
  bool take() {
    char buffer[4096];
    const ssize_t n = ::read(output_, buffer, sizeof buffer);
    if (n <= 0) return false;
    for (const char c : std::string_view(buffer, static_cast<std::size_t>(n))) {
      if (c != '\n') {
        partial_ += c;
        continue;
      }
      lines_.push_back(std::move(partial_));
      partial_.clear();
    }
    return true;
  }

  pid_t pid_ = -1;
  int output_ = -1;
  std::string partial_;
  std::vector<std::string> lines_;
};

/// What must be there after a run, read from what the driver said.
struct Expected {
  std::map<std::string, std::string> extra;  ///< message -> SHA-256 of "extra", or empty
  // The step that was begun and not acknowledged: it happened wholly or not at all.
  std::string pending, pending_message, pending_sha;

  explicit Expected(const std::vector<std::string>& lines) {
    for (const std::string& line : lines) {
      std::istringstream words(line);
      std::string verb, step, message, sha;
      words >> verb >> step >> message >> sha;
      if (verb == "begin") {
        pending = step;
        pending_message = message;
        pending_sha = sha;
      } else if (verb == "done") {
        if (step == "post") extra[message] = "";
        if (step == "put") extra[pending_message] = pending_sha;
        if (step == "remove") extra.erase(pending_message);
        pending.clear();
      }
    }
  }
};

class Crash : public testing::Test {
 protected:
  /// Embedded stores in a fresh folder, or fresh stores elsewhere that the environment names.
  Crash()
      : folder_(std::filesystem::temp_directory_path() / ("spillway-crash-" + random_id())),
        config_(embedded_config(folder_.string())) {
    const char* items = std::getenv("SPILLWAY_CRASH_ITEMS");
    const char* objects = std::getenv("SPILLWAY_CRASH_OBJECTS");
    if (items != nullptr) config_.items_url = items;
    if (objects != nullptr) config_.objects_url = objects;
  }
  ~Crash() override { std::filesystem::remove_all(folder_); }

  static int kills() {
    const char* asked = std::getenv("SPILLWAY_CRASH_KILLS");
    return asked ? std::atoi(asked) : kills_default;
  }

  std::chrono::microseconds up_to(std::chrono::microseconds most) {
    return std::chrono::microseconds(
        std::uniform_int_distribution<std::int64_t>(0, most.count())(random_));
  }

  /// Runs the driver and kills it: now and then while it opens, else after some steps and within
  /// the next one, whose usual duration is measured as it goes.
  std::vector<std::string> run_and_kill(const std::string& session) {
    Driver driver(config_, session);
    const auto start = Clock::now();
    if (std::uniform_int_distribution<int>(0, 9)(random_) == 0) {
      driver.listen(up_to(opening_), 1);
    } else {
      driver.listen(silence_max, 1);
      opening_ = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - start);
      const std::size_t lines = std::uniform_int_distribution<std::size_t>(0, 9)(random_);
      const auto begun = Clock::now();
      if (lines > 0) driver.listen(silence_max, lines);
      const auto took = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - begun);
      if (lines > 0) step_ = std::max<std::chrono::microseconds>(took / lines * 2, step_min_);
      driver.listen(up_to(step_), std::numeric_limits<std::size_t>::max() / 2);
    }
    const int status = driver.kill();
    EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
        << "the driver ended by itself, with wait status " << status;
    return driver.lines();
  }

  std::string fetch_sha(Sessions& sessions, const Message& message, const ArtifactInfo& artifact) {
    const auto located = sessions.locate(message.session, message.id, artifact.id, soon());
    if (!located) return describe(located.error());
    const auto source = sessions.open_artifact(located.value(), std::nullopt, soon());
    if (!source) return describe(source.error());
    const auto bytes = read_all(*source.value(), 1 << 20);
    return bytes ? to_hex(sha256(bytes.value())) : describe(bytes.error());
  }

  /// Every message that is there is whole; every one that must be there is.
  void check(Sessions& sessions, const std::string& session, const Expected& expected) {
    MessageQuery query;
    query.limit = 200;
    const auto page = sessions.messages(session, query, soon());
    if (!page) {
      EXPECT_EQ(page.error().code, Code::not_found) << describe(page.error());
      EXPECT_TRUE(expected.extra.empty() ||
                  (expected.pending == "remove" && expected.extra.size() == 1));
      return;
    }
    std::set<std::string> seen;
    std::size_t unacknowledged = 0;
    for (const Message& message : page.value().messages) {
      seen.insert(message.id);
      if (!expected.extra.contains(message.id)) ++unacknowledged;
      check_message(sessions, message, expected);
    }
    const bool could_be = expected.pending == "post" || expected.pending == "remove";
    EXPECT_LE(unacknowledged, could_be ? 1u : 0u);
    for (const auto& [id, sha] : expected.extra) {
      const bool may_be_gone = expected.pending == "remove" && expected.pending_message == id;
      EXPECT_TRUE(seen.contains(id) || may_be_gone) << "acknowledged, but lost: " << id;
    }
  }

  void check_message(Sessions& sessions, const Message& message, const Expected& expected) {
    std::istringstream promised(message.content);
    for (std::size_t i = 0; i < 3; ++i) {
      std::string sha;
      promised >> sha;
      ASSERT_LT(i, message.artifacts.size());
      EXPECT_EQ(fetch_sha(sessions, message, message.artifacts[i]), sha) << message.id;
    }
    const auto acknowledged = expected.extra.find(message.id);
    std::set<std::string> allowed{acknowledged == expected.extra.end() ? "" : acknowledged->second};
    if (expected.pending == "put" && expected.pending_message == message.id) {
      allowed.insert(expected.pending_sha);
    }
    ASSERT_LE(message.artifacts.size(), 4u);
    const std::string extra =
        message.artifacts.size() < 4 ? "" : fetch_sha(sessions, message, message.artifacts[3]);
    EXPECT_TRUE(allowed.contains(extra)) << message.id << ": " << extra;
  }

  void remove_and_sweep(const std::vector<std::string>& sessions);

  std::filesystem::path folder_;
  ItemsConfig config_;
  std::mt19937 random_{std::random_device{}()};
  const std::chrono::microseconds step_min_{2'000};
  std::chrono::microseconds opening_{50'000}, step_{50'000};
};

/// Everything is whole; once it is removed, a sweep leaves nothing of it.
void Crash::remove_and_sweep(const std::vector<std::string>& sessions) {
  auto opened = Spillway::open(config_);
  ASSERT_TRUE(opened) << describe(opened.error());
  Spillway& spillway = *opened.value();
  const auto before = spillway.items().fsck({.read_objects = true}, Deadline::never());
  ASSERT_TRUE(before) << describe(before.error());
  EXPECT_TRUE(before.value().problems.empty()) << before.value().problems.front();
  for (const std::string& session : sessions) {
    const auto removed = spillway.sessions().remove_session(session, soon());
    EXPECT_TRUE(removed || removed.error().code == Code::not_found);
  }
  SweepOptions at_once;
  at_once.fence_age_millis = at_once.retention_millis = 0;
  const auto swept = spillway.sessions().sweep(at_once, Deadline::never());
  ASSERT_TRUE(swept) << describe(swept.error());
  EXPECT_TRUE(swept.value().undecided.empty()) << swept.value().undecided.front();
  const auto after = spillway.items().fsck({.read_objects = true}, Deadline::never());
  ASSERT_TRUE(after) << describe(after.error());
  EXPECT_EQ(after.value().objects, 0u);
  EXPECT_EQ(after.value().references, 0u);
  EXPECT_TRUE(after.value().problems.empty());
  const auto again = spillway.sessions().sweep(at_once, Deadline::never());
  ASSERT_TRUE(again) << describe(again.error());
  EXPECT_EQ(again.value().rows_seen, 0u) << "ledger rows are left";
  EXPECT_EQ(again.value().objects_seen, 0u);
  if (!std::filesystem::exists(folder_)) return;  // the stores are elsewhere
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_ / "objects")) {
    EXPECT_FALSE(entry.is_regular_file()) << "left behind: " << entry.path();
  }
}

TEST_F(Crash, NothingAcknowledgedIsLostNothingHalfIsKeptAndASweepLeavesNothing) {
  std::map<std::string, int> killed_in;
  std::vector<std::string> sessions;
  for (int i = 0; i < kills() && !HasFailure(); ++i) {
    sessions.push_back("run-" + std::to_string(i));
    const auto lines = run_and_kill(sessions.back());
    const Expected expected(lines);
    ++killed_in[lines.empty()              ? "opening"
                : expected.pending.empty() ? "between"
                                           : expected.pending];
    auto opened = Spillway::open(config_);
    ASSERT_TRUE(opened) << describe(opened.error());
    check(opened.value()->sessions(), sessions.back(), expected);
    if (sessions.size() < kills_between_sweeps) continue;
    opened.value().reset();
    remove_and_sweep(sessions);
    sessions.clear();
  }
  remove_and_sweep(sessions);
  for (const auto& [step, times] : killed_in) {
    std::cout << "killed in " << step << ": " << times << " times\n";
  }
}

}  // namespace
}  // namespace spillway
