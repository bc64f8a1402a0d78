// What the writer does when it cannot keep up, when a caller gives up, and when a sync fails.
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <filesystem>
#include <future>
#include <mutex>
#include <thread>

#include "item/embedded/lock.h"
#include "item/embedded/writer.h"
#include "unit/item/embedded_fixture.h"

namespace {

// The disk, as this program sees it.
std::atomic<bool> syncs_fail = false;
std::mutex synced_mutex;
std::vector<std::string> synced_paths;

int sync_file(long call, int file) {
  if (syncs_fail) {
    errno = EIO;
    return -1;
  }
  std::error_code ignored;
  const auto path = std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(file), ignored);
  const std::lock_guard lock(synced_mutex);
  synced_paths.push_back(path.string());
  return static_cast<int>(::syscall(call, file));
}

}  // namespace

// Found before those of the C library, by the store and by SQLite's shared library.
extern "C" int fsync(int file) { return sync_file(SYS_fsync, file); }
extern "C" int fdatasync(int file) { return sync_file(SYS_fdatasync, file); }

namespace spillway {
namespace {

TEST_F(EmbeddedStoreTest, EveryNewDirectoryAboveAStoreIsSynced) {
  directory_ = folder_.path() + "/new/deeper/store/";
  {
    const std::lock_guard lock(synced_mutex);
    synced_paths.clear();
  }
  open();
  const std::string root = std::filesystem::canonical(folder_.path());
  for (const std::string& path : {root, root + "/new", root + "/new/deeper"})
    EXPECT_THAT(synced_paths, testing::Contains(path));
}

class EmbeddedStoreDeathTest : public EmbeddedStoreTest {};

TEST_F(EmbeddedStoreDeathTest, StopsTheProcessWhenAWriteCannotBeSynced) {
  open_new();
  ASSERT_TRUE(put(item("acknowledged")));
  close();
  const auto put_on_a_broken_disk = [this] {
    open();
    syncs_fail = true;
    (void)put(item("lost"));
  };
  EXPECT_DEATH(put_on_a_broken_disk(), "could not be synced to disk");
  open();
  EXPECT_EQ(get("acknowledged").value().item, item("acknowledged"));
}

/// Occupies the writer's thread until it is let go.
class Occupying final : public WriteTask {
 public:
  Result<void> prepare(WriteConnection&) override {
    started_.set_value();
    release_.get_future().wait();
    return ok();
  }
  Result<void> apply(WriteConnection&) override { return ok(); }
  void committed() override {}
  std::size_t weight_bytes() const override { return 0; }

  void wait_until_started() { started_.get_future().wait(); }
  void release() { release_.set_value(); }

 private:
  std::promise<void> started_, release_;
};

/// Counts how often it ran.
class Counting final : public WriteTask {
 public:
  Result<void> prepare(WriteConnection&) override {
    ++runs;
    return ok();
  }
  Result<void> apply(WriteConnection&) override { return ok(); }
  void committed() override {}
  std::size_t weight_bytes() const override { return 0; }

  std::atomic<int> runs = 0;
};

class EmbeddedWriterTest : public testing::Test {
 protected:
  void SetUp() override {
    readers_ = Readers::open(path_).value();
    writer_ = std::make_unique<Writer>(connection_, *readers_);
  }
  void occupy() {
    occupant_ = std::thread([this] { EXPECT_TRUE(writer_->run(task_, Deadline::never())); });
    task_.wait_until_started();
  }
  void release() {
    task_.release();
    occupant_.join();
  }

  TemporaryDirectory folder_;
  std::string path_ = folder_.path() + "/items.db";
  WriteConnection connection_ = WriteConnection::open(path_).value();
  std::unique_ptr<Readers> readers_;
  std::unique_ptr<Writer> writer_;
  Occupying task_;
  std::thread occupant_;
};

TEST_F(EmbeddedWriterTest, AWriteWhoseDeadlinePassesInTheQueueIsNeverMade) {
  occupy();
  Counting late, later;
  const auto answer = writer_->run(late, Deadline::after(std::chrono::milliseconds(10)));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Code::timeout);
  EXPECT_EQ(answer.error().effect, Effect::none);
  release();
  EXPECT_TRUE(writer_->run(later, Deadline::never()));
  EXPECT_EQ(late.runs, 0);
  EXPECT_EQ(later.runs, 1);
}

TEST_F(EmbeddedWriterTest, RefusesMoreThan4096WritesThatWait) {
  constexpr int waiting_max = 4096;
  occupy();
  Counting waiting;
  std::atomic<int> refused = 0, done = 0;
  std::vector<std::thread> callers;
  // One more than fit: whichever comes last is refused, the others are all made.
  for (int i = 0; i < waiting_max + 1; ++i) {
    callers.emplace_back([&] {
      const auto answer = writer_->run(waiting, Deadline::after(std::chrono::seconds(60)));
      if (answer) {
        ++done;
        return;
      }
      EXPECT_EQ(answer.error().code, Code::throttled);
      EXPECT_EQ(answer.error().effect, Effect::none);
      if (++refused == 1) task_.release();
    });
  }
  for (std::thread& caller : callers) caller.join();
  occupant_.join();
  EXPECT_EQ(refused, 1);
  EXPECT_EQ(done, waiting_max);
  EXPECT_EQ(waiting.runs, waiting_max);
}

/// Writes a row of 8 MB over and over.
class Growing final : public WriteTask {
 public:
  Growing(const Table& table, StoredKey key) : table_(table), key_(std::move(key)) {}
  Result<void> prepare(WriteConnection&) override { return ok(); }
  Result<void> apply(WriteConnection& connection) override {
    // Other bytes each time: SQLite does not write a page again that stays as it is.
    const std::string value(8 << 20, static_cast<char>('a' + written_ % 26));
    if (written_++ > 0) return connection.items.update(1, table_, key_, value);
    return connection.items.insert(table_, key_, value);
  }
  void committed() override {}
  std::size_t weight_bytes() const override { return 0; }

 private:
  const Table& table_;
  StoredKey key_;
  int written_ = 0;
};

// To the WAL, a reader that stays is what readers that always overlap are.
TEST_F(EmbeddedWriterTest, TheWalStaysBoundedUnderConstantReaders) {
  const Table table{1, {"items", {{"pk", KeyType::string}, std::nullopt}, {}}};
  Growing growing(table, {partition_hash("p"), "p", ""});
  ASSERT_TRUE(writer_->run(growing, Deadline::never()));
  constexpr std::uintmax_t bound = 256u << 20;
  {
    const SortRange all{"", "\xff"};
    Readers::Loan loan = readers_->borrow(Deadline::never()).value();
    ItemWalk walk = loan.items().partition(table, "p", all, true);
    (void)walk.next();  // from here on it holds its snapshot
    std::uintmax_t largest = 0;
    bool made_to_wait = false;
    for (int i = 0; i < 50 && !made_to_wait; ++i) {
      const auto answer = writer_->run(growing, Deadline::after(std::chrono::seconds(1)));
      largest = std::max(largest, std::filesystem::file_size(path_ + "-wal"));
      made_to_wait = !answer && largest >= bound;
    }
    EXPECT_TRUE(made_to_wait) << "the writer must wait for the reader";
    EXPECT_LT(largest, bound + (32u << 20));
  }
  EXPECT_TRUE(writer_->run(growing, Deadline::never()));
  EXPECT_LT(std::filesystem::file_size(path_ + "-wal"), 32u << 20) << "it starts over";
}

}  // namespace
}  // namespace spillway
