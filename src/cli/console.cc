// Lines, colours, and errors that say what to do.
#include "cli/console.h"

#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>

#include "server/json_out.h"

namespace spillway {
namespace {

bool colour_on(int stream) {
  const char* off = std::getenv("NO_COLOR");  // https://no-color.org: any value but the empty one
  const char* terminal = std::getenv("TERM");
  return isatty(stream) && !(off && *off) && !(terminal && std::string_view(terminal) == "dumb");
}

std::string coloured(bool on, const char* code, std::string_view text) {
  if (!on) return std::string(text);
  return "\033[" + std::string(code) + "m" + std::string(text) + "\033[0m";
}

void write_line(std::FILE* to, std::string_view line) {
  std::fwrite(line.data(), 1, line.size(), to);
  std::fputc('\n', to);
  std::fflush(to);
}

/// What to do next, where the error itself does not say.
std::string_view advice(const Error& error) {
  const bool of_store = error.op.starts_with("dynamodb.") || error.op.starts_with("bucket.") ||
                        error.op.starts_with("object.") || error.op == "net.credentials";
  const bool from_server = error.op == "http", of_file = error.op == "file" || error.op == "open";
  switch (error.code) {
    case Code::not_found: return of_file ? "" : "see what there is with: spillway ls";
    case Code::throttled: return "wait a little, then run the command again";
    case Code::unavailable:
      if (of_store) return "find out what does not answer with: spillway doctor";
      return "is another spillway using the directory (then use --to URL), or the server down?";
    case Code::storage_full: return "free some space, then run the command again";
    case Code::timeout: return "run the command again";
    case Code::permission_denied:
      if (from_server) return "give a token with --token-file or SPILLWAY_TOKEN";
      return of_store ? "find out which permission is missing with: spillway doctor" : "";
    case Code::archived:
      return "bring it back with: spillway restore SESSION MESSAGE ARTIFACT --days 7";
    case Code::corrupt: return "see what is damaged with: spillway fsck --read-objects";
    case Code::internal: return "this is a bug of Spillway; please report it with this line";
    default: return "";
  }
}

}  // namespace

Exit exit_of(const Error& error) {
  switch (error.code) {
    case Code::not_found: return Exit::not_found;
    case Code::invalid_argument: return Exit::usage;
    case Code::conflict:
    case Code::throttled:
    case Code::unavailable:
    case Code::storage_full:
    case Code::timeout:
    case Code::cancelled: return Exit::unavailable;
    case Code::corrupt: return Exit::damaged;
    default: return Exit::failed;
  }
}

Console::Console(bool json, bool quiet)
    : json_(json),
      quiet_(quiet),
      progress_(!quiet && isatty(STDERR_FILENO)),
      colour_out_(!json && colour_on(STDOUT_FILENO)),
      colour_err_(colour_on(STDERR_FILENO)) {}

void Console::out(std::string_view line) const { write_line(stdout, line); }

void Console::note(std::string_view line) const {
  if (!quiet_) write_line(stderr, line);
}

void Console::warn(std::string_view line) const {
  if (!quiet_) write_line(stderr, coloured(colour_err_, "33", "warning: ") + std::string(line));
}

Exit Console::fail(const Error& error) const {
  const std::string_view next = advice(error);
  if (json_) {
    JsonWriter out;
    out.begin_object().key("error").begin_object();
    out.member("code", to_string(error.code))
        .member("subject", printable(error.subject))
        .member("detail", printable(error.detail))
        .member("retryable", error.transient)
        .member_or_null("advice", next)
        .end_object()
        .end_object();
    write_line(stderr, out.take());
    return exit_of(error);
  }
  std::string line = coloured(colour_err_, "31", "spillway: ");
  if (!error.subject.empty()) line += printable(error.subject) + ": ";
  line += printable(error.detail);
  if (!next.empty()) line += "\n  " + std::string(next);
  write_line(stderr, line);
  return exit_of(error);
}

std::string Console::good(std::string_view text) const { return coloured(colour_out_, "32", text); }
std::string Console::bad(std::string_view text) const { return coloured(colour_out_, "31", text); }

std::string printable(std::string_view text) {
  std::string shown(text);
  for (std::size_t i = 0; i < shown.size(); ++i) {
    const auto byte = static_cast<unsigned char>(shown[i]);
    // U+0080 to U+009F are control characters, too: C2 80 to C2 9F.
    const bool c1 =
        byte == 0xC2 && i + 1 < shown.size() && static_cast<unsigned char>(shown[i + 1]) < 0xA0;
    if (byte < 0x20 || byte == 0x7F) shown[i] = '?';
    if (c1) shown.replace(i, 2, "?");
  }
  return shown;
}

std::string human_bytes(std::uint64_t bytes) {
  constexpr std::array units{"B", "KB", "MB", "GB", "TB"};
  if (bytes < 1000) return std::to_string(bytes) + " B";
  double value = static_cast<double>(bytes);
  std::size_t unit = 0;
  for (; value >= 1000 && unit + 1 < units.size(); ++unit) value /= 1000;
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.1f %s", value, units[unit]);
  return text.data();
}

}  // namespace spillway
