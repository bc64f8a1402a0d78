// spillway put and spillway get: files into artifacts and back.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <limits>

#include "artifact/ids.h"
#include "base/digest.h"
#include "base/random.h"
#include "cli/commands.h"
#include "cli/place.h"
#include "cli/progress.h"
#include "server/message_json.h"

namespace spillway {
namespace {

/// A file descriptor that is closed, unless it is a standard stream.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ > STDERR_FILENO) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

Error system_error(const std::string& path, const std::string& what) {
  const int code = errno;
  const Code kind = code == ENOENT   ? Code::not_found
                    : code == EACCES ? Code::permission_denied
                    : code == ENOSPC ? Code::storage_full
                                     : Code::unavailable;
  Error error = make_error(kind, "file", path, what + ": " + std::strerror(code));
  return error;
}

class FileSource final : public ByteSource {
 public:
  FileSource(std::string path, int fd) : path_(std::move(path)), file_(fd) {}

  Result<std::size_t> read(char* buffer, std::size_t capacity) override {
    for (;;) {
      const ssize_t n = ::read(file_.get(), buffer, capacity);
      if (n >= 0) return static_cast<std::size_t>(n);
      if (errno != EINTR) return system_error(path_, "cannot be read");
    }
  }

  /// nullopt: not a regular file, so its length shows at its end only.
  std::optional<std::uint64_t> bytes() const {
    struct stat about {};
    if (::fstat(file_.get(), &about) != 0 || !S_ISREG(about.st_mode)) return std::nullopt;
    return static_cast<std::uint64_t>(about.st_size);
  }

 private:
  std::string path_;
  Descriptor file_;
};

Result<std::unique_ptr<FileSource>> open_file(const std::string& path) {
  if (path == "-") return std::make_unique<FileSource>("standard input", STDIN_FILENO);
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return system_error(path, "cannot be opened");
  auto source = std::make_unique<FileSource>(path, fd);
  if (std::filesystem::is_directory(path)) {
    return make_error(Code::invalid_argument, "file", path, "is a directory; name its files");
  }
  return source;
}

std::string content_type_of(const std::string& path) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 12> known{{
      {".json", "application/json"},
      {".geojson", "application/geo+json"},
      {".las", "text/plain"},
      {".txt", "text/plain"},
      {".md", "text/markdown"},
      {".csv", "text/csv"},
      {".html", "text/html"},
      {".png", "image/png"},
      {".jpg", "image/jpeg"},
      {".svg", "image/svg+xml"},
      {".pdf", "application/pdf"},
      {".parquet", "application/vnd.apache.parquet"},
  }};
  std::string extension = std::filesystem::path(path).extension().string();
  for (char& c : extension) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  for (const auto& [ending, type] : known) {
    if (extension == ending) return std::string(type);
  }
  return "application/octet-stream";
}

NewArtifact artifact_for(const PutOptions& options, const std::string& file, std::string id) {
  NewArtifact artifact;
  artifact.id = std::move(id);
  artifact.content_type =
      options.content_type.empty() ? content_type_of(file) : options.content_type;
  artifact.type = options.type;
  artifact.name = options.name;
  const std::string base = std::filesystem::path(file).filename().string();
  // JSON says its own name; a file's name is the best that other bytes have.
  const bool json = artifact.content_type.find("json") != std::string::npos;
  if (artifact.name.empty() && !json && file != "-" && is_label(base, 255)) artifact.name = base;
  return artifact;
}

Result<ArtifactInfo> put_file(const Console& console, Place& place, const std::string& message,
                              const PutOptions& options, const std::string& file,
                              FileSource& source, const std::string& id) {
  Progress progress(console, file, source.bytes());
  CountedSource counted(source, progress);
  return place.put(options.session, message, artifact_for(options, file, id), counted,
                   source.bytes());
}

/// All of them, before anything is saved.
Result<std::vector<std::unique_ptr<FileSource>>> open_files(const std::vector<std::string>& files) {
  std::vector<std::unique_ptr<FileSource>> sources;
  for (const std::string& file : files) {
    SPILLWAY_TRY(auto source, open_file(file));
    sources.push_back(std::move(source));
  }
  return sources;
}

std::string line_of(const ArtifactInfo& artifact) {
  const Placement& placement = artifact.placement;
  std::string line = artifact.id + "  " + human_bytes(artifact.size_bytes) + "  " +
                     std::string(to_string(placement.storage));
  if (placement.storage != Storage::in_item) {
    line += " " + placement.encoding + " " + human_bytes(placement.encoded_bytes);
  }
  return line + "  sha256 " + artifact.sha256;
}

Exit put_one(const Console& console, Place& place, const PutOptions& options) {
  auto source = open_file(options.files[0]);
  if (!source) return console.fail(source.error());
  auto info = put_file(console, place, options.message, options, options.files[0], *source.value(),
                       options.artifact);
  if (!info) return console.fail(info.error());
  if (console.json()) {
    JsonWriter json;
    write_artifact(json, options.session, options.message, info.value(), ArtifactsAs::reference,
                   "");
    console.out(json.take());
  } else {
    console.out(line_of(info.value()));
  }
  return Exit::ok;
}

Exit put_message(const Console& console, Place& place, const PutOptions& options) {
  NewMessage wanted;
  wanted.role = options.role;
  wanted.content = options.content;
  if (wanted.content.empty()) {
    for (const std::string& file : options.files) {
      wanted.content +=
          (wanted.content.empty() ? "" : ", ") + std::filesystem::path(file).filename().string();
    }
  }
  const auto sources = open_files(options.files);
  if (!sources) return console.fail(sources.error());
  auto posted = place.post(options.session, wanted);
  if (!posted) return console.fail(posted.error());
  Message message = std::move(posted).value();
  for (std::size_t i = 0; i < options.files.size(); ++i) {
    auto info = put_file(console, place, message.id, options, options.files[i], *sources.value()[i],
                         "a" + std::to_string(i));
    if (!info) {
      const auto removed = place.remove(options.session, message.id, "");
      if (!removed) console.warn("message " + message.id + " is left without all its files");
      return console.fail(info.error());
    }
    message.artifacts.push_back(std::move(info).value());
  }
  if (console.json()) {
    JsonWriter json;
    write_message(json, message, ArtifactsAs::reference, "");
    console.out(json.take());
    return Exit::ok;
  }
  console.out(message.id);
  for (const ArtifactInfo& artifact : message.artifacts) console.out("  " + line_of(artifact));
  return Exit::ok;
}

/// "a-b", both inclusive, as in HTTP.
Result<std::optional<ByteRange>> parse_range(const std::string& text) {
  if (text.empty()) return std::optional<ByteRange>();
  std::uint64_t first = 0, last = 0;
  const char* const end = text.data() + text.size();
  const auto a = std::from_chars(text.data(), end, first);
  const bool dash = a.ec == std::errc() && a.ptr != end && *a.ptr == '-';
  const auto b = std::from_chars(dash ? a.ptr + 1 : end, end, last);
  const bool countable = last - first < std::numeric_limits<std::uint64_t>::max();
  if (!dash || b.ec != std::errc() || b.ptr != end || last < first || !countable) {
    return make_error(Code::invalid_argument, "get", "--range " + text,
                      "a range is FIRST-LAST in bytes, both inclusive, as in 0-1023");
  }
  return std::optional<ByteRange>(ByteRange{first, last - first + 1});
}

/// Writes to standard output, or to a file that gets its name only when it is complete.
class Output {
 public:
  Result<void> open(const std::string& path) {
    path_ = path;
    if (path.empty() || path == "-") return ok();
    partial_ = path + "." + random_id().substr(0, 8) + ".part";
    fd_ = ::open(partial_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd_ < 0) return system_error(partial_, "cannot be made");
    return ok();
  }
  ~Output() {
    if (fd_ > STDERR_FILENO) ::close(fd_);
    if (!partial_.empty()) ::unlink(partial_.c_str());
  }

  Result<void> write(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t n = ::write(fd_, bytes.data(), bytes.size());
      if (n < 0 && errno == EINTR) continue;
      if (n < 0)
        return system_error(path_.empty() ? "standard output" : path_, "cannot be written");
      bytes.remove_prefix(static_cast<std::size_t>(n));
    }
    return ok();
  }

  Result<void> finish() {
    if (partial_.empty()) return ok();
    if (::rename(partial_.c_str(), path_.c_str()) != 0) {
      return system_error(path_, "cannot be made");
    }
    partial_.clear();
    return ok();
  }

 private:
  std::string path_, partial_;
  int fd_ = STDOUT_FILENO;
};

Result<void> get(const Console& console, Place& place, const GetOptions& options) {
  SPILLWAY_TRY(const auto range, parse_range(options.range));
  Output output;
  SPILLWAY_TRY(output.open(options.output));
  Sha256Hasher hasher;
  std::string expected;
  {
    Progress progress(console, options.artifact, std::nullopt);
    SPILLWAY_TRY(expected, place.fetch(options.session, options.message, options.artifact, range,
                                       [&](std::string_view bytes) {
                                         hasher.update(bytes);
                                         progress.add(bytes.size());
                                         return output.write(bytes);
                                       }));
  }
  if (!range && to_hex(hasher.finish()) != expected) {
    return make_error(Code::corrupt, "get", options.artifact,
                      "what arrived does not have the artifact's SHA-256");
  }
  return output.finish();
}

}  // namespace

Exit run_put(const Console& console, const Settings& settings, const PutOptions& options) {
  const bool into_message = !options.message.empty() || !options.artifact.empty();
  if (into_message &&
      (options.message.empty() || options.artifact.empty() || options.files.size() != 1)) {
    return console.fail(make_error(Code::invalid_argument, "put", "",
                                   "--message and --artifact come together, with one file"));
  }
  auto place = Place::open(settings, IfMissing::make);
  if (!place) return console.fail(place.error());
  return into_message ? put_one(console, place.value(), options)
                      : put_message(console, place.value(), options);
}

Exit run_get(const Console& console, const Settings& settings, const GetOptions& options) {
  auto place = Place::open(settings, IfMissing::refuse);
  if (!place) return console.fail(place.error());
  const auto done = get(console, place.value(), options);
  return done ? Exit::ok : console.fail(done.error());
}

}  // namespace spillway
