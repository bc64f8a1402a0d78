// Blanks comments and literals, so that rules about code do not stumble over words.
#include <string>
#include <string_view>

#include "unit/style/rules.h"

namespace spillway::style {
namespace {

/// One pass over a text; what is not code is replaced by blanks as it goes by.
class Blanker {
 public:
  explicit Blanker(std::string_view text) : text_(text), out_(text) {}

  std::string run() {
    while (at_ < text_.size()) {
      if (text_.substr(at_).starts_with("//")) {
        blank_through("\n", false);
      } else if (text_.substr(at_).starts_with("/*")) {
        blank_through("*/", true);
      } else if (text_[at_] == '"' && is_raw()) {
        const std::size_t open = text_.find('(', at_);
        if (open == std::string_view::npos) break;
        blank_through(")" + std::string(text_.substr(at_ + 1, open - at_ - 1)) + "\"", true);
      } else if (text_[at_] == '"' || (text_[at_] == '\'' && !is_digit_separator())) {
        blank_literal(text_[at_]);
      } else {
        ++at_;
      }
    }
    return out_;
  }

 private:
  bool is_raw() const { return at_ > 0 && text_[at_ - 1] == 'R'; }
  bool is_digit_separator() const {
    return at_ > 0 && (std::isalnum(static_cast<unsigned char>(text_[at_ - 1])) != 0);
  }
  void blank(std::size_t end) {
    for (; at_ < end; ++at_) {
      if (out_[at_] != '\n') out_[at_] = ' ';
    }
  }
  void blank_through(std::string_view close, bool with_it) {
    const std::size_t found = text_.find(close, at_ + 1);
    if (found == std::string_view::npos) return blank(text_.size());
    blank(found + (with_it ? close.size() : 0));
  }
  /// The quotes stay: the code shows that a literal stood there.
  void blank_literal(char quote) {
    std::size_t end = at_ + 1;
    while (end < text_.size() && text_[end] != quote && text_[end] != '\n') {
      end += text_[end] == '\\' ? 2 : 1;
    }
    ++at_;
    blank(std::min(end, text_.size()));
    ++at_;
  }

  std::string_view text_;
  std::string out_;
  std::size_t at_ = 0;
};

}  // namespace

std::string code_only(std::string_view text) { return Blanker(text).run(); }

}  // namespace spillway::style
