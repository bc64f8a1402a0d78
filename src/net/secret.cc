// Wiping and comparing secrets.
#include "net/secret.h"

#include <openssl/crypto.h>

#include <ostream>

namespace spillway {

Secret& Secret::operator=(const Secret& other) {
  if (this != &other) {
    wipe();
    text_ = other.text_;
  }
  return *this;
}

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this != &other) {
    wipe();
    text_ = std::move(other.text_);
    other.wipe();  // a short string is copied, not moved
  }
  return *this;
}

Secret::~Secret() { wipe(); }

void Secret::wipe() {
  OPENSSL_cleanse(text_.data(), text_.size());
  text_.clear();
}

std::ostream& operator<<(std::ostream& out, const Secret&) { return out << "***"; }

bool equal_in_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace spillway
