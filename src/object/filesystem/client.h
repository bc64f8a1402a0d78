// The few things done with directories and files beneath the root. Private to object.
// Every name used here was made by codec.cc; each is opened alone, from its parent, never through a
// symbolic link, so that nothing outside the root can be reached.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "object/filesystem/config.h"
#include "spillway/error.h"

namespace spillway {

/// Owns a file descriptor.
class Fd {
 public:
  explicit Fd(int fd = -1) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(other.fd_) { other.fd_ = -1; }
  Fd& operator=(Fd&& other) noexcept;
  ~Fd();
  int get() const { return fd_; }
  bool valid() const { return fd_ >= 0; }

 private:
  int fd_;
};

/// Holds flock(2) on an open directory; between threads too, since each opens it for itself.
class DirectoryLock {
 public:
  enum class Kind { shared, exclusive };
  DirectoryLock(const Fd& directory, Kind kind);
  ~DirectoryLock();
  DirectoryLock(const DirectoryLock&) = delete;
  DirectoryLock& operator=(const DirectoryLock&) = delete;

 private:
  int fd_;
};

/// Opens an existing directory `name` in `parent`; invalid with errno set if that fails.
Fd open_directory(const Fd& parent, const std::string& name);

/// Opens the directory beneath the root that `names` lead to; invalid with errno set if one is
/// missing.
Fd find_directory(const Fd& root, const std::vector<std::string>& names);

/// The same, making what is missing. When it returns, the whole path is durable: a directory is
/// made and its parent synced under the parent's exclusive lock, and found under the shared one.
Fd make_directory(const Fd& root, const std::vector<std::string>& names,
                  const FilesystemConfig& config);

/// Removes the last of `names` if it is empty, then the one before, as far as that goes.
void remove_empty_directories(const Fd& root, std::vector<std::string> names);

/// fsync, or the end of the process.
void sync_or_die(const Fd& directory, const FilesystemConfig& config);

/// Where files are written before they get their names: DIR/.tmp/<random>, locked by the process
/// while it lives. Those of processes that died are emptied when a store is opened.
class Scratch {
 public:
  static Result<Scratch> open(const Fd& root, const FilesystemConfig& config);
  Scratch(Scratch&&) noexcept;
  Scratch& operator=(Scratch&&) = delete;
  ~Scratch();

  const Fd& directory() const { return directory_; }
  std::string fresh_name();  // thread-safe

 private:
  Scratch(Fd all, Fd directory, std::string name);

  Fd all_, directory_;
  std::string name_;
  std::atomic<std::uint64_t> next_ = 0;
};

/// A file being written in Scratch; its temporary name is gone when this is.
class TemporaryFile {
 public:
  /// Check valid(); errno says why not.
  explicit TemporaryFile(Scratch& scratch);
  /// One more name of `file`, which was synced: not to be written. Not valid() if it has no name
  /// left, or too many.
  TemporaryFile(Scratch& scratch, const Fd& file);
  ~TemporaryFile();
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  bool valid() const { return file_.valid(); }
  /// 0 or an errno.
  int write(std::string_view bytes);
  /// 0 or ENOSPC or EDQUOT; any other failure ends the process.
  int sync(const FilesystemConfig& config);
  /// Gives the file the name `name` in `directory` unless that is taken (EEXIST); 0 or an errno.
  int link(const Fd& directory, const std::string& name);
  /// A descriptor of the file that outlives this.
  Fd share() const;

 private:
  Scratch& scratch_;
  std::string name_;
  Fd file_;
};

/// Files of the same few bytes, each written and synced once and then linked many times. Keeps a
/// descriptor of those used last; they have no name but those of the objects they belong to.
/// Thread-safe.
class SharedFiles {
 public:
  /// The file that holds `bytes`, if it is known and may have another name.
  std::shared_ptr<const Fd> find(const std::string& bytes);
  /// From now on `file`, which was synced, is the one that holds `bytes`.
  void remember(const std::string& bytes, Fd file);

 private:
  struct Entry {
    std::shared_ptr<const Fd> file;  // shared: it may be replaced while it is linked
    std::uint64_t names_left;
    std::uint64_t used;  ///< the clock then
  };
  std::mutex mutex_;
  std::map<std::string, Entry> entries_;
  std::uint64_t clock_ = 0;
};

}  // namespace spillway
