// What the filesystem object store promises beyond the contract of every ObjectStore: bare bytes in
// files, nothing outside the root, no leftovers, and what happens when the disk is full or fails.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>

#include "base/random.h"
#include "contract/object_store_contract.h"
#include "contract/temporary_directory.h"
#include "object/filesystem/store.h"

namespace spillway {
namespace {

namespace fs = std::filesystem;

class FilesystemObjects : public testing::Test {
 protected:
  std::unique_ptr<ObjectStore> open(int (*sync)(int) = ::fsync) {
    return open_filesystem_object_store({.root = root_, .sync = sync}).value();
  }
  /// Paths of regular files beneath the root, relative to it.
  std::vector<std::string> files(bool directories = false) {
    std::vector<std::string> found;
    for (const auto& entry : fs::recursive_directory_iterator(root_)) {
      if (entry.is_directory() != directories) continue;
      found.push_back(fs::relative(entry.path(), root_).string());
    }
    std::sort(found.begin(), found.end());
    return found;
  }

  TemporaryDirectory folder_;
  std::string root_ = folder_.path() + "/objects";
};

Result<std::uint64_t> put(ObjectStore& store, const ObjectKey& key, std::string bytes,
                          const ObjectAttributes& attributes = {}) {
  StringSource source(std::move(bytes));
  return store.put(key, source, attributes, Deadline::never());
}

Result<std::string> get(ObjectStore& store, const ObjectKey& key) {
  SPILLWAY_TRY(const auto source, store.get(key, std::nullopt, Deadline::never()));
  return read_all(*source, 1u << 30);
}

std::string contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST_F(FilesystemObjects, AreBareBytesAnyToolReads) {
  auto store = open();
  const std::string bytes = random_bytes(1000);
  ASSERT_TRUE(put(*store, "store/table/abcdef/0123/0", bytes,
                  {.content_type = "application/json", .metadata = {{"owner", "50%"}}}));
  // docs/formats/objects.md shows this very path.
  EXPECT_THAT(files(), testing::ElementsAre("store,/table,/ab/cdef,0123,0.a",
                                            "store,/table,/ab/cdef,0123,0.o"));
  EXPECT_TRUE(contents(root_ + "/store,/table,/ab/cdef,0123,0.o") == bytes);
  EXPECT_EQ(contents(root_ + "/store,/table,/ab/cdef,0123,0.a"),
            "content-type: application/json\nmeta-owner: 50%25\n");
}

TEST_F(FilesystemObjects, OutliveTheStore) {
  ASSERT_TRUE(put(*open(), "a/b", "x", {.content_type = "text/plain"}));
  auto store = open();
  EXPECT_EQ(get(*store, "a/b").value(), "x");
  EXPECT_EQ(store->head("a/b", Deadline::never()).value().attributes.content_type, "text/plain");
}

TEST_F(FilesystemObjects, NeverLeaveTheRoot) {
  auto store = open();
  std::ofstream(folder_.path() + "/secret.o") << "secret";
  std::ofstream(folder_.path() + "/secret") << "secret";
  fs::create_directory_symlink(folder_.path(), root_ + "/link,");
  fs::create_symlink(folder_.path() + "/secret", root_ + "/file.o");
  for (const ObjectKey key : {"../secret", "..", "link/secret", "link/secret/../secret", "file"}) {
    EXPECT_FALSE(get(*store, key)) << key;
  }
  for (const ObjectKey key : {"../a", "link/a", "/../../a", "a/../../../b"}) {
    (void)put(*store, key, "x");
  }
  ASSERT_TRUE(remove_object(*store, "../secret", Deadline::never()));
  std::vector<std::string> outside;
  for (const auto& entry : fs::directory_iterator(folder_.path())) {
    outside.push_back(entry.path().filename().string());
  }
  EXPECT_THAT(outside, testing::UnorderedElementsAre("objects", "secret", "secret.o"));
}

TEST_F(FilesystemObjects, IgnoreWhatOthersPutBesideThem) {
  auto store = open();
  ASSERT_TRUE(put(*store, "a", "x"));
  std::ofstream(root_ + "/README") << "x";
  std::ofstream(root_ + "/notes.txt") << "x";
  std::ofstream(root_ + "/%zz.o") << "x";
  std::ofstream(root_ + "/%41.o") << "x";  // 'A' is never escaped
  fs::create_directory(root_ + "/lost+found");
  const ObjectList list = store->list("", "", Deadline::never()).value();
  ASSERT_EQ(list.objects.size(), 1u);
  EXPECT_EQ(list.objects[0].key, "a");
}

TEST_F(FilesystemObjects, ListingFailsRatherThanLeaveObjectsOut) {
  auto store = open();
  ASSERT_TRUE(put(*store, std::string(600, 'k'), "x"));  // its name takes several directories
  const Fd root(::open(root_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  bool complete = false;
  // With ever more descriptors to spare, the walk gets ever deeper before it runs out of them.
  for (rlim_t spare = 0; spare < 8 && !complete; ++spare) {
    const Fd next(::dup(root.get()));
    const rlimit few{static_cast<rlim_t>(next.get()) + 1 + spare, before.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &few), 0);
    const auto list = list_directory(root, "", "", Deadline::never());
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
    complete = list.has_value();
    if (complete) {
      EXPECT_EQ(list.value().objects.size(), 1u) << spare;
    } else {
      EXPECT_EQ(list.error().code, Code::unavailable) << describe(list.error());
      EXPECT_THAT(list.error().detail, testing::HasSubstr("ulimit"));
    }
  }
  EXPECT_TRUE(complete);
}

TEST_F(FilesystemObjects, LeaveNoEmptyDirectoriesBehind) {
  auto store = open();
  const auto before = files(true);
  for (int i = 0; i < 100; ++i) {
    const ObjectKey key =
        "s" + std::to_string(i) + "/t/" + random_id() + "/" + std::string(600, '.');
    ASSERT_TRUE(put(*store, key, "x", {.content_type = "text/plain"}));
    ASSERT_TRUE(remove_object(*store, key, Deadline::never()));
  }
  EXPECT_EQ(files(true), before);
  EXPECT_TRUE(files().empty());
}

TEST_F(FilesystemObjects, LeaveNothingInRootWhenClosed) {
  { auto store = open(); }
  EXPECT_EQ(files(true), std::vector<std::string>{".tmp"});
}

/// Dies in the middle of a put, as a killed process does.
class DeadlySource final : public ByteSource {
 public:
  Result<std::size_t> read(char* buffer, std::size_t) override {
    if (given_) ::_exit(0);
    given_ = true;
    *buffer = 'x';
    return std::size_t{1};
  }

 private:
  bool given_ = false;
};

TEST_F(FilesystemObjects, LoseTheLeftoversOfACrashAtTheNextOpen) {
  const pid_t child = ::fork();
  if (child == 0) {
    DeadlySource source;
    auto store = open();
    (void)store->put("a", source, {}, Deadline::never());
    ::_exit(1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  ASSERT_EQ(files().size(), 1u);  // else there is nothing to clean up
  auto store = open();
  EXPECT_TRUE(files().empty());
  EXPECT_EQ(files(true).size(), 2u);  // .tmp and what this store keeps there
  EXPECT_EQ(get(*store, "a").error().code, Code::not_found);
}

/// Opens a second store in the middle of a put.
class OpeningSource final : public ByteSource {
 public:
  explicit OpeningSource(std::function<void()> open) : open_(std::move(open)) {}
  Result<std::size_t> read(char* buffer, std::size_t) override {
    if (given_++ == 3) return std::size_t{0};
    open_();
    *buffer = 'x';
    return std::size_t{1};
  }

 private:
  std::function<void()> open_;
  int given_ = 0;
};

TEST_F(FilesystemObjects, KeepTheTemporariesOfTheLiving) {
  auto store = open();
  OpeningSource source([&] { (void)open(); });
  const auto stored = store->put("a", source, {}, Deadline::never());
  ASSERT_TRUE(stored) << describe(stored.error());
  EXPECT_EQ(get(*open(), "a").value(), "xxx");
}

TEST_F(FilesystemObjects, DropAttributesACrashLeftWithoutAnObject) {
  auto store = open();
  std::ofstream(root_ + "/a.a") << "content-type: text/stale\n";
  EXPECT_EQ(store->head("a", Deadline::never()).error().code, Code::not_found);
  ASSERT_TRUE(put(*store, "a", "x"));
  EXPECT_EQ(store->head("a", Deadline::never()).value().attributes.content_type,
            "application/octet-stream");
  std::ofstream(root_ + "/b.a") << "content-type: text/stale\n";
  ASSERT_TRUE(put(*store, "b", "x", {.content_type = "text/fresh"}));
  EXPECT_EQ(store->head("b", Deadline::never()).value().attributes.content_type, "text/fresh");
}

TEST_F(FilesystemObjects, SyncTheSameAttributesOnce) {
  static int files_synced;
  files_synced = 0;
  auto store = open([](int fd) {
    struct stat status {};
    ::fstat(fd, &status);
    if (S_ISREG(status.st_mode)) ++files_synced;
    return ::fsync(fd);
  });
  for (const ObjectKey key : {"a", "s/t/b", "s/t/c"}) {
    ASSERT_TRUE(put(*store, key, key, {.content_type = "text/plain"}));
    EXPECT_EQ(store->head(key, Deadline::never()).value().attributes.content_type, "text/plain");
  }
  EXPECT_EQ(files_synced, 3 + 1);
  ASSERT_TRUE(put(*store, "d", "d", {.content_type = "text/html"}));
  EXPECT_EQ(store->head("d", Deadline::never()).value().attributes.content_type, "text/html");
  EXPECT_EQ(store->head("a", Deadline::never()).value().attributes.content_type, "text/plain");
  EXPECT_EQ(files_synced, 3 + 1 + 2);
  // When the last object that has them is gone they are written anew.
  for (const ObjectKey key : {"a", "s/t/b", "s/t/c"}) {
    ASSERT_TRUE(remove_object(*store, key, Deadline::never()));
  }
  ASSERT_TRUE(put(*store, "e", "e", {.content_type = "text/plain"}));
  EXPECT_EQ(store->head("e", Deadline::never()).value().attributes.content_type, "text/plain");
  EXPECT_EQ(files_synced, 3 + 1 + 2 + 2);
}

TEST_F(FilesystemObjects, KeepAttributesThatMoreObjectsShareThanAFileMayHaveNames) {
  auto store = open([](int) { return 0; });
  for (int i = 0; i < 2'500; ++i) {
    ASSERT_TRUE(put(*store, "s/t/" + std::to_string(i), "x", {.content_type = "text/plain"}));
  }
  std::uintmax_t most = 0;
  for (int i = 0; i < 2'500; ++i) {
    const ObjectInfo info = store->head("s/t/" + std::to_string(i), Deadline::never()).value();
    ASSERT_EQ(info.attributes.content_type, "text/plain");
  }
  for (const std::string& file : files()) {
    if (file.ends_with(".a")) most = std::max(most, fs::hard_link_count(root_ + "/" + file));
  }
  EXPECT_GT(most, 1u);      // shared
  EXPECT_LE(most, 1'024u);  // NTFS, the tightest that is in use
}

TEST_F(FilesystemObjects, ForgetAttributesNotUsedForLong) {
  auto store = open([](int) { return 0; });
  const auto descriptors = [] {
    return std::distance(fs::directory_iterator("/proc/self/fd"), fs::directory_iterator());
  };
  const auto before = descriptors();
  for (int i = 0; i < 500; ++i) {
    ASSERT_TRUE(put(*store, std::to_string(i), "x", {.content_type = "a/" + std::to_string(i)}));
  }
  EXPECT_LE(descriptors() - before, 128);
  for (int i = 0; i < 500; ++i) {
    EXPECT_EQ(store->head(std::to_string(i), Deadline::never()).value().attributes.content_type,
              "a/" + std::to_string(i));
  }
}

TEST_F(FilesystemObjects, SayWhenAttributesCannotBeRead) {
  auto store = open();
  ASSERT_TRUE(put(*store, "a", "x"));
  for (const char* bad : {"no colon\n", "content-type: x", "other: x\n", "meta-a: %4\n"}) {
    std::ofstream(root_ + "/a.a") << bad;
    EXPECT_EQ(store->head("a", Deadline::never()).error().code, Code::corrupt) << bad;
    EXPECT_EQ(get(*store, "a").value(), "x");
  }
}

TEST_F(FilesystemObjects, RefuseAttributesThatCannotBeKept) {
  auto store = open();
  for (const std::string name : {"", "a b", "a:b", "\u00e9", "a\n"}) {
    EXPECT_EQ(put(*store, "a", "x", {.metadata = {{name, "v"}}}).error().code,
              Code::invalid_argument);
  }
  EXPECT_EQ(put(*store, "a", "x", {.metadata = {{"a", std::string(8192, 'x')}}}).error().code,
            Code::invalid_argument);
  EXPECT_TRUE(files().empty());
}

using FilesystemObjectsDeathTest = FilesystemObjects;

TEST_F(FilesystemObjectsDeathTest, EndTheProcessWhenFsyncFails) {
  GTEST_FLAG_SET(death_test_style, "fast");
  const auto fails_on = [this](mode_t type) {
    static mode_t failing;
    failing = type;
    return [](int fd) {
      struct stat status {};
      ::fstat(fd, &status);
      if ((status.st_mode & S_IFMT) != failing) return ::fsync(fd);
      errno = EIO;
      return -1;
    };
  };
  EXPECT_DEATH((void)put(*open(fails_on(S_IFREG)), "s/t/u", "x"), "fsync of an object .* failed");
  EXPECT_DEATH((void)put(*open(fails_on(S_IFDIR)), "s/t/u", "x"), "fsync of a directory");
  open();
  ASSERT_TRUE(put(*open(), "a", "x"));
  EXPECT_DEATH((void)remove_object(*open(fails_on(S_IFDIR)), "a", Deadline::never()),
               "fsync of a dir");
}

TEST_F(FilesystemObjects, SayStorageFullWhenAFileCannotBeSyncedForWantOfSpace) {
  auto store = open([](int fd) {
    struct stat status {};
    ::fstat(fd, &status);
    errno = EDQUOT;
    return S_ISREG(status.st_mode) ? -1 : 0;
  });
  EXPECT_EQ(put(*store, "a", "x").error().code, Code::storage_full);
  EXPECT_TRUE(files().empty());
}

/// A disk of a few MiB, in memory.
class SmallDisk {
 public:
  explicit SmallDisk(const std::string& path, const char* options) : path_(path) {
    fs::create_directory(path);
    mounted_ = ::mount("spillway-test", path.c_str(), "tmpfs", 0, options) == 0;
  }
  ~SmallDisk() {
    if (mounted_) ::umount2(path_.c_str(), MNT_DETACH);
  }
  bool mounted() const { return mounted_; }

 private:
  std::string path_;
  bool mounted_;
};

TEST_F(FilesystemObjects, SayStorageFullAndGoOnWhenSpaceIsBack) {
  const SmallDisk disk(root_, "size=2m");
  if (!disk.mounted()) GTEST_SKIP() << "mounting a small disk needs root";
  auto store = open();
  ASSERT_TRUE(put(*store, "a", random_bytes(1'000'000)));
  const auto refused = put(*store, "b", random_bytes(2'000'000));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::storage_full);
  EXPECT_TRUE(refused.error().transient);
  EXPECT_THAT(refused.error().detail, testing::HasSubstr("Free space"));
  EXPECT_EQ(get(*store, "b").error().code, Code::not_found);
  EXPECT_EQ(files(), std::vector<std::string>{"a.o"});
  ASSERT_TRUE(remove_object(*store, "a", Deadline::never()));
  EXPECT_TRUE(put(*store, "b", random_bytes(1'500'000)));
}

TEST_F(FilesystemObjects, SayStorageFullWhenInodesRunOut) {
  const SmallDisk disk(root_, "size=2m,nr_inodes=30");
  if (!disk.mounted()) GTEST_SKIP() << "mounting a small disk needs root";
  auto store = open();
  Result<std::uint64_t> last = std::uint64_t{0};
  int stored = 0;
  for (; last && stored < 100; ++stored) {
    last = put(*store, "s" + std::to_string(stored) + "/t/abcdef", "x", {.content_type = "a/b"});
  }
  ASSERT_FALSE(last);
  EXPECT_EQ(last.error().code, Code::storage_full);
  EXPECT_EQ(files().size(), 2u * (stored - 1u));  // each stored object whole, and nothing else
}

TEST(OpenObjectStore, RefusesWhatIsNoDirectory) {
  EXPECT_EQ(open_object_store("file://relative").error().code, Code::invalid_argument);
  EXPECT_EQ(open_object_store("ftp://host").error().code, Code::invalid_argument);
  EXPECT_EQ(open_object_store("").error().code, Code::invalid_argument);
  const TemporaryDirectory folder;
  std::ofstream(folder.path() + "/file") << "x";
  EXPECT_FALSE(open_object_store("file://" + folder.path() + "/file"));
  EXPECT_TRUE(open_object_store("file://" + folder.path() + "/new/and/deep/"));
}

ObjectStoreHandle make_filesystem_store() {
  auto folder = std::make_shared<TemporaryDirectory>();
  auto store = open_object_store("file://" + folder->path());
  if (!store) std::abort();
  return {folder, std::move(store).value()};
}

INSTANTIATE_TEST_SUITE_P(Filesystem, ObjectStoreContract,
                         testing::Values(ObjectStoreFactory{"directory", make_filesystem_store}),
                         [](const auto& instance) { return instance.param.name; });

}  // namespace
}  // namespace spillway
