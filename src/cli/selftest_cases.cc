// Each check is one promise of Spillway, tried from outside.
#include "cli/selftest_cases.h"

#include <array>
#include <chrono>
#include <utility>

#include "base/digest.h"
#include "base/parallel.h"
#include "base/random.h"
#include "dynamo/item_size.h"

namespace spillway {
namespace {

constexpr std::size_t kilobyte = 1024;
constexpr std::chrono::milliseconds load_time_max{2000};

Deadline soon() { return Deadline::after(std::chrono::seconds(30)); }

/// Amazon DynamoDB Developer Guide, "DynamoDB item sizes and formats".
Result<void> measure_sizes(SelftestSession&) {
  const std::pair<Item, std::uint64_t> known[] = {
      {{{"pk", "abc"}}, 2 + 3},
      {{{"pk", "é"}}, 2 + 2},
      {{{"k", "v"}, {"b", true}}, 2 + 1 + 1},
      {{{"k", "v"}, {"n", Null{}}}, 2 + 1 + 1},
      {{{"k", Binary{std::string(10, '\0')}}}, 1 + 10},
      {{{"k", "v"}, {"l", List{"a", "b"}}}, 2 + 1 + 3 + 2 * (1 + 1)},
      {{{"k", "v"}, {"m", Map{{"x", "y"}}}}, 2 + 1 + 3 + (1 + 1 + 1)},
      {{{"k", std::string(409'599, 'x')}}, 409'600},
  };
  for (const auto& [item, bytes] : known) {
    if (item_size(item) != bytes) {
      return unexpected("an item of " + std::to_string(bytes) + " bytes was measured as " +
                        std::to_string(item_size(item)));
    }
  }
  return ok();
}

/// Saves one artifact of `bytes` and says where it went.
Result<Storage> route(SelftestSession& session, std::size_t bytes) {
  const std::vector<std::string> sent{dense_json(bytes)};
  SPILLWAY_TRY(const auto message, session.post(sent));
  SPILLWAY_TRY(session.expect_identical(message, sent));
  if (message.item_bytes > item_bytes_max) {
    return unexpected("an item of " + std::to_string(message.item_bytes) + " bytes was stored");
  }
  return message.artifacts[0].placement.storage;
}

Result<void> route_below(SelftestSession& session) {
  SPILLWAY_TRY(const auto storage,
               route(session, session.items().policy().threshold_bytes - kilobyte));
  if (storage != Storage::in_item) return unexpected("1 KB below the threshold left its item");
  return ok();
}

Result<void> route_above(SelftestSession& session) {
  SPILLWAY_TRY(const auto storage,
               route(session, session.items().policy().threshold_bytes + kilobyte));
  if (storage == Storage::in_item) return unexpected("1 KB above the threshold stayed as it was");
  return ok();
}

Result<void> save_well(SelftestSession& session) {
  SPILLWAY_TRY(const auto well, well_artifact("WELL-001"));
  SPILLWAY_TRY(const auto message, session.post({well}));
  if (message.artifacts[0].placement.storage == Storage::in_item) {
    return unexpected("an artifact of " + std::to_string(well.size()) + " bytes did not spill");
  }
  return session.expect_identical(message, {well});
}

Result<void> save_many_artifacts(SelftestSession& session) {
  std::vector<std::string> sent;
  for (int i = 0; i < 40; ++i) sent.push_back(dense_json(12 * kilobyte));
  SPILLWAY_TRY(const auto message, session.post(sent));
  if (message.artifacts.size() != sent.size()) return unexpected("artifacts are missing");
  return session.expect_identical(message, sent);
}

Result<void> save_stream(SelftestSession& session) {
  constexpr std::size_t bytes = 10 * 1000 * 1000;
  SPILLWAY_TRY(const auto message, session.post({}));
  const std::string sent = random_bytes(bytes);
  StringSource source(sent);
  NewArtifact artifact;
  artifact.id = "stream";
  SPILLWAY_TRY(
      session.sessions().put_artifact(session.name(), message.id, artifact, source, soon()));
  return session.expect_identical(message, {sent});
}

Result<void> save_batch(SelftestSession& session) {
  constexpr std::size_t messages = 25;
  std::vector<GetRequest> requests;
  for (std::size_t i = 0; i < messages; ++i) {
    SPILLWAY_TRY(const auto message, session.post({dense_json(i % 5 == 0 ? 900'000 : 100)}));
    GetRequest request;
    request.table = "spillway_messages";
    request.key = {{"session", session.name()}, {"id", message.id}};
    requests.push_back(std::move(request));
  }
  std::size_t listed = 0;
  MessageQuery query;
  query.limit = 10;
  do {
    SPILLWAY_TRY(const auto page, session.sessions().messages(session.name(), query, soon()));
    listed += page.messages.size();
    query.cursor = page.next_cursor;
  } while (!query.cursor.empty());
  if (listed != messages) return unexpected("pages list " + std::to_string(listed) + " of 25");
  SPILLWAY_TRY(const auto reply, session.items().batch_get(requests, soon()));
  for (std::size_t i = 0; i < messages; ++i) {
    if (!reply.items[i]) return unexpected("a batch lacks item " + std::to_string(i));
  }
  return ok();
}

Result<void> retrieve(SelftestSession& session) {
  const std::vector<std::string> sent{dense_json(100), dense_json(2'000'000)};
  SPILLWAY_TRY(const auto message, session.post(sent));
  Sessions& sessions = session.sessions();
  SPILLWAY_TRY(const auto reference,
               sessions.message(session.name(), message.id, ArtifactsAs::reference, soon()));
  if (reference.artifacts[0].value != sent[0]) return unexpected("a small value is not inline");
  if (reference.artifacts[1].value) return unexpected("a large value is not a reference");
  if (reference.artifacts[1].placement.key.empty()) return unexpected("a reference has no key");
  SPILLWAY_TRY(const auto resolved,
               sessions.message(session.name(), message.id, ArtifactsAs::resolved, soon()));
  if (resolved.artifacts[1].value != sent[1]) return unexpected("resolving gives other bytes");
  constexpr ByteRange middle{1'000'000, 4'321};
  SPILLWAY_TRY(const auto part, session.fetch(message, "a1", middle));
  if (part != sent[1].substr(middle.offset, middle.length)) {
    return unexpected("a range gives other bytes");
  }
  return ok();
}

Result<void> refuse_bad_input(SelftestSession& session) {
  SPILLWAY_TRY(const auto message, session.post({"[1,2,3]"}));
  Sessions& sessions = session.sessions();
  SPILLWAY_TRY(expect_error("truncated JSON", Code::invalid_argument, session.post({"{\"a\":"})));
  SPILLWAY_TRY(expect_error("too deep JSON", Code::invalid_argument,
                            session.post({std::string(100'000, '[')})));
  SPILLWAY_TRY(expect_error("bad UTF-8", Code::invalid_argument, session.post({"\"\xC3\x28\""})));
  NewMessage nobody;
  nobody.role = "nobody";
  SPILLWAY_TRY(expect_error("an unknown role", Code::invalid_argument,
                            sessions.post(session.name(), nobody, soon())));
  NewMessage huge;
  huge.role = "user";
  huge.content.assign(64 * kilobyte * kilobyte, 'x');
  SPILLWAY_TRY(
      expect_error("a huge content", Code::too_large, sessions.post(session.name(), huge, soon())));
  SPILLWAY_TRY(expect_error("a missing artifact", Code::not_found, session.fetch(message, "a7")));
  SPILLWAY_TRY(expect_error("an impossible range", Code::invalid_argument,
                            session.fetch(message, "a0", ByteRange{5, 1'000})));
  Message nowhere = message;
  nowhere.id = time_ordered_id();
  SPILLWAY_TRY(expect_error("a missing message", Code::not_found, session.fetch(nowhere, "a0")));
  SPILLWAY_TRY(const std::size_t count, session.count());
  if (count != 1) return unexpected("a refused message was stored");
  return ok();
}

Result<void> honour_idempotency(SelftestSession& session) {
  NewMessage message;
  message.role = "user";
  message.artifacts = {dense_json(900'000)};
  message.idempotency_key = random_id();
  SPILLWAY_TRY(const auto first, session.sessions().post(session.name(), message, soon()));
  SPILLWAY_TRY(const auto again, session.sessions().post(session.name(), message, soon()));
  if (!again.repeated || again.message.id != first.message.id) {
    return unexpected("a repeated request was saved twice");
  }
  message.content = "another";
  return expect_error("another request with the same key", Code::invalid_argument,
                      session.sessions().post(session.name(), message, soon()));
}

Result<void> save_in_parallel(SelftestSession& session) {
  constexpr std::size_t wells = 8, threads = 4;
  std::array<std::optional<Error>, wells> errors;
  parallel_for(wells, threads, [&](std::size_t i) {
    const auto saved = [&]() -> Result<void> {
      SPILLWAY_TRY(const auto well, well_artifact("WELL-00" + std::to_string(i + 1)));
      SPILLWAY_TRY(const auto message, session.post({well}));
      return session.expect_identical(message, {well});
    }();
    if (!saved) errors[i] = saved.error();
  });
  for (const auto& error : errors) {
    if (error) return *error;
  }
  return ok();
}

Result<void> load_fast(SelftestSession& session) {
  SPILLWAY_TRY(const auto well, well_artifact("WELL-002"));
  SPILLWAY_TRY(const auto message, session.post({well}));
  const auto start = std::chrono::steady_clock::now();
  SPILLWAY_TRY(const auto loaded, session.sessions().message(session.name(), message.id,
                                                             ArtifactsAs::resolved, soon()));
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - start);
  if (loaded.artifacts[0].value != well) return unexpected("it came back with other bytes");
  if (took > load_time_max) return unexpected("it took " + std::to_string(took.count()) + " ms");
  return ok();
}

Result<void> remove_what_was_saved(SelftestSession& session) {
  SPILLWAY_TRY(const auto message, session.post({dense_json(900'000)}));
  SPILLWAY_TRY(session.sessions().remove_message(session.name(), message.id, soon()));
  SPILLWAY_TRY(expect_error("a removed message", Code::not_found, session.fetch(message, "a0")));
  SPILLWAY_TRY(session.sessions().remove_session(session.name(), soon()));
  return expect_error("a removed session", Code::not_found,
                      session.sessions().messages(session.name(), {}, soon()));
}

Result<void> check_everything_stored(SelftestSession& session) {
  SPILLWAY_TRY(const auto report, session.items().fsck({.read_objects = true}, Deadline::never()));
  if (report.problems.empty()) return ok();
  return unexpected(std::to_string(report.problems.size()) +
                    " problem(s), the first: " + report.problems.front());
}

Result<void> fall_back_inline(SelftestSession& session) {
  // Compresses well, so that it fits into the item when it cannot leave it.
  const std::string sent = "[" + std::string(500'000, ' ') + "1]";
  const std::string also = dense_json(250'000);
  SPILLWAY_TRY(const auto message, session.post({sent, also}));
  if (message.artifacts[0].placement.storage == Storage::spilled) {
    return unexpected("an artifact spilled into a store that takes nothing");
  }
  return session.expect_identical(message, {sent, also});
}

Result<void> refuse_what_cannot_fit(SelftestSession& session) {
  SPILLWAY_TRY(
      expect_error("what fits nowhere", Code::unavailable, session.post({dense_json(2'000'000)})));
  SPILLWAY_TRY(const std::size_t count, session.count());
  if (count != 0) return unexpected("a refused message was stored");
  return ok();
}

Result<void> leave_a_placeholder(SelftestSession& session) {
  const std::string small = dense_json(100);
  SPILLWAY_TRY(const auto message,
               session.post({small, dense_json(2'000'000)}, OnFailure::placeholder));
  if (!message.artifacts[1].error) return unexpected("no error stands in the artifact's place");
  SPILLWAY_TRY(expect_error("a placeholder", Code::unavailable, session.fetch(message, "a1")));
  return session.expect_identical(message, {small});
}

}  // namespace

std::span<const SelftestCase> selftest_cases() {
  static constexpr SelftestCase cases[] = {
      {"items are measured as DynamoDB measures them", measure_sizes},
      {"1 KB below the threshold stays in the item", route_below},
      {"1 KB above the threshold leaves it, identical by SHA-256", route_above},
      {"a 9,048-point well of 563 KB, identical by SHA-256", save_well},
      {"40 artifacts that only together are too large", save_many_artifacts},
      {"10 MB of binary data as a stream", save_stream},
      {"batches: 25 messages, listed in pages and read at once", save_batch},
      {"retrieval: resolved, as references, in ranges", retrieve},
      {"bad input is refused and leaves nothing behind", refuse_bad_input},
      {"a repeated request is saved once", honour_idempotency},
      {"8 wells at once from 4 threads", save_in_parallel},
      {"a 563 KB artifact loads in less than 2 s", load_fast},
      {"what is removed is gone", remove_what_was_saved},
      {"everything that was stored before is whole", check_everything_stored},
  };
  return cases;
}

std::span<const SelftestCase> selftest_fallback_cases() {
  static constexpr SelftestCase cases[] = {
      {"object store down: what compresses stays in the item", fall_back_inline},
      {"object store down: what fits nowhere is refused, whole", refuse_what_cannot_fit},
      {"object store down: a placeholder where it was allowed", leave_a_placeholder},
  };
  return cases;
}

}  // namespace spillway
