// spillway sweep, fsck and backup: work on the stores of this machine.
#include <filesystem>

#include "cli/commands.h"
#include "cli/place.h"
#include "cli/progress.h"
#include "object/bucket.h"
#include "server/json_out.h"

namespace spillway {
namespace {

/// What crashed writers left of multipart uploads, on S3 under a prefix; 0 elsewhere, also where
/// the bucket is used without one: there the uploads may be anybody's.
Result<std::uint64_t> abort_uploads(const Settings& settings, const SweepFlags& flags) {
  if (!is_remote_objects(settings.stores)) return 0;
  SPILLWAY_TRY(const auto bucket, Bucket::open(settings.stores.objects_url));
  if (bucket->prefix().empty()) return 0;
  return bucket->abort_stale_uploads(std::chrono::hours(flags.stale_upload_hours),
                                     Deadline::never());
}

std::string sweep_json(const SweepReport& report, std::uint64_t uploads_aborted) {
  JsonWriter json;
  json.begin_object()
      .member("objectsSeen", report.objects_seen)
      .member("objectsRemoved", report.objects_removed)
      .member("bytesRemoved", report.bytes_removed)
      .member("rowsSeen", report.rows_seen)
      .member("rowsRemoved", report.rows_removed)
      .member("attemptsAborted", report.attempts_aborted)
      .member("rowsRestored", report.rows_restored)
      .member("keptForRetention", report.kept_for_retention)
      .member("uploadsAborted", uploads_aborted)
      .member("fallbacksMoved", report.fallbacks_moved)
      .key("undecided")
      .begin_array();
  for (const std::string& line : report.undecided) json.value(line);
  json.end_array().end_object();
  return json.take();
}

std::string fsck_json(const FsckReport& report) {
  JsonWriter json;
  json.begin_object()
      .member("items", report.items)
      .member("references", report.references)
      .member("objects", report.objects)
      .member("orphans", report.orphans)
      .key("problems")
      .begin_array();
  for (const std::string& line : report.problems) json.value(line);
  json.end_array().end_object();
  return json.take();
}

}  // namespace

Exit run_sweep(const Console& console, const Settings& settings, const SweepFlags& flags) {
  auto stores = open_stores(settings, IfMissing::refuse);
  if (!stores) return console.fail(stores.error());
  SweepOptions options;
  options.fence_age_millis = flags.fence_age_seconds * 1000;
  options.retention_millis = flags.retention_seconds ? *flags.retention_seconds * 1000
                                                     : default_retention_millis(settings.stores);
  options.scope = flags.full ? SweepScope::full : SweepScope::routine;
  options.unknown_objects_max = flags.strays_max;
  options.tables_gone = {flags.tables_gone.begin(), flags.tables_gone.end()};
  auto report = [&] {
    const Progress progress(console, "sweeping", std::nullopt);
    return stores.value()->sessions().sweep(options, Deadline::never());
  }();
  if (!report) return console.fail(report.error());
  const SweepReport& swept = report.value();
  const auto uploads = abort_uploads(settings, flags);
  const std::uint64_t uploads_aborted = uploads ? uploads.value() : 0;
  if (console.json()) {
    console.out(sweep_json(swept, uploads_aborted));
  } else {
    console.out("removed " + std::to_string(swept.objects_removed) + " of " +
                std::to_string(swept.objects_seen) + " objects (" +
                human_bytes(swept.bytes_removed) + ") and " + std::to_string(swept.rows_removed) +
                " of " + std::to_string(swept.rows_seen) + " ledger rows; aborted " +
                std::to_string(swept.attempts_aborted) + " attempts; kept " +
                std::to_string(swept.kept_for_retention) + " objects for slow readers" +
                (swept.rows_restored == 0 ? ""
                                          : "; restored " + std::to_string(swept.rows_restored) +
                                                " ledger rows that items prove") +
                (uploads_aborted == 0 ? ""
                                      : "; aborted " + std::to_string(uploads_aborted) +
                                            " multipart uploads that nobody finished"));
  }
  if (!uploads) console.warn("multipart uploads: " + printable(uploads.error().detail));
  for (const std::string& line : swept.undecided) console.warn("not decided: " + printable(line));
  return swept.undecided.empty() && uploads ? Exit::ok : Exit::partly;
}

Exit run_fsck(const Console& console, const Settings& settings, bool read_objects,
              const std::vector<std::string>& tables_gone) {
  auto stores = open_stores(settings, IfMissing::refuse);
  if (!stores) return console.fail(stores.error());
  auto report = [&] {
    const Progress progress(console, "checking", std::nullopt);
    return stores.value()->items().fsck(fsck_options(settings, read_objects, tables_gone),
                                        Deadline::never());
  }();
  if (!report) return console.fail(report.error());
  const FsckReport& found = report.value();
  if (console.json()) {
    console.out(fsck_json(found));
  } else {
    console.out(std::to_string(found.items) + " items, " + std::to_string(found.references) +
                " references, " + std::to_string(found.objects) + " objects, " +
                std::to_string(found.orphans) + " of them orphans (a sweep reclaims them)");
    for (const std::string& problem : found.problems) console.out("problem: " + printable(problem));
    console.out(found.problems.empty()
                    ? console.good("no problems")
                    : console.bad("problems found: " + std::to_string(found.problems.size())));
  }
  return found.problems.empty() ? Exit::ok : Exit::damaged;
}

Exit run_backup(const Console& console, const Settings& settings, const std::string& to) {
  if (is_remote_items(settings.stores) || is_remote_objects(settings.stores)) {
    return console.fail(make_error(
        Code::unsupported, "backup", "",
        "only stores on this machine are copied here. In AWS, turn on point-in-time recovery of "
        "the tables (aws dynamodb update-continuous-backups) and versioning of the bucket; "
        "docs/AWS.md has the drill"));
  }
  auto stores = open_stores(settings, IfMissing::refuse);
  if (!stores) return console.fail(stores.error());
  const auto done = [&] {
    const Progress progress(console, "copying", std::nullopt);
    return stores.value()->items().backup(std::filesystem::absolute(to).string(),
                                          Deadline::never());
  }();
  if (!done) return console.fail(done.error());
  if (console.json()) {
    JsonWriter json;
    json.begin_object().member("directory", to).end_object();
    console.out(json.take());
  } else {
    console.out("copied to " + to + "; to use the copy: spillway serve --data " + to);
  }
  return Exit::ok;
}

}  // namespace spillway
