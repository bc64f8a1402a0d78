// The filesystem object store: put, get, head, remove.
#include "object/filesystem/store.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>

#include "base/parallel.h"
#include "object/filesystem/codec.h"
#include "object/filesystem/errors.h"
#include "object/object_key.h"

namespace spillway {

namespace {

constexpr std::size_t copy_bytes = 256 * 1024;
constexpr int publish_tries_max = 100;
constexpr std::size_t removals_in_parallel_max = 8;

Error timeout(const char* op, const ObjectKey& key) {
  return make_error(Code::timeout, op, key, "the deadline passed");
}

/// Reads [offset, end) of an open file. Holding it open, a removal in between does no harm.
class FileSource final : public ByteSource {
 public:
  FileSource(Fd file, ObjectKey key, std::uint64_t offset, std::uint64_t end, Deadline deadline)
      : file_(std::move(file)),
        key_(std::move(key)),
        offset_(offset),
        end_(end),
        deadline_(deadline) {}

  Result<std::size_t> read(char* buffer, std::size_t capacity) override {
    const std::size_t wanted = std::min<std::uint64_t>(capacity, end_ - offset_);
    if (wanted == 0) return std::size_t{0};
    if (deadline_.passed()) return timeout("object.get", key_);
    for (;;) {
      const ssize_t n = ::pread(file_.get(), buffer, wanted, static_cast<off_t>(offset_));
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return filesystem_error(errno, "object.get", key_);
      if (n == 0) {
        return make_error(Code::corrupt, "object.get", key_, "the file became shorter");
      }
      offset_ += static_cast<std::uint64_t>(n);
      return static_cast<std::size_t>(n);
    }
  }

 private:
  Fd file_;
  ObjectKey key_;
  std::uint64_t offset_, end_;
  Deadline deadline_;
};

/// Opens a file for reading, or a range of it.
Result<std::unique_ptr<ByteSource>> open_file(const Fd& directory, const std::string& name,
                                              const ObjectKey& key, std::optional<ByteRange> range,
                                              Deadline deadline) {
  Fd file(::openat(directory.get(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
  struct stat status {};
  if (!file.valid() || ::fstat(file.get(), &status) != 0) {
    return filesystem_error(errno, "object.get", key);
  }
  const auto size_bytes = static_cast<std::uint64_t>(status.st_size);
  const ByteRange wanted = range.value_or(ByteRange{0, size_bytes});
  if (wanted.offset > size_bytes || wanted.length > size_bytes - wanted.offset) {
    return make_error(
        Code::invalid_argument, "object.get", key,
        "the range reaches beyond the " + std::to_string(size_bytes) + " bytes of the object");
  }
  return std::make_unique<FileSource>(std::move(file), key, wanted.offset,
                                      wanted.offset + wanted.length, deadline);
}

class FilesystemObjectStore final : public ObjectStore {
 public:
  FilesystemObjectStore(FilesystemConfig config, Fd root, Scratch scratch)
      : config_(std::move(config)), root_(std::move(root)), scratch_(std::move(scratch)) {}

  Result<std::uint64_t> put(const ObjectKey& key, ByteSource& source,
                            const ObjectAttributes& attributes, Deadline deadline) override;
  Result<std::unique_ptr<ByteSource>> get(const ObjectKey& key, std::optional<ByteRange> range,
                                          Deadline deadline) override;
  Result<ObjectInfo> head(const ObjectKey& key, Deadline deadline) override;
  std::vector<Result<void>> remove(const std::vector<ObjectKey>& keys, Deadline deadline) override;
  Result<ObjectList> list(const std::string& prefix, const std::string& after,
                          Deadline deadline) override {
    return list_directory(root_, prefix, after, deadline);
  }

 private:
  Result<void> remove_one(const ObjectKey& key, Deadline deadline);
  Result<void> refuse_if_present(const ObjectKey& key, const ObjectPath& path);
  Result<std::uint64_t> write_stream(const ObjectKey& key, ByteSource& source, TemporaryFile& file,
                                     Deadline deadline);
  Result<std::unique_ptr<TemporaryFile>> attributes_file(const ObjectKey& key,
                                                         const std::string& text);
  Result<void> publish(const ObjectKey& key, const ObjectPath& path, TemporaryFile& bytes,
                       TemporaryFile* attributes);

  FilesystemConfig config_;
  Fd root_;
  Scratch scratch_;
  SharedFiles attributes_;
};

Error taken(const ObjectKey& key) {
  return make_error(Code::condition_failed, "object.put", key,
                    "an object of this key exists; objects are never overwritten");
}

/// Answers early, before a stream is read in vain. The answer promises that the object is there to
/// stay, so its directory is synced first: whoever put it may not have come to that.
Result<void> FilesystemObjectStore::refuse_if_present(const ObjectKey& key,
                                                      const ObjectPath& path) {
  const Fd directory = find_directory(root_, path.directories);
  if (!directory.valid()) return ok();
  if (::faccessat(directory.get(), path.object.c_str(), F_OK, AT_SYMLINK_NOFOLLOW) != 0) {
    return ok();
  }
  sync_or_die(directory, config_);
  return taken(key);
}

Result<std::uint64_t> FilesystemObjectStore::write_stream(const ObjectKey& key, ByteSource& source,
                                                          TemporaryFile& file, Deadline deadline) {
  const auto buffer = std::make_unique_for_overwrite<char[]>(copy_bytes);
  std::uint64_t size_bytes = 0;
  for (;;) {
    SPILLWAY_TRY(const std::size_t n, source.read(buffer.get(), copy_bytes));
    if (n == 0) return size_bytes;
    if (deadline.passed()) return timeout("object.put", key);
    if (const int failed = file.write({buffer.get(), n}); failed != 0) {
      return filesystem_error(failed, "object.put", key);
    }
    size_bytes += n;
  }
}

/// A synced file of these attributes: one that lies beside other objects already if there is one,
/// for a sync costs more than all the rest of a put. It has a temporary name before it is used, so
/// that a removal of those others takes it from nobody.
Result<std::unique_ptr<TemporaryFile>> FilesystemObjectStore::attributes_file(
    const ObjectKey& key, const std::string& text) {
  if (const auto shared = attributes_.find(text)) {
    auto linked = std::make_unique<TemporaryFile>(scratch_, *shared);
    if (linked->valid()) return linked;
  }
  auto file = std::make_unique<TemporaryFile>(scratch_);
  if (!file->valid()) return filesystem_error(errno, "object.put", key);
  int failed = file->write(text);
  if (failed == 0) failed = file->sync(config_);
  if (failed != 0) return filesystem_error(failed, "object.put", key);
  attributes_.remember(text, file->share());
  return file;
}

/// Names both files in their directory, under its lock, so that no reader of attributes and no
/// other put of the same key sees one without the other.
int link_both(const Fd& directory, const ObjectPath& path, TemporaryFile& bytes,
              TemporaryFile* attributes) {
  const DirectoryLock lock(directory, DirectoryLock::Kind::exclusive);
  const int fd = directory.get();
  if (::faccessat(fd, path.object.c_str(), F_OK, AT_SYMLINK_NOFOLLOW) == 0) return EEXIST;
  // Attributes without an object are what an older version left that crashed.
  ::unlinkat(fd, path.attributes.c_str(), 0);
  // The object first: what a crash leaves between the two links is listed then, and a sweep
  // removes it. No put of it was acknowledged, and no reader waits for less than this lock.
  if (const int failed = bytes.link(directory, path.object); failed != 0) return failed;
  if (attributes == nullptr) return 0;
  const int failed = attributes->link(directory, path.attributes);
  if (failed != 0) ::unlinkat(fd, path.object.c_str(), 0);
  return failed;
}

Result<void> FilesystemObjectStore::publish(const ObjectKey& key, const ObjectPath& path,
                                            TemporaryFile& bytes, TemporaryFile* attributes) {
  for (int i = 0; i < publish_tries_max; ++i) {
    const Fd directory = make_directory(root_, path.directories, config_);
    const int failed = directory.valid() ? link_both(directory, path, bytes, attributes) : errno;
    // A removal may take the directory away as empty just before the first file gets in.
    if (failed == ENOENT) continue;
    if (failed != 0 && failed != EEXIST) return filesystem_error(failed, "object.put", key);
    sync_or_die(directory, config_);
    if (failed == EEXIST) return taken(key);
    return ok();
  }
  return make_error(Code::conflict, "object.put", key,
                    "its directory was removed as often as it was made");
}

Result<std::uint64_t> FilesystemObjectStore::put(const ObjectKey& key, ByteSource& source,
                                                 const ObjectAttributes& attributes,
                                                 Deadline deadline) {
  SPILLWAY_TRY(check_object_key(key, "object.put"));
  SPILLWAY_TRY(const std::string attribute_text, format_attributes(attributes));
  const ObjectPath path = object_path(key);
  SPILLWAY_TRY(refuse_if_present(key, path));

  TemporaryFile bytes(scratch_);
  if (!bytes.valid()) return filesystem_error(errno, "object.put", key);
  SPILLWAY_TRY(const std::uint64_t size_bytes, write_stream(key, source, bytes, deadline));
  if (const int failed = bytes.sync(config_); failed != 0) {
    return filesystem_error(failed, "object.put", key);
  }
  std::unique_ptr<TemporaryFile> beside;
  if (!attribute_text.empty()) {
    SPILLWAY_TRY(beside, attributes_file(key, attribute_text));
  }
  if (deadline.passed()) return timeout("object.put", key);
  SPILLWAY_TRY(publish(key, path, bytes, beside.get()));
  return size_bytes;
}

Result<std::unique_ptr<ByteSource>> FilesystemObjectStore::get(const ObjectKey& key,
                                                               std::optional<ByteRange> range,
                                                               Deadline deadline) {
  SPILLWAY_TRY(check_object_key(key, "object.get"));
  const ObjectPath path = object_path(key);
  const Fd directory = find_directory(root_, path.directories);
  if (!directory.valid()) return filesystem_error(errno, "object.get", key);
  return open_file(directory, path.object, key, range, deadline);
}

Result<ObjectAttributes> read_attributes(const Fd& directory, const std::string& name,
                                         const ObjectKey& key, Deadline deadline) {
  auto source = open_file(directory, name, key, std::nullopt, deadline);
  if (!source && source.error().code == Code::not_found) return ObjectAttributes{};
  if (!source) return source.error();
  SPILLWAY_TRY(const std::string text, read_all(*source.value(), object_attributes_bytes_max));
  return parse_attributes(text);
}

Result<ObjectInfo> FilesystemObjectStore::head(const ObjectKey& key, Deadline deadline) {
  SPILLWAY_TRY(check_object_key(key, "object.head"));
  const ObjectPath path = object_path(key);
  const Fd directory = find_directory(root_, path.directories);
  if (!directory.valid()) return filesystem_error(errno, "object.head", key);
  const DirectoryLock lock(directory, DirectoryLock::Kind::shared);
  struct stat status {};
  if (::fstatat(directory.get(), path.object.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
    return filesystem_error(errno, "object.head", key);
  }
  SPILLWAY_TRY(ObjectAttributes attributes,
               read_attributes(directory, path.attributes, key, deadline));
  return ObjectInfo{key, static_cast<std::uint64_t>(status.st_size),
                    status.st_mtim.tv_sec * 1000 + status.st_mtim.tv_nsec / 1'000'000,
                    std::move(attributes)};
}

Result<void> FilesystemObjectStore::remove_one(const ObjectKey& key, Deadline deadline) {
  SPILLWAY_TRY(check_object_key(key, "object.remove"));
  if (deadline.passed()) return timeout("object.remove", key);
  const ObjectPath path = object_path(key);
  const Fd directory = find_directory(root_, path.directories);
  if (!directory.valid() && errno == ENOENT) return ok();
  if (!directory.valid()) return filesystem_error(errno, "object.remove", key);
  {
    const DirectoryLock lock(directory, DirectoryLock::Kind::exclusive);
    // The object last: cut off in between, it is still listed and is removed again.
    for (const std::string* name : {&path.attributes, &path.object}) {
      if (::unlinkat(directory.get(), name->c_str(), 0) != 0 && errno != ENOENT) {
        return filesystem_error(errno, "object.remove", key);
      }
    }
  }
  // The sweep forgets an attempt once its objects are gone; so gone must mean gone, also after the
  // power fails. Otherwise they would come back unknown to the ledger, and stop the next sweep.
  sync_or_die(directory, config_);
  remove_empty_directories(root_, path.directories);
  return ok();
}

std::vector<Result<void>> FilesystemObjectStore::remove(const std::vector<ObjectKey>& keys,
                                                        Deadline deadline) {
  std::vector<Result<void>> results(keys.size(), ok());
  // Side by side: each waits for a sync of its directory.
  parallel_for(keys.size(), removals_in_parallel_max,
               [&](std::size_t i) { results[i] = remove_one(keys[i], deadline); });
  return results;
}

/// Makes `path` and what is missing above it, durably.
Result<void> make_root(const std::filesystem::path& path, const FilesystemConfig& config) {
  std::error_code ignored;
  if (path == path.root_path() || std::filesystem::is_directory(path, ignored)) return ok();
  SPILLWAY_TRY(make_root(path.parent_path(), config));
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) {
    return filesystem_error(errno, "object.open", path);
  }
  const Fd parent(::open(path.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!parent.valid()) return filesystem_error(errno, "object.open", path);
  sync_or_die(parent, config);
  return ok();
}

}  // namespace

Result<std::unique_ptr<ObjectStore>> open_filesystem_object_store(FilesystemConfig config) {
  while (config.root.size() > 1 && config.root.ends_with('/')) config.root.pop_back();
  SPILLWAY_TRY(make_root(config.root, config));
  Fd root(::open(config.root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!root.valid()) return filesystem_error(errno, "object.open", config.root);
  SPILLWAY_TRY(Scratch scratch, Scratch::open(root, config));
  return std::make_unique<FilesystemObjectStore>(std::move(config), std::move(root),
                                                 std::move(scratch));
}

}  // namespace spillway
