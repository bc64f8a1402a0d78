// What is an object key.
#include "object/object_key.h"

namespace spillway {
Result<void> check_object_key(const ObjectKey& key, const char* op) {
  if (key.empty() || key.size() > object_key_bytes_max) {
    return make_error(Code::invalid_argument, op, key.substr(0, object_key_bytes_max),
                      "an object key has 1 to 1,024 bytes, this one " + std::to_string(key.size()));
  }
  if (is_utf8(key)) return ok();
  return make_error(Code::invalid_argument, op, key, "an object key must be UTF-8");
}

}  // namespace spillway
