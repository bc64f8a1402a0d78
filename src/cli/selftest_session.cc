// Test data that are fresh in every run, so that no cache and no earlier run can answer for the
// store.
#include "cli/selftest_session.h"

#include "base/digest.h"
#include "base/random.h"
#include "welllog/las.h"
#include "welllog/log_plot.h"
#include "welllog/synthetic.h"

namespace spillway {
namespace {

constexpr std::chrono::seconds patience{30};
constexpr std::uint64_t fetched_bytes_max = 64ull << 20;

Deadline soon() { return Deadline::after(patience); }

}  // namespace

SelftestSession::SelftestSession(Items& items, Sessions& sessions)
    : items_(items), sessions_(sessions), name_("selftest-" + random_id()) {}

SelftestSession::~SelftestSession() {
  // not_found: no check got as far as to make it. Other failures show in the checks themselves.
  (void)sessions_.remove_session(name_, soon());
}

Result<Message> SelftestSession::post(std::vector<std::string> artifacts, OnFailure on_failure) {
  NewMessage message;
  message.role = "tool";
  message.content = "selftest";
  message.artifacts = std::move(artifacts);
  message.on_failure = on_failure;
  SPILLWAY_TRY(auto saved, sessions_.post(name_, message, soon()));
  return std::move(saved.message);
}

Result<std::string> SelftestSession::fetch(const Message& message, const std::string& artifact,
                                           std::optional<ByteRange> range) {
  SPILLWAY_TRY(const auto located, sessions_.locate(name_, message.id, artifact, soon()));
  SPILLWAY_TRY(const auto source, sessions_.open_artifact(located, range, soon()));
  return read_all(*source, fetched_bytes_max);
}

Result<void> SelftestSession::expect_identical(const Message& message,
                                               const std::vector<std::string>& sent) {
  for (std::size_t i = 0; i < sent.size(); ++i) {
    SPILLWAY_TRY(const auto bytes, fetch(message, std::to_string(i)));
    if (sha256(bytes) != sha256(sent[i])) {
      return unexpected("artifact " + std::to_string(i) + " came back with other bytes");
    }
  }
  return ok();
}

Result<std::size_t> SelftestSession::count() {
  MessageQuery query;
  query.limit = 200;
  const auto page = sessions_.messages(name_, query, soon());
  if (!page && page.error().code == Code::not_found) return std::size_t{0};
  if (!page) return page.error();
  return page.value().messages.size();
}

std::string dense_json(std::size_t bytes) {
  return '"' + base64_encode(random_bytes(bytes)).substr(0, bytes - 2) + '"';
}

Result<std::string> well_artifact(const std::string& well) {
  SPILLWAY_TRY(const auto las, parse_las(synthetic_las(well)));
  return log_plot_json(las);
}

Error unexpected(const std::string& what) {
  return make_error(Code::internal, "selftest", "", what);
}

Result<void> expect_code(const char* what, Code expected, const Error* error) {
  if (!error) return unexpected(std::string(what) + " was accepted");
  if (error->code == expected) return ok();
  return unexpected(std::string(what) + " gave " + std::string(to_string(error->code)) +
                    " instead of " + std::string(to_string(expected)));
}

}  // namespace spillway
