// spillway doctor: what works, what does not, and what to change.
#include "cli/commands.h"
#include "cli/doctor.h"

namespace spillway {
namespace {

/// Each part waits so long at most, retries included: an operator looks on.
constexpr std::chrono::seconds part_wait{30};

Deadline part_deadline() { return Deadline::after(part_wait); }

}  // namespace

Exit run_doctor(const Console& console, const Settings& settings, const DoctorOptions& options) {
  Findings findings(console);
  const bool remote_items = is_remote_items(settings.stores);
  const bool remote_objects = is_remote_objects(settings.stores);
  console.note("items:   " + settings.stores.items_url);
  console.note("objects: " + settings.stores.objects_url);
  const bool known =
      (!remote_items && !remote_objects) || examine_identity(settings, findings, part_deadline());
  bool usable = known;
  if (known && remote_objects) {
    usable = examine_bucket(settings, options.viewer_origins, findings, part_deadline());
  }
  // Whatever became of the bucket: two faults are told in one run.
  if (known && remote_items) usable = examine_tables(settings, findings, part_deadline()) && usable;
  if (usable) {
    examine_round_trip(settings, findings, part_deadline());
  } else {
    findings.skip("round trip", "what failed above comes first");
  }
  const bool failed = findings.has(Finding::State::failed);
  findings.finish(failed                                  ? "not well: see what failed above"
                  : findings.has(Finding::State::warning) ? "works; see the warnings above"
                                                          : "all is well");
  return failed ? Exit::failed : Exit::ok;
}

}  // namespace spillway
