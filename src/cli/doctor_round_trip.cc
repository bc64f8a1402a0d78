// One message with an artifact that spills, through everything that real ones go through.
#include <chrono>

#include "base/digest.h"
#include "base/random.h"
#include "cli/doctor.h"
#include "cli/place.h"

namespace spillway {
namespace {

/// Incompressible and over DynamoDB's limit even encoded, so it has to spill.
constexpr std::size_t artifact_bytes = 800'000;

/// What was read back; an error names the step that failed.
Result<std::string> save_and_load(Sessions& sessions, const std::string& session,
                                  const std::string& value, Deadline deadline) {
  NewMessage message;
  message.role = "system";
  message.content = "spillway doctor";
  message.artifacts = {value};
  SPILLWAY_TRY(const auto saved, sessions.post(session, message, deadline));
  const Placement& placement = saved.message.artifacts.front().placement;
  if (placement.storage != Storage::spilled) {
    return make_error(Code::unavailable, "doctor", "",
                      "the value stayed in its item: the object store took no object");
  }
  SPILLWAY_TRY(const auto located, sessions.locate(session, saved.message.id, "0", deadline));
  SPILLWAY_TRY(auto source, sessions.open_artifact(located, std::nullopt, deadline));
  return read_all(*source, value.size());
}

}  // namespace

void examine_round_trip(const Settings& settings, Findings& findings, Deadline deadline) {
  const std::string name = "round trip";
  auto stores = open_stores(settings, IfMissing::refuse);
  if (!stores) {
    return findings.fail(name, stores.error().detail,
                         advice_for(stores.error(), stores.error().op, "these stores"));
  }
  const auto owner = stores.value()->items().check_owner(deadline);
  if (owner) {
    findings.good("owner", "the objects are this item store's");
  } else {
    findings.fail("owner", owner.error().detail,
                  advice_for(owner.error(), "s3:GetObject", "identity"));
  }
  Sessions& sessions = stores.value()->sessions();
  const std::string session = "spillway-doctor-" + random_id();
  const std::string value = '"' + base64_encode(random_bytes(artifact_bytes)) + '"';
  const auto began = std::chrono::steady_clock::now();
  const auto read = save_and_load(sessions, session, value, deadline);
  const auto removed = sessions.remove_session(session, deadline);
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - began);
  if (!read) {
    return findings.fail(name, read.error().detail,
                         advice_for(read.error(), read.error().op, "these stores"));
  }
  if (read.value() != value) {
    return findings.fail(name, "other bytes came back than were saved",
                         "do not write through this object store; report it");
  }
  if (!removed) {
    return findings.fail(name, "the probe could not be removed: " + removed.error().detail,
                         "spillway rm " + session + " --yes");
  }
  findings.good(name, "a value of " + human_bytes(value.size()) +
                          " was saved, spilled, read back and removed in " +
                          std::to_string(took.count()) + " ms; the next sweep takes its object");
}

}  // namespace spillway
