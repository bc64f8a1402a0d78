// The commands: what each is told, and the function that does it. docs/CLI.md describes them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/bucket_rules.h"
#include "cli/console.h"
#include "cli/settings.h"

namespace spillway {

struct PutOptions {
  std::string session;
  std::vector<std::string> files;  ///< "-": standard input
  std::string message, artifact;   ///< into a message that exists
  std::string role = "user", content;
  std::string content_type, type, name;
};
/// One message with every file as an artifact, or nothing; or one artifact of a message.
Exit run_put(const Console& console, const Settings& settings, const PutOptions& options);

struct GetOptions {
  std::string session, message, artifact;
  std::string output;  ///< empty or "-": standard output
  std::string range;   ///< "a-b", both inclusive
};
/// Whole artifacts are verified; a file appears under its name only when it is complete.
Exit run_get(const Console& console, const Settings& settings, const GetOptions& options);

struct LsOptions {
  std::string session, message;
};
Exit run_ls(const Console& console, const Settings& settings, const LsOptions& options);

struct RmOptions {
  std::string session, message, artifact;
  bool yes = false;
};
Exit run_rm(const Console& console, const Settings& settings, const RmOptions& options);

Exit run_stats(const Console& console, const Settings& settings);

struct ImportOptions {
  std::vector<std::string> files;
  std::string session = "wells";
  std::uint64_t synthetic = 0;  ///< wells to make
  std::uint64_t rows = 0;       ///< of each; 0: as the generator likes
};
/// A file that fails does not stop the others.
Exit run_import(const Console& console, const Settings& settings, const ImportOptions& options);

struct SweepFlags {
  std::int64_t fence_age_seconds = 24 * 3600;
  std::optional<std::int64_t> retention_seconds;  ///< nullopt: default_retention_millis()
  std::int64_t stale_upload_hours = 7 * 24;  ///< incomplete multipart uploads older than this go
  bool full = false;                         ///< look at every object, not only at what is due
  std::uint64_t strays_max = SweepOptions().unknown_objects_max;
  std::vector<std::string> tables_gone;
};
Exit run_sweep(const Console& console, const Settings& settings, const SweepFlags& flags);

Exit run_fsck(const Console& console, const Settings& settings, bool read_objects,
              const std::vector<std::string>& tables_gone);
Exit run_backup(const Console& console, const Settings& settings, const std::string& to);

struct InitOptions {
  bool create_bucket = false, dry_run = false;
  WantedRules rules;
  std::vector<std::string> viewer_origins;
};
/// Makes tables, bucket (if asked) and rules that are missing. Twice is as once.
Exit run_init(const Console& console, const Settings& settings, const InitOptions& options);

struct DoctorOptions {
  std::vector<std::string> viewer_origins;
};
/// Looks at everything that the stores need, and says what to change.
Exit run_doctor(const Console& console, const Settings& settings, const DoctorOptions& options);

struct AdoptOptions {
  std::vector<std::string> tables;
  std::vector<std::string> attributes;  ///< only there references are followed
  std::string key_prefix;               ///< only keys that begin so are
  bool dry_run = false;
  bool store = false;  ///< the objects of the item store that this one is a restored copy of
  std::vector<std::string> tables_gone = {};  ///< with `store`
};
/// Takes over values that an application moved to the bucket itself.
Exit run_adopt(const Console& console, const Settings& settings, const AdoptOptions& options);

struct RestoreOptions {
  std::string session, message, artifact;
  std::uint32_t days = 0;  ///< 0: only tell how far it is
  std::string tier = "standard";
};
/// Brings an archived artifact's object back for some days.
Exit run_restore(const Console& console, const Settings& settings, const RestoreOptions& options);

struct ServeOptions {
  std::string port_file;  ///< gets the port that was taken
};
/// Until SIGTERM or SIGINT; then it drains.
Exit run_serve(const Console& console, const Settings& settings, const ServeOptions& options);

/// Validates the configured stores end to end, in sessions of its own that it removes again.
Exit run_selftest(const Console& console, const Settings& settings);

}  // namespace spillway
