// Directories, locks and temporary files.
#include "object/filesystem/client.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <memory>

#include "base/random.h"
#include "object/filesystem/errors.h"

namespace spillway {

namespace {

constexpr mode_t directory_mode = 0700;
constexpr mode_t file_mode = 0600;
constexpr const char* scratch_root = ".tmp";
constexpr std::size_t shared_files_max = 128;  // each is an open descriptor
/// Names one file is given: ext4 allows 65,000 links, of which copies by link take their share.
constexpr std::uint64_t shared_file_names_max = 1'000;

}  // namespace

Fd& Fd::operator=(Fd&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

Fd::~Fd() {
  const int kept = errno;
  if (fd_ >= 0) ::close(fd_);
  errno = kept;
}

DirectoryLock::DirectoryLock(const Fd& directory, Kind kind) : fd_(directory.get()) {
  while (::flock(fd_, kind == Kind::shared ? LOCK_SH : LOCK_EX) != 0 && errno == EINTR) {
  }
}

DirectoryLock::~DirectoryLock() {
  const int kept = errno;
  ::flock(fd_, LOCK_UN);
  errno = kept;
}

Fd open_directory(const Fd& parent, const std::string& name) {
  return Fd(::openat(parent.get(), name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

Fd find_directory(const Fd& root, const std::vector<std::string>& names) {
  Fd directory = open_directory(root, ".");  // afresh, so that a lock on it is the caller's alone
  for (const std::string& name : names) {
    if (!directory.valid()) break;
    directory = open_directory(directory, name);
  }
  return directory;
}

namespace {

Fd make_one_directory(const Fd& parent, const std::string& name, const FilesystemConfig& config) {
  {
    const DirectoryLock lock(parent, DirectoryLock::Kind::shared);
    Fd found = open_directory(parent, name);
    if (found.valid() || errno != ENOENT) return found;
  }
  const DirectoryLock lock(parent, DirectoryLock::Kind::exclusive);
  if (::mkdirat(parent.get(), name.c_str(), directory_mode) == 0) {
    sync_or_die(parent, config);
  } else if (errno != EEXIST) {
    return Fd();
  }
  return open_directory(parent, name);
}

}  // namespace

Fd make_directory(const Fd& root, const std::vector<std::string>& names,
                  const FilesystemConfig& config) {
  Fd directory = open_directory(root, ".");
  for (const std::string& name : names) {
    if (!directory.valid()) break;
    directory = make_one_directory(directory, name, config);
  }
  return directory;
}

void remove_empty_directories(const Fd& root, std::vector<std::string> names) {
  while (!names.empty()) {
    const std::string last = std::move(names.back());
    names.pop_back();
    const Fd parent = find_directory(root, names);
    if (!parent.valid() || ::unlinkat(parent.get(), last.c_str(), AT_REMOVEDIR) != 0) return;
  }
}

void sync_or_die(const Fd& directory, const FilesystemConfig& config) {
  while (config.sync(directory.get()) != 0) {
    if (errno != EINTR) die_of_failed_fsync(errno, "a directory of " + config.root);
  }
}

namespace {

void remove_files_in(Fd directory) {
  const auto close = [](DIR* open) { ::closedir(open); };
  const std::unique_ptr<DIR, decltype(close)> stream(::fdopendir(::dup(directory.get())), close);
  if (!stream) return;
  while (const dirent* entry = ::readdir(stream.get())) {
    ::unlinkat(directory.get(), entry->d_name, 0);  // "." and ".." are refused
  }
}

/// Removes what processes that died left in `all`; returns whether there was any.
bool remove_leftovers(const Fd& all) {
  const auto close = [](DIR* open) { ::closedir(open); };
  const std::unique_ptr<DIR, decltype(close)> stream(::fdopendir(::dup(all.get())), close);
  bool any = false;
  while (const dirent* entry = stream ? ::readdir(stream.get()) : nullptr) {
    if (entry->d_name[0] == '.') continue;
    Fd leftover = open_directory(all, entry->d_name);
    if (!leftover.valid() || ::flock(leftover.get(), LOCK_EX | LOCK_NB) != 0) continue;
    remove_files_in(std::move(leftover));
    ::unlinkat(all.get(), entry->d_name, AT_REMOVEDIR);
    any = true;
  }
  return any;
}

}  // namespace

Result<Scratch> Scratch::open(const Fd& root, const FilesystemConfig& config) {
  const auto failed = [&] { return filesystem_error(errno, "object.open", config.root); };
  if (::mkdirat(root.get(), scratch_root, directory_mode) != 0 && errno != EEXIST) return failed();
  Fd all = open_directory(root, scratch_root);
  if (!all.valid()) return failed();
  const DirectoryLock lock(all, DirectoryLock::Kind::exclusive);
  // A process that was killed may have made a directory and not have come to sync it; the next
  // object in it would trust it. Whatever the page cache holds of that time is made durable here.
  if (remove_leftovers(all) && ::syncfs(root.get()) != 0) die_of_failed_fsync(errno, config.root);
  std::string name = random_id();
  if (::mkdirat(all.get(), name.c_str(), directory_mode) != 0) return failed();
  Fd own = open_directory(all, name);
  if (!own.valid() || ::flock(own.get(), LOCK_EX | LOCK_NB) != 0) return failed();
  return Scratch(std::move(all), std::move(own), std::move(name));
}

Scratch::Scratch(Fd all, Fd directory, std::string name)
    : all_(std::move(all)), directory_(std::move(directory)), name_(std::move(name)) {}

Scratch::Scratch(Scratch&& other) noexcept
    : all_(std::move(other.all_)),
      directory_(std::move(other.directory_)),
      name_(std::move(other.name_)),
      next_(other.next_.load()) {}

Scratch::~Scratch() {
  if (all_.valid()) ::unlinkat(all_.get(), name_.c_str(), AT_REMOVEDIR);
}

std::string Scratch::fresh_name() { return std::to_string(next_.fetch_add(1)); }

TemporaryFile::TemporaryFile(Scratch& scratch)
    : scratch_(scratch),
      name_(scratch.fresh_name()),
      file_(::openat(scratch.directory().get(), name_.c_str(),
                     O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, file_mode)) {}

TemporaryFile::TemporaryFile(Scratch& scratch, const Fd& file)
    : scratch_(scratch), name_(scratch.fresh_name()) {
  // linkat(2): how a descriptor is linked without privileges. It fails once nlink is 0.
  const std::string path = "/proc/self/fd/" + std::to_string(file.get());
  const int directory = scratch.directory().get();
  if (::linkat(AT_FDCWD, path.c_str(), directory, name_.c_str(), AT_SYMLINK_FOLLOW) != 0) return;
  file_ = Fd(::openat(directory, name_.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
  if (!file_.valid()) ::unlinkat(directory, name_.c_str(), 0);
}

TemporaryFile::~TemporaryFile() {
  if (valid()) ::unlinkat(scratch_.directory().get(), name_.c_str(), 0);
}

int TemporaryFile::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(file_.get(), bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return 0;
}

int TemporaryFile::sync(const FilesystemConfig& config) {
  while (config.sync(file_.get()) != 0) {
    // A disk that allocates late tells only now that it is full. That much is survived: the file
    // has no name yet, is thrown away, and is never synced again.
    if (errno == ENOSPC || errno == EDQUOT) return errno;
    if (errno != EINTR) die_of_failed_fsync(errno, "an object in " + config.root);
  }
  return 0;
}

int TemporaryFile::link(const Fd& directory, const std::string& name) {
  const int from = scratch_.directory().get();
  return ::linkat(from, name_.c_str(), directory.get(), name.c_str(), 0) == 0 ? 0 : errno;
}

Fd TemporaryFile::share() const {
  return Fd(::openat(scratch_.directory().get(), name_.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
}

std::shared_ptr<const Fd> SharedFiles::find(const std::string& bytes) {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(bytes);
  if (found == entries_.end() || found->second.names_left == 0) return nullptr;
  --found->second.names_left;
  found->second.used = ++clock_;
  return found->second.file;
}

void SharedFiles::remember(const std::string& bytes, Fd file) {
  if (!file.valid()) return;
  const std::lock_guard lock(mutex_);
  if (entries_.size() >= shared_files_max && !entries_.contains(bytes)) {
    entries_.erase(std::ranges::min_element(entries_, std::less{},
                                            [](const auto& entry) { return entry.second.used; }));
  }
  entries_[bytes] = {std::make_shared<const Fd>(std::move(file)), shared_file_names_max, ++clock_};
}

}  // namespace spillway
