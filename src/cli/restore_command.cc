// spillway restore: brings an artifact's object back from an archive tier, and tells how far it is.
#include "cli/commands.h"
#include "cli/place.h"
#include "object/bucket.h"
#include "server/json_out.h"

namespace spillway {
namespace {

constexpr std::chrono::minutes restore_wait{2};

const char* word_of(Bucket::Archive state) {
  switch (state) {
    case Bucket::Archive::none: return "available";
    case Bucket::Archive::archived: return "archived";
    case Bucket::Archive::restoring: return "restoring";
    case Bucket::Archive::restored: return "restored";
  }
  return "";
}

Result<Bucket::RestoreTier> tier_from(const std::string& name) {
  if (name == "standard") return Bucket::RestoreTier::standard;
  if (name == "bulk") return Bucket::RestoreTier::bulk;
  if (name == "expedited") return Bucket::RestoreTier::expedited;
  return make_error(Code::invalid_argument, "restore", name,
                    "a tier is standard (3 to 5 hours), bulk (up to 12, for less) or expedited "
                    "(minutes, for more)");
}

std::string sentence(Bucket::Archive state) {
  switch (state) {
    case Bucket::Archive::none: return "is not archived: it can be read";
    case Bucket::Archive::archived: return "is archived; bring it back with --days N";
    case Bucket::Archive::restoring: return "is being restored; ask again later";
    case Bucket::Archive::restored: return "is restored: it can be read";
  }
  return "";
}

Result<Bucket::Archive> restore(const Settings& settings, const RestoreOptions& options,
                                Deadline deadline) {
  SPILLWAY_TRY(const Bucket::RestoreTier tier, tier_from(options.tier));
  if (!is_remote_objects(settings.stores)) {
    return make_error(Code::unsupported, "restore", settings.stores.objects_url,
                      "only objects in S3 are ever archived");
  }
  SPILLWAY_TRY(const auto stores, open_stores(settings, IfMissing::refuse));
  SPILLWAY_TRY(const auto located, stores->sessions().locate(options.session, options.message,
                                                             options.artifact, deadline));
  const Placement& placement = located.info.placement;
  if (placement.storage != Storage::spilled) return Bucket::Archive::none;
  SPILLWAY_TRY(const auto bucket, Bucket::open(settings.stores.objects_url));
  SPILLWAY_TRY(const auto state, bucket->archive_state(placement.key, deadline));
  if (options.days == 0 || state == Bucket::Archive::none) return state;
  // Also where a copy is there already: that prolongs its days.
  SPILLWAY_TRY(bucket->restore(placement.key, options.days, tier, deadline));
  return bucket->archive_state(placement.key, deadline);
}

}  // namespace

Exit run_restore(const Console& console, const Settings& settings, const RestoreOptions& options) {
  const auto state = restore(settings, options, Deadline::after(restore_wait));
  if (!state) return console.fail(state.error());
  if (console.json()) {
    JsonWriter json;
    json.begin_object().member("state", word_of(state.value())).end_object();
    console.out(json.take());
  } else {
    console.out(printable(options.artifact) + " " + sentence(state.value()));
  }
  return Exit::ok;
}

}  // namespace spillway
