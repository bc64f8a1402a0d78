// Puts standard input into an object store, or gets an object or its attributes, for tests in other
// languages. usage: object_driver make|put|get|head URL [KEY [TYPE [ENCODING [NAME=VALUE…]]]]
#include <unistd.h>

#include <cstdio>
#include <string>
#include <vector>

#include "object/bucket.h"

namespace spillway {
namespace {

class InputSource final : public ByteSource {
 public:
  Result<std::size_t> read(char* buffer, std::size_t capacity) override {
    const ssize_t n = ::read(STDIN_FILENO, buffer, capacity);
    if (n >= 0) return static_cast<std::size_t>(n);
    return make_error(Code::unavailable, "driver", "", "standard input cannot be read");
  }
};

Result<void> make(const std::string& url) {
  SPILLWAY_TRY(const auto bucket, Bucket::open(url));
  return bucket->create(Deadline::after(std::chrono::minutes(1)));
}

Result<void> put(ObjectStore& store, const std::vector<std::string>& words) {
  ObjectAttributes attributes{words[3], words[4]};
  for (std::size_t i = 5; i < words.size(); ++i) {
    const std::size_t equals = words[i].find('=');
    attributes.metadata[words[i].substr(0, equals)] = words[i].substr(equals + 1);
  }
  InputSource source;
  SPILLWAY_TRY(store.put(words[2], source, attributes, Deadline::after(std::chrono::minutes(5))));
  return ok();
}

Result<void> get(ObjectStore& store, const ObjectKey& key) {
  SPILLWAY_TRY(const auto source,
               store.get(key, std::nullopt, Deadline::after(std::chrono::minutes(5))));
  SPILLWAY_TRY(const std::string bytes, read_all(*source, 1u << 30));
  std::fwrite(bytes.data(), 1, bytes.size(), stdout);
  return ok();
}

/// Type, encoding, then name=value of the metadata, a NUL after each.
Result<void> head(ObjectStore& store, const ObjectKey& key) {
  SPILLWAY_TRY(const ObjectInfo info, store.head(key, Deadline::after(std::chrono::minutes(1))));
  std::string text = info.attributes.content_type + '\0' + info.attributes.content_encoding + '\0';
  for (const auto& [name, value] : info.attributes.metadata) text += name + "=" + value + '\0';
  std::fwrite(text.data(), 1, text.size(), stdout);
  return ok();
}

Result<void> run(const std::vector<std::string>& words) {
  if (words.size() == 2 && words[0] == "make") return make(words[1]);
  if (words.size() < 3) {
    return make_error(Code::invalid_argument, "driver", "", "make|put|get|head URL KEY …");
  }
  SPILLWAY_TRY(const auto store, open_object_store(words[1]));
  if (words[0] == "put" && words.size() >= 5) return put(*store, words);
  return words[0] == "get" ? get(*store, words[2]) : head(*store, words[2]);
}

}  // namespace
}  // namespace spillway

int main(int argc, char** argv) {
  const auto done = spillway::run({argv + 1, argv + argc});
  if (done) return 0;
  std::fprintf(stderr, "%s\n", spillway::describe(done.error()).c_str());
  return 1;
}
