// Listing objects in the byte order of their keys, a page at a time.
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

#include "object/filesystem/codec.h"
#include "object/filesystem/errors.h"
#include "object/filesystem/store.h"

namespace spillway {

namespace {

constexpr std::size_t list_objects_max = 1000;

/// What a directory holds, with the names of long parts joined.
struct Entry {
  std::string part;
  bool is_object;
  std::string path;  ///< from the directory that is listed
};

/// A name that was removed since it was read; or a file or link that somebody else put there. Any
/// other failure must fail the listing: one that silently lacks objects would mislead a sweep.
bool is_nothing_of_ours(int number) {
  return number == ENOENT || number == ENOTDIR || number == ELOOP;
}

/// A walk that stops when the page is full. Every key beneath a directory starts with the parts
/// that lead to it, and no other key does, so that sorting each directory by itself gives the byte
/// order of keys; an object goes before a directory of the same part, being its prefix.
class Listing {
 public:
  Listing(const std::string& prefix, const std::string& after, Deadline deadline)
      : prefix_(prefix), after_(after), deadline_(deadline) {}

  Result<void> walk(const Fd& directory, const std::string& base);
  ObjectList page() &&;

 private:
  bool full() const { return page_.objects.size() > list_objects_max; }
  /// May keys that start with `base` be wanted?
  bool concerns(const std::string& base) const;
  Result<void> read_entries(const Fd& directory, const std::string& base, const Entry& above,
                            std::vector<Entry>& entries) const;
  Result<void> add(const Fd& directory, const Entry& entry, ObjectKey key);

  const std::string& prefix_;
  const std::string& after_;
  Deadline deadline_;
  ObjectList page_;
};

bool Listing::concerns(const std::string& base) const {
  const bool under_prefix = base.starts_with(prefix_) || prefix_.starts_with(base);
  return under_prefix && (base > after_ || after_.starts_with(base));
}

Result<void> Listing::read_entries(const Fd& directory, const std::string& base, const Entry& above,
                                   std::vector<Entry>& entries) const {
  const auto close = [](DIR* open) { ::closedir(open); };
  const int file = ::openat(directory.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file < 0) return filesystem_error(errno, "object.list", base);
  const std::unique_ptr<DIR, decltype(close)> stream(::fdopendir(file), close);
  if (!stream) return filesystem_error(errno, "object.list", base);
  for (;;) {
    errno = 0;  // readdir(3): the only way to tell a failure from the end
    const dirent* found = ::readdir(stream.get());
    if (found == nullptr && errno != 0) return filesystem_error(errno, "object.list", base);
    if (found == nullptr) return ok();
    std::optional<ObjectName> name = parse_object_name(found->d_name);
    if (!name) continue;
    const bool is_object = name->kind == ObjectName::Kind::object;
    Entry entry{above.part + name->part, is_object, above.path + found->d_name};
    const std::string key = base + entry.part;
    if (is_object ? !(key > after_ && key.starts_with(prefix_)) : !concerns(key)) continue;
    if (name->kind != ObjectName::Kind::continuation) {
      entries.push_back(std::move(entry));
      continue;
    }
    const Fd deeper = open_directory(directory, found->d_name);
    if (!deeper.valid() && is_nothing_of_ours(errno)) continue;
    if (!deeper.valid()) return filesystem_error(errno, "object.list", key);
    entry.path += '/';
    SPILLWAY_TRY(read_entries(deeper, base, entry, entries));
  }
}

Result<void> Listing::add(const Fd& directory, const Entry& entry, ObjectKey key) {
  struct stat status {};
  if (::fstatat(directory.get(), entry.path.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
    if (is_nothing_of_ours(errno)) return ok();  // removed since the directory was read
    return filesystem_error(errno, "object.list", std::move(key));
  }
  page_.objects.push_back({std::move(key),
                           static_cast<std::uint64_t>(status.st_size),
                           status.st_mtim.tv_sec * 1000 + status.st_mtim.tv_nsec / 1'000'000,
                           {}});
  return ok();
}

Result<void> Listing::walk(const Fd& directory, const std::string& base) {
  if (deadline_.passed()) {
    return make_error(Code::timeout, "object.list", prefix_, "the deadline passed");
  }
  std::vector<Entry> entries;
  SPILLWAY_TRY(read_entries(directory, base, Entry{}, entries));
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
    return a.part != b.part ? a.part < b.part : a.is_object && !b.is_object;
  });
  for (const Entry& entry : entries) {
    if (full()) return ok();
    if (entry.is_object) {
      SPILLWAY_TRY(add(directory, entry, base + entry.part));
      continue;
    }
    const Fd deeper = open_directory(directory, entry.path);
    if (!deeper.valid() && is_nothing_of_ours(errno)) continue;
    if (!deeper.valid()) return filesystem_error(errno, "object.list", base + entry.part);
    SPILLWAY_TRY(walk(deeper, base + entry.part));
  }
  return ok();
}

ObjectList Listing::page() && {
  if (full()) {
    page_.objects.pop_back();  // it only showed that there is more
    page_.next = page_.objects.back().key;
  }
  return std::move(page_);
}

}  // namespace

Result<ObjectList> list_directory(const Fd& root, const std::string& prefix,
                                  const std::string& after, Deadline deadline) {
  Listing listing(prefix, after, deadline);
  SPILLWAY_TRY(listing.walk(root, ""));
  return std::move(listing).page();
}

}  // namespace spillway
