// kill -9 in the midst of acknowledged writes: none of them is lost.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <thread>
#include <vector>

#include "unit/item/embedded_fixture.h"

namespace spillway {
namespace {

constexpr int threads = 4;

struct Acknowledged {
  int thread;
  int n;
};

class EmbeddedCrash : public EmbeddedStoreTest {
 protected:
  /// In the child: each thread writes 0, 1, 2, … and reports each write once it is acknowledged.
  [[noreturn]] void write_for_ever(int report, int round) {
    open();
    std::vector<std::thread> writers;
    for (int t = 0; t < threads; ++t) {
      writers.emplace_back([this, report, round, t] {
        for (int n = 0;; ++n) {
          const std::string key =
              std::to_string(round) + "/" + std::to_string(t) + "/" + std::to_string(n);
          if (!put(item(key, std::string(static_cast<std::size_t>(n % 50) * 400, 'x')))) ::_exit(1);
          const Acknowledged done{t, n};
          if (::write(report, &done, sizeof done) != sizeof done) ::_exit(2);
        }
      });
    }
    for (std::thread& writer : writers) writer.join();
    ::_exit(0);
  }
};

TEST_F(EmbeddedCrash, LosesNoAcknowledgedWrite) {
  open_new();
  close();
  for (int round = 0; round < 5; ++round) {
    int pipe_ends[2];
    ASSERT_EQ(::pipe(pipe_ends), 0);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) write_for_ever(pipe_ends[1], round);
    ::close(pipe_ends[1]);
    std::vector<int> last(threads, -1);
    Acknowledged done{};
    for (int count = 0; ::read(pipe_ends[0], &done, sizeof done) == sizeof done; ++count) {
      last[static_cast<std::size_t>(done.thread)] = done.n;
      if (count == 100 + 70 * round) ::kill(child, SIGKILL);  // what it wrote before still arrives
    }
    ::close(pipe_ends[0]);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status));
    open();
    for (int t = 0; t < threads; ++t) {
      for (int n = 0; n <= last[static_cast<std::size_t>(t)]; ++n) {
        const std::string key =
            std::to_string(round) + "/" + std::to_string(t) + "/" + std::to_string(n);
        ASSERT_TRUE(get(key).value().item) << key;
      }
    }
    close();
  }
}

}  // namespace
}  // namespace spillway
