// spillway selftest: runs the checks, one session each, and scores them.
#include <chrono>
#include <filesystem>

#include "cli/commands.h"
#include "cli/place.h"
#include "cli/refusing_store.h"
#include "cli/selftest_cases.h"
#include "item/item_store.h"
#include "server/json_out.h"

namespace spillway {
namespace {

/// Prints each result as it comes and keeps the score.
class Score {
 public:
  explicit Score(const Console& console) : console_(console) {
    json_.begin_object().key("checks").begin_array();
  }

  void run(const SelftestCase& check, Items& items, Sessions& sessions) {
    const auto start = std::chrono::steady_clock::now();
    const auto result = [&] {
      SelftestSession session(items, sessions);
      return check.run(session);
    }();
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::steady_clock::now() - start);
    add(check.name, took.count(), result ? "" : describe(result.error()));
  }

  /// Checks that could not even begin.
  void fail_all(std::span<const SelftestCase> checks, const Error& why) {
    for (const SelftestCase& check : checks) {
      add(check.name, 0, "the stores could not be opened: " + describe(why));
    }
  }

  Exit finish() {
    const std::size_t percent = passed_ * 100 / total_;
    if (console_.json()) {
      json_.end_array()
          .member("passed", passed_)
          .member("total", total_)
          .member("scorePercent", percent)
          .end_object();
      console_.out(json_.take());
    } else {
      console_.out("score: " + std::to_string(percent) + " % (" + std::to_string(passed_) + " of " +
                   std::to_string(total_) + ")");
    }
    return passed_ == total_ ? Exit::ok : Exit::failed;
  }

 private:
  void add(const char* name, std::int64_t millis, const std::string& failure) {
    ++total_;
    if (failure.empty()) ++passed_;
    json_.begin_object()
        .member("name", name)
        .member("passed", failure.empty())
        .member("milliseconds", millis)
        .member_or_null("failure", printable(failure))
        .end_object();
    if (console_.json()) return;
    std::string time = std::to_string(millis);
    time.insert(0, time.size() < 6 ? 6 - time.size() : 0, ' ');
    console_.out((failure.empty() ? console_.good("PASS") : console_.bad("FAIL")) + time + " ms  " +
                 name + (failure.empty() ? "" : ": " + printable(failure)));
  }

  const Console& console_;
  JsonWriter json_;
  std::size_t passed_ = 0, total_ = 0;
};

void run_all(Score& score, std::span<const SelftestCase> checks, Items& items, Sessions& sessions) {
  for (const SelftestCase& check : checks) score.run(check, items, sessions);
}

/// The configured item store with an object store that takes nothing.
Result<std::unique_ptr<Items>> open_refusing(const Settings& settings) {
  SPILLWAY_TRY(auto items, open_item_store(settings.stores.items_url));
  SPILLWAY_TRY(auto objects, open_object_store(settings.stores.objects_url));
  return Items::over(std::move(items), refusing_store(std::move(objects)), settings.stores);
}

void run_fallbacks(Score& score, const Settings& settings) {
  auto items = open_refusing(settings);
  if (!items) return score.fail_all(selftest_fallback_cases(), items.error());
  auto sessions = Sessions::open(*items.value());
  if (!sessions) return score.fail_all(selftest_fallback_cases(), sessions.error());
  run_all(score, selftest_fallback_cases(), *items.value(), *sessions.value());
}

}  // namespace

Exit run_selftest(const Console& console, const Settings& settings) {
  Score score(console);
  {
    // In Spillway's own table of messages: those of other programs are left alone.
    Settings own = settings;
    own.messages = {};
    auto stores = open_stores(own, IfMissing::make);
    if (!stores) {
      score.fail_all(selftest_cases(), stores.error());
    } else {
      run_all(score, selftest_cases(), stores.value()->items(), stores.value()->sessions());
    }
  }  // one owner of the stores at a time
  run_fallbacks(score, settings);
  return score.finish();
}

}  // namespace spillway
