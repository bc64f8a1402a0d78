// Fetching, verifying and decoding of spilled values.
#include "hybrid/hydrate.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/parallel.h"
#include "dynamo/json.h"
#include "hybrid/manifest.h"

namespace spillway {
namespace {

std::string item_name(const std::string& table, const Item& key) {
  return table + " " + to_json(key);
}

/// An object that is gone is as wrong as one whose bytes are: both are decided by reading the item
/// again. Other failures stay what they are: the store is unavailable, refuses, is the wrong one,
/// has archived the object, or the time is up.
Error missing_as_corrupt(Error error, const StoredBytes& stored) {
  const bool gone = error.code == Code::not_found;
  if (gone || error.code == Code::corrupt) {
    error.code = Code::corrupt;
    error.transient = false;
    error.op = "item.hydrate";
    error.subject = stored.object_key;
    if (gone) error.detail = "the object is missing or shorter than its reference says";
  }
  return error;
}

DecodingSource::Refetch refetch_from(Core& core, const StoredBytes& stored, Deadline deadline) {
  return [&core, key = stored.object_key, deadline](ByteRange encoded) -> Result<std::string> {
    SPILLWAY_TRY(const auto source, core.objects.get(key, encoded, deadline));
    return read_all(*source, encoded.length);
  };
}

Result<std::string> fetch(Core& core, const StoredBytes& stored, Deadline deadline) {
  if (stored.object_key.empty()) {
    auto raw = decode(stored.inline_bytes, stored.index, stored.digest);
    if (!raw) return missing_as_corrupt(std::move(raw).error(), stored);
    return raw;
  }
  auto source = core.objects.get(stored.object_key, std::nullopt, deadline);
  if (!source) return missing_as_corrupt(std::move(source).error(), stored);
  // Decoded as it comes: the network and the processor work side by side.
  DecodingSource decoded(std::move(source).value(), stored.index, 0, stored.index.blocks.size(),
                         stored.digest, refetch_from(core, stored, deadline));
  auto raw = decoded.read_whole();
  if (!raw) return missing_as_corrupt(std::move(raw).error(), stored);
  return raw;
}

/// A range that is refused: the object is shorter than its reference says, or it is not the range
/// that is wrong.
Error refused_range(Core& core, Error error, const StoredBytes& stored, Deadline deadline) {
  if (error.code != Code::invalid_argument) return missing_as_corrupt(std::move(error), stored);
  auto head = core.objects.head(stored.object_key, deadline);
  if (!head) return missing_as_corrupt(std::move(head).error(), stored);
  if (head.value().size_bytes < stored.index.encoded_bytes) error.code = Code::not_found;
  return missing_as_corrupt(std::move(error), stored);
}

/// The values that need the same stored bytes: one, or the members of a pack.
struct Fetch {
  std::shared_ptr<const StoredBytes> stored;
  std::vector<AttributeValue*> places;
};

Result<void> put_back(Fetch& fetched, std::string raw) {
  const SpilledEntry first = entry_of(*fetched.places.front()->as<Spilled>());
  if (first.member.empty()) {
    SPILLWAY_TRY(AttributeValue value, value_from_raw(first.type, std::move(raw)));
    for (std::size_t i = 1; i < fetched.places.size(); ++i) {
      *fetched.places[i] = value;  // SET b = a copies handles
    }
    *fetched.places.front() = std::move(value);
    return ok();
  }
  SPILLWAY_TRY(Item members, item_from_json(raw));
  for (AttributeValue* place : fetched.places) {
    const std::string name = entry_of(*place->as<Spilled>()).member;
    const auto found = members.find(name);
    if (found == members.end()) {
      return make_error(Code::corrupt, "item.hydrate", first.stored->object_key,
                        "the pack does not hold the attribute " + name);
    }
    *place = found->second;  // an update may have copied the member
  }
  return ok();
}

/// The range [skip, skip + length) of another stream.
class SliceSource final : public ByteSource {
 public:
  SliceSource(std::unique_ptr<ByteSource> source, std::uint64_t skip, std::uint64_t length)
      : source_(std::move(source)), skip_(skip), left_(length) {}

  Result<std::size_t> read(char* buffer, std::size_t capacity) override {
    while (skip_ > 0) {
      const std::size_t step = static_cast<std::size_t>(std::min<std::uint64_t>(skip_, capacity));
      SPILLWAY_TRY(const std::size_t n, source_->read(buffer, step));
      if (n == 0) break;
      skip_ -= n;
    }
    const std::size_t want = static_cast<std::size_t>(std::min<std::uint64_t>(left_, capacity));
    if (want == 0) return std::size_t{0};
    SPILLWAY_TRY(const std::size_t n, source_->read(buffer, want));
    if (n == 0) {
      return make_error(Code::corrupt, "item.open", "", "the value ends before its size says");
    }
    left_ -= n;
    return n;
  }

 private:
  std::unique_ptr<ByteSource> source_;
  std::uint64_t skip_, left_;
};

}  // namespace

Result<LoadedItem> load_of(const Core& core, const std::string& table, const Item& key,
                           Item stored) {
  auto loaded = load_item(std::move(stored), core.prefix(table, key));
  if (!loaded) loaded.error().subject = item_name(table, key);
  return loaded;
}

Error damaged_item(Error error, const std::string& table, const Item& key) {
  error.op = "item.get";
  error.detail +=
      error.subject.empty()
          ? "; read it again, and if that stays so, restore the item from a backup, or delete it"
          : " (object " + error.subject +
                "), and the item still refers to it; read it again, and if that stays "
                "so, restore the object from a backup, or delete the item";
  error.subject = item_name(table, key);
  return error;
}

void collect_handles(AttributeValue& value, std::vector<AttributeValue*>& handles) {
  if (value.as<Spilled>()) {
    handles.push_back(&value);
  } else if (auto* list = value.as<List>()) {
    for (AttributeValue& child : *list) collect_handles(child, handles);
  } else if (auto* map = value.as<Map>()) {
    for (auto& [name, child] : *map) collect_handles(child, handles);
  }
}

std::uint64_t bytes_behind(const Item& item) {
  std::set<const StoredBytes*> packs;
  std::uint64_t bytes = 0;
  for (const auto& [name, value] : item) {
    each_handle(value, [&](const SpilledEntry& entry) {
      if (!entry.member.empty() && !packs.insert(entry.stored.get()).second) return;
      bytes += entry.stored->index.raw_bytes;
    });
  }
  return bytes;
}

Result<void> hydrate_values(Core& core, const std::vector<AttributeValue*>& values,
                            Deadline deadline) {
  std::vector<AttributeValue*> handles;
  for (AttributeValue* value : values) collect_handles(*value, handles);
  std::vector<Fetch> fetches;
  std::map<const StoredBytes*, std::size_t> known;
  for (AttributeValue* handle : handles) {
    const auto& stored = entry_of(*handle->as<Spilled>()).stored;
    const auto [at, fresh] = known.emplace(stored.get(), fetches.size());
    if (fresh) fetches.push_back({stored, {}});
    fetches[at->second].places.push_back(handle);
  }
  return parallel_try(fetches.size(), core.config.uploads_max, [&](std::size_t i) -> Result<void> {
    SPILLWAY_TRY(std::string raw, fetch(core, *fetches[i].stored, deadline));
    return put_back(fetches[i], std::move(raw));
  });
}

Result<std::unique_ptr<ByteSource>> open_stored(Core& core, const StoredBytes& stored,
                                                std::optional<ByteRange> range, Deadline deadline) {
  const BlockIndex& index = stored.index;
  const ByteRange wanted = range.value_or(ByteRange{0, index.raw_bytes});
  if (wanted.offset > index.raw_bytes || wanted.length > index.raw_bytes - wanted.offset) {
    return make_error(
        Code::invalid_argument, "item.open", stored.object_key,
        "the range is outside the value's " + std::to_string(index.raw_bytes) + " bytes");
  }
  if (wanted.length == 0) return std::unique_ptr<ByteSource>(new StringSource(""));
  const auto [first, last] = index.covering(wanted);
  const BlockIndex::Block& from = index.blocks[first];
  const BlockIndex::Block& to = index.blocks[last - 1];
  const ByteRange encoded{from.encoded_offset,
                          to.encoded_offset + to.encoded_bytes - from.encoded_offset};
  std::unique_ptr<ByteSource> bytes;
  DecodingSource::Refetch refetch;
  if (stored.object_key.empty()) {
    bytes =
        std::make_unique<StringSource>(stored.inline_bytes.substr(encoded.offset, encoded.length));
  } else {
    auto got = core.objects.get(stored.object_key, encoded, deadline);
    if (!got) return refused_range(core, std::move(got).error(), stored, deadline);
    bytes = std::move(got).value();
    refetch = refetch_from(core, stored, deadline);
  }
  const bool whole = first == 0 && last == index.blocks.size();
  auto decoded = std::make_unique<DecodingSource>(
      std::move(bytes), index, first, last, whole ? std::optional(stored.digest) : std::nullopt,
      std::move(refetch));
  if (whole && wanted.length == index.raw_bytes) {
    return std::unique_ptr<ByteSource>(std::move(decoded));
  }
  return std::unique_ptr<ByteSource>(std::make_unique<SliceSource>(
      std::move(decoded), wanted.offset - from.raw_offset, wanted.length));
}

Result<bool> still_refers(Core& core, const std::string& table, const Item& key,
                          const ObjectKey& object, Deadline deadline) {
  if (object.empty()) return true;  // the bytes are in the item that was read
  GetRequest request;
  request.table = table;
  request.key = key;
  SPILLWAY_TRY(const GetResult got, core.items.get(request, deadline));
  if (!got.item) return false;
  const auto listed = listed_objects(*got.item);
  return !listed || listed->contains(object);
}

}  // namespace spillway
