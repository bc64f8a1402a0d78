// Randomness from the kernel and ids made of it.
#include "base/random.h"

#include <sys/random.h>

#include <algorithm>
#include <cstdlib>
#include <mutex>

#include "base/clock.h"
#include "base/digest.h"

namespace spillway {

std::string random_bytes(std::size_t n) {
  std::string bytes(n, '\0');
  std::size_t filled = 0;
  while (filled < n) {
    const ssize_t got = getrandom(bytes.data() + filled, n - filled, 0);
    if (got <= 0) std::abort();  // a guessable attempt id could overwrite someone's object
    filled += static_cast<std::size_t>(got);
  }
  return bytes;
}

std::string random_id() { return to_hex(random_bytes(16)); }

namespace {

/// The 16 bytes of the last id of this process; ids within one millisecond count upwards from it.
struct LastId {
  std::mutex mutex;
  std::int64_t millis = 0;
  std::string tail;  // 10 bytes
};

void increment(std::string& bytes) {
  for (auto byte = bytes.rbegin(); byte != bytes.rend(); ++byte) {
    *byte = static_cast<char>(static_cast<unsigned char>(*byte) + 1);
    if (*byte != 0) return;
  }
}

std::string crockford(std::uint64_t millis, const std::string& tail) {
  static constexpr char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  __extension__ using Uint128 = unsigned __int128;  // not ISO C++, but g++ and clang have it
  Uint128 bits = millis;
  for (const unsigned char byte : tail) bits = bits << 8 | byte;
  std::string text(26, '0');
  for (auto place = text.rbegin(); place != text.rend(); ++place) {
    *place = alphabet[static_cast<unsigned>(bits & 31)];
    bits >>= 5;
  }
  return text;
}

}  // namespace

std::string time_ordered_id() {
  static LastId last;  // the order within a millisecond is a promise of the whole process
  const std::lock_guard lock(last.mutex);
  const std::int64_t now = unix_millis();
  if (now > last.millis) {
    last.millis = now;
    last.tail = random_bytes(10);
    last.tail[0] = static_cast<char>(last.tail[0] & 0x7f);  // room to count upwards
  } else {
    increment(last.tail);
  }
  return crockford(static_cast<std::uint64_t>(last.millis), last.tail);
}

}  // namespace spillway
