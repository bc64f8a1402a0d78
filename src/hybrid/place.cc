// Encoding, choosing and uploading what leaves an item.
#include "hybrid/place.h"

#include <algorithm>
#include <optional>
#include <thread>

#include "base/parallel.h"
#include "dynamo/item_size.h"
#include "dynamo/json.h"
#include "hybrid/identity.h"
#include "hybrid/manifest.h"
#include "hybrid/plan.h"

namespace spillway {
namespace {

/// A manifest entry without the value's block index, its path and an object key.
constexpr std::uint64_t entry_bytes = 160;

/// Of a value, to guess how small it becomes; and how far over the threshold the guess must be.
constexpr std::size_t sample_bytes = 32 * 1024;
constexpr double likely_margin = 1.1;

/// A member's entry in the manifest, beside its name: the pack's number.
constexpr std::uint64_t member_bytes = 4;

/// One value, or one pack, on its way out of the item.
struct Leaving {
  Path path;                         ///< of a value that leaves alone
  std::vector<std::string> members;  ///< of a pack
  std::string type;
  ValueLabel label;
  std::string raw;  ///< until it is encoded
  Encoded encoded;
  std::optional<StoredBytes> stored;
};

std::uint64_t entry_cost(const Leaving& leaving) {
  std::uint64_t bytes =
      entry_bytes + 8 * leaving.encoded.index.blocks.size() + to_string(leaving.path).size();
  for (const std::string& name : leaving.members) bytes += name.size() + member_bytes;
  return bytes;
}
std::uint64_t inline_cost(const Leaving& leaving) {
  return leaving.encoded.bytes.size() + entry_cost(leaving);
}
/// The label, which only a fallback keeps in the manifest.
std::uint64_t label_bytes(const Leaving& leaving) {
  constexpr std::uint64_t names = 48;
  const ValueLabel& label = leaving.label;
  return names + label.content_type.size() + label.original_type.size() + label.session.size();
}
std::uint64_t object_cost(const Leaving& leaving) { return reference_bytes + entry_cost(leaving); }

std::string default_content_type(const std::string& type) {
  if (type == "S") return "text/plain; charset=utf-8";
  if (type == "B") return "application/octet-stream";
  return "application/x-amz-json-1.0";
}

const AttributeValue& parent_of(const Item& item, const Path& path, AttributeValue& whole) {
  if (path.size() == 1) {
    whole = Map{};  // a top-level attribute has only the item around it: no parent value
    return whole;
  }
  return *find(item, Path(path.begin(), path.end() - 1));
}

ValueLabel label_for(const Item& item, const Path& path, const std::string& type,
                     const Labeller& labeller) {
  ValueLabel label;
  AttributeValue whole;
  if (labeller) label = labeller(parent_of(item, path, whole), to_string(path));
  if (label.content_type.empty()) label.content_type = default_content_type(type);
  return label;
}

class Placer {
 public:
  Placer(Core& core, const TableDescription& table, const std::string& prefix, Attempt& attempt,
         Deadline deadline)
      : core_(core), table_(table), prefix_(prefix), attempt_(attempt), deadline_(deadline) {}

  Result<PlacedItem> run(Item item, const SpillPlan& plan, const Labeller& labeller) {
    take_out(item, plan, labeller);
    rest_ = footprint(item, table_);
    {
      const BeginAhead ahead(attempt_, likely_to_spill(), deadline_);
      SPILLWAY_TRY(encode_all());
    }
    keep_encoded();
    SPILLWAY_TRY(upload_others());
    return assemble(std::move(item));
  }

 private:
  /// W0 while the values are encoded: the one waits for the network, the other for the processor.
  /// What fails here is tried again by upload_others(). Ends when W0 has.
  class BeginAhead {
   public:
    BeginAhead(Attempt& attempt, bool wanted, Deadline deadline) {
      if (!wanted || attempt.begun()) return;
      thread_ = std::jthread([&attempt, deadline] { static_cast<void>(attempt.begin(deadline)); });
    }

   private:
    std::jthread thread_;
  };

  /// By the ratio that a piece of the largest value is encoded to. A wrong guess does no harm: an
  /// attempt that began and uploads nothing is committed with its row.
  bool likely_to_spill() const {
    double ratio = 1;
    if (!core_.config.policy.raw_encoding) {
      const auto piece = std::string_view(leaving_.front().raw).substr(0, sample_bytes);
      const auto sample = encode(piece, Encoding::zstd);
      if (!sample || piece.empty()) return false;
      ratio = static_cast<double>(sample.value().bytes.size()) / static_cast<double>(piece.size());
    }
    double bytes = static_cast<double>(rest_);
    for (const Leaving& leaving : leaving_) {
      bytes += ratio * static_cast<double>(leaving.raw.size());
    }
    return bytes > likely_margin * static_cast<double>(core_.config.policy.threshold_bytes);
  }

  /// Moves the raw bytes of what leaves out of the item: large values are not copied.
  void take_out(Item& item, const SpillPlan& plan, const Labeller& labeller) {
    for (const Path& path : plan.values) {
      Leaving leaving;
      leaving.path = path;
      AttributeValue& value = *find(item, path);
      leaving.type = type_tag(value);
      leaving.label = label_for(item, path, leaving.type, labeller);
      leaving.raw = take_raw_bytes(value);
      leaving_.push_back(std::move(leaving));
    }
    if (plan.packed.empty()) return;
    Leaving pack;
    pack.members = plan.packed;
    pack.label.content_type = default_content_type("M");
    Item members;
    for (const std::string& name : pack.members) members.insert(item.extract(name));
    pack.raw = to_json(members);
    leaving_.push_back(std::move(pack));
  }

  Result<void> encode_all() {
    const Encoding wanted = core_.config.policy.raw_encoding ? Encoding::raw : Encoding::zstd;
    return for_all([&](Leaving& leaving) -> Result<void> {
      SPILLWAY_TRY(leaving.encoded, encode(leaving.raw, wanted));
      leaving.raw = {};
      return ok();
    });
  }

  /// Runs `work` on everything that leaves, in parallel; the first error wins.
  template <class Work>
  Result<void> for_all(Work&& work) {
    return parallel_try(leaving_.size(), core_.config.uploads_max,
                        [&](std::size_t i) { return work(leaving_[i]); });
  }

  /// All of them if the item then stays within the threshold; else the smallest, while the
  /// low-water mark allows: what stays beside a reference is billed twice.
  void keep_encoded() {
    std::vector<Leaving*> smaller;
    std::uint64_t all_objects = rest_;
    for (Leaving& leaving : leaving_) {
      all_objects += object_cost(leaving);
      if (leaving.encoded.index.encoding != Encoding::raw) smaller.push_back(&leaving);
    }
    std::ranges::stable_sort(smaller, std::less{}, inline_cost_of);
    std::uint64_t all_inline = rest_;
    for (const Leaving* leaving : smaller) all_inline += inline_cost(*leaving);
    const bool everything =
        smaller.size() == leaving_.size() && all_inline <= core_.config.policy.threshold_bytes;
    std::uint64_t bytes = all_objects;
    for (Leaving* leaving : smaller) {
      const std::uint64_t with_it = bytes - object_cost(*leaving) + inline_cost(*leaving);
      if (!everything && with_it > core_.config.policy.low_water_bytes) break;
      bytes = with_it;
      keep(*leaving, false);
    }
  }

  static std::uint64_t inline_cost_of(const Leaving* leaving) { return inline_cost(*leaving); }

  void keep(Leaving& leaving, bool fallback) {
    StoredBytes stored;
    stored.index = leaving.encoded.index;
    stored.digest = leaving.encoded.digest;
    stored.inline_bytes = std::move(leaving.encoded.bytes);
    stored.fallback = fallback;
    stored.label = leaving.label;
    leaving.stored = std::move(stored);
  }

  Result<void> upload_others() {
    const auto waits = [](const Leaving& leaving) { return !leaving.stored.has_value(); };
    if (std::ranges::none_of(leaving_, waits)) return ok();
    SPILLWAY_TRY(attempt_.begin(deadline_));
    // A store that takes connections and answers nothing would use all the time there is, and leave
    // none for what can be done without it.
    const bool has_room = fallback_bytes() <= item_bytes_max - margin_bytes;
    const Deadline deadline = has_room ? deadline_.first_of(2) : deadline_;
    auto uploaded = for_all([&](Leaving& leaving) -> Result<void> {
      if (!waits(leaving)) return ok();
      SPILLWAY_TRY(leaving.stored,
                   attempt_.upload(prefix_, leaving.encoded, leaving.label, deadline));
      return ok();
    });
    if (uploaded) return ok();
    return fall_back(std::move(uploaded).error());
  }

  /// What the item would have if all that is not in objects stayed in it.
  std::uint64_t fallback_bytes() const {
    std::uint64_t bytes = rest_;
    for (const Leaving& leaving : leaving_) {
      const bool in_object = leaving.stored && !leaving.stored->object_key.empty();
      const std::uint64_t kept = leaving.stored ? leaving.stored->inline_bytes.size() : 0;
      bytes +=
          in_object ? object_cost(leaving) : inline_cost(leaving) + label_bytes(leaving) + kept;
    }
    return bytes;
  }

  /// The object store could not take them: they stay in the item if it has the room.
  Result<void> fall_back(Error cause) {
    if (cause.code == Code::cancelled || cause.code == Code::internal) return cause;
    if (is_not_owner(cause)) return cause;  // lasts until an operator decides: better known at once
    const std::uint64_t bytes = fallback_bytes();
    if (bytes > item_bytes_max - margin_bytes) {
      cause.detail += "; nothing was saved: what would have to stay in the item (" +
                      std::to_string(bytes) + " bytes) is over DynamoDB's limit of " +
                      std::to_string(item_bytes_max);
      return cause;
    }
    for (Leaving& leaving : leaving_) {
      if (!leaving.stored) keep(leaving, true);
    }
    attempt_.mark_fallback();
    return ok();
  }

  Result<PlacedItem> assemble(Item item) {
    PlacedItem placed;
    for (Leaving& leaving : leaving_) {
      auto stored = std::make_shared<const StoredBytes>(std::move(*leaving.stored));
      if (leaving.members.empty()) {
        AttributeValue handle = make_handle(leaving.type, stored);
        placed.placements.push_back(
            placement_of(to_string(leaving.path), entry_of(*handle.as<Spilled>())));
        *find(item, leaving.path) = std::move(handle);
        continue;
      }
      SpilledEntry pack;
      pack.stored = stored;
      placed.placements.push_back(placement_of("*", pack));
      for (const std::string& name : leaving.members) {
        auto member = std::make_shared<SpilledEntry>();
        member->member = name;
        member->stored = stored;
        item[name] = Spilled(std::move(member));
      }
    }
    placed.item = std::move(item);
    return placed;
  }

  Core& core_;
  const TableDescription& table_;
  const std::string& prefix_;
  Attempt& attempt_;
  Deadline deadline_;
  std::vector<Leaving> leaving_;
  std::uint64_t rest_ = 0;
};

}  // namespace

Placement placement_of(const std::string& path, const SpilledEntry& entry) {
  const StoredBytes& stored = *entry.stored;
  Placement placement;
  placement.path = path;
  placement.storage = stored.object_key.empty() ? Storage::encoded : Storage::spilled;
  placement.encoding = to_string(stored.index.encoding);
  placement.raw_bytes = stored.index.raw_bytes;
  placement.encoded_bytes = stored.index.encoded_bytes;
  placement.fallback = stored.fallback;
  placement.bucket = stored.bucket;
  placement.key = stored.object_key;
  placement.sha256 = to_hex(stored.digest);
  placement.content_type = stored.label.content_type;
  placement.original_type = stored.label.original_type;
  placement.uploaded_at = stored.uploaded_at;
  placement.session = stored.label.session;
  return placement;
}

Result<PlacedItem> place_values(Core& core, Item item, const TableDescription& table,
                                const std::string& prefix, Attempt& attempt,
                                const Labeller& labeller, Deadline deadline) {
  SPILLWAY_TRY(const SpillPlan plan, plan_spill(item, table, core.config.policy));
  if (plan.empty()) return PlacedItem{std::move(item), {}};
  return Placer(core, table, prefix, attempt, deadline).run(std::move(item), plan, labeller);
}

}  // namespace spillway
