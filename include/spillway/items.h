// Items: DynamoDB items of any size. The one path by which values spill and come back; the artifact
// service and the DynamoDB endpoint are both its clients.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "spillway/bytes.h"
#include "spillway/deadline.h"
#include "spillway/error.h"
#include "spillway/requests.h"
#include "spillway/usage.h"
#include "spillway/value.h"

namespace spillway {

/// When a value leaves its item. Bytes are measured as DynamoDB measures items.
struct SpillPolicy {
  /// Items up to this size are stored untouched.
  std::uint64_t threshold_bytes = 300 * 1024;
  /// Once values leave, they leave until the rest is at most this: a commit bills twice for it.
  std::uint64_t low_water_bytes = 64 * 1024;
  /// A value leaves alone only above this: a reference and its manifest entry cost about 750 bytes.
  std::uint64_t value_bytes_min = 2 * 1024;
  /// Store objects as they are, for readers that fetch from the bucket themselves.
  bool raw_encoding = false;
};

/// Where a value is.
enum class Storage {
  in_item,  ///< in the item, as it is
  encoded,  ///< in the item, compressed
  spilled,  ///< in an object
};
/// "inline", "encoded", "spilled".
std::string_view to_string(Storage storage);

/// How one value is stored: what a Spilled handle stands for, and what a write reports.
struct Placement {
  std::string path;  ///< "artifacts[0].body"; "*" for a pack of small values
  Storage storage = Storage::in_item;
  std::string encoding = "raw";  ///< "raw", "zstd"
  std::uint64_t raw_bytes = 0;
  std::uint64_t encoded_bytes = 0;
  bool fallback = false;     ///< in the item because the object store could not take it
  std::string bucket, key;   ///< of the object, when spilled
  std::string sha256;        ///< hex, of the raw bytes
  std::string content_type;  ///< of the raw bytes
  std::string original_type;
  std::string uploaded_at;  ///< RFC 3339
  std::string session;
};

/// What a reader of a reference without Spillway is told about the value at a path.
struct ValueLabel {
  std::string content_type;   ///< empty: by the value's type
  std::string original_type;  ///< the artifact's own type, for example "logPlotViewer"
  std::string session;
};
using Labeller = std::function<ValueLabel(const AttributeValue& parent, const std::string& path)>;

struct WriteReply {
  WriteResult result;
  std::uint64_t item_bytes = 0;       ///< the item as stored; 0 when the store updated it in place
  std::uint64_t logical_bytes = 0;    ///< the item with its values whole; 0 likewise
  std::vector<Placement> placements;  ///< of every value that left its place
};

struct TransactReply {
  TransactResult result;
  std::vector<std::vector<Placement>> placements;  ///< for each action
};

/// Large values as handles, or everything whole.
enum class Hydrate { whole, handles };

/// Where a sweep that its deadline ended goes on. Opaque.
struct SweepPosition;

enum class SweepScope {
  full,     ///< every object by a LIST, then every row of the ledger
  routine,  ///< what the ledger's index says is due; full where the item store has no index
};

struct SweepOptions {
  std::int64_t fence_age_millis =
      24LL * 3600 * 1000;                         ///< pending attempts older than this are aborted
  std::int64_t retention_millis = 3600LL * 1000;  ///< superseded objects live this long
  std::uint64_t unknown_objects_max =
      1000;  ///< or 1 %: no more objects that nothing accounts for are removed
  std::size_t strays_at_once_max =
      200'000;  ///< of such objects; with more, the tables are read before the listing goes on
  SweepScope scope = SweepScope::full;
  /// Tables that the operator knows to be gone for good: where one is missing its items are, too.
  std::set<std::string> tables_gone = {};
  /// The `next` of an earlier report; nullptr: from the start. Shared: reports are copied.
  std::shared_ptr<const SweepPosition> resume = {};
  /// Told of every item whose values moved out, as it was and as it is, both with handles. Called
  /// by several threads at once.
  std::function<void(const std::string& table, const Item& before, const Item& after)> moved = {};
};
struct SweepReport {
  std::uint64_t objects_seen = 0, objects_removed = 0, bytes_removed = 0;
  std::uint64_t rows_seen = 0, rows_removed = 0, attempts_aborted = 0;
  std::uint64_t kept_for_retention = 0;
  std::uint64_t rows_restored = 0;     ///< of the ledger, since items refer to their objects
  std::uint64_t fallbacks_moved = 0;   ///< values that left their items, since objects can be put
  std::vector<std::string> undecided;  ///< what an error kept from being decided, and why
  /// The deadline came first: where to go on. nullptr: the sweep is through.
  std::shared_ptr<const SweepPosition> next;
};

struct FsckOptions {
  bool read_objects = false;  ///< verify every digest, not only that objects exist
  /// Tables to look at, beside those that objects are named after; empty: all that the store has.
  std::vector<std::string> tables = {};
  /// Tables that the operator knows to be gone for good: that they are missing is no problem.
  std::set<std::string> tables_gone = {};
};
struct FsckReport {
  std::uint64_t items = 0, references = 0, objects = 0, orphans = 0;
  std::vector<std::string> problems;  ///< one sentence each; empty: healthy
};

/// The stores an Items works on, and the part of the environment it is told.
struct ItemsConfig {
  std::string items_url;    ///< "embedded:///dir", "dynamodb://region"
  std::string objects_url;  ///< "file:///dir", "s3://bucket/prefix"
  SpillPolicy policy;
  std::uint32_t uploads_max = 0;  ///< values of one item that move in parallel; 0: by the store
  std::uint64_t hydrated_page_bytes_max = 64ull << 20;  ///< a whole page ends early beyond this
  /// No other process uses the item store, so attempts that are pending when it opens are dead.
  /// Items::open() sets it by the URL.
  bool sole_owner = false;
};

/// What a link for a browser is to answer with, and to whom it is given.
struct LinkRequest {
  std::string content_type, content_disposition;
  bool accepts_zstd = false;          ///< the client's Accept-Encoding names zstd
  std::chrono::seconds lifetime{60};  ///< 1 to 300 s
};

class ItemStore;
class ObjectStore;

/// Values uploaded before the write that refers to them: an attempt of the commit protocol. Used by
/// one thread, for one write: a write that is refused may be followed by another, one that was
/// applied, or of which that is not known, may not (conflict). If it is not committed by a write,
/// its objects are reclaimed: at once when it is destroyed and the store answers, otherwise by the
/// sweep.
class Staging {
 public:
  Staging(Staging&&) noexcept;
  ~Staging();

 private:
  friend class Items;
  struct State;
  explicit Staging(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// Thread-safe. Errors are those of ItemStore and ObjectStore; a refused condition is not an Error
/// but `applied == false`. Writes are atomic and durable when they return: the item with all its
/// values or, on an error with Effect::none, no change at all.
class Items {
 public:
  static Result<std::unique_ptr<Items>> open(const ItemsConfig& config);
  /// Over stores that the caller opened (tests, decorators).
  static Result<std::unique_ptr<Items>> over(std::unique_ptr<ItemStore> items,
                                             std::unique_ptr<ObjectStore> objects,
                                             const ItemsConfig& config);
  ~Items();

  Result<GetResult> get(const GetRequest& request, Hydrate hydrate, Deadline deadline);
  /// Put, update or remove. The prior item comes back with handles; hydrate() makes it whole. A put
  /// that spills and is applied yields none: transactions return no attributes.
  /// `staged` brings uploaded values that `request` refers to (handles in its item or values).
  Result<WriteReply> write(const WriteRequest& request, Deadline deadline,
                           const Labeller& labeller = {}, Staging* staged = nullptr);
  /// `token` makes repeats resolve to the first: within 24 hours the same token is applied once.
  Result<TransactReply> transact(const std::vector<WriteRequest>& actions, const std::string& token,
                                 Deadline deadline, const Labeller& labeller = {});
  /// Ends before an item that cannot be hydrated; if that item comes first the error names its key.
  Result<QueryPage> query(const QueryRequest& request, Hydrate hydrate, Deadline deadline);
  /// As many as could be done; those left out are to be asked for again.
  struct BatchGetReply {
    std::vector<std::optional<Item>> items;  ///< in the order asked
    std::vector<std::size_t> unprocessed;    ///< positions
  };
  Result<BatchGetReply> batch_get(const std::vector<GetRequest>& requests, Deadline deadline);
  struct BatchWriteReply {
    std::vector<std::size_t> unprocessed;  ///< positions to be asked for again
  };
  /// Puts and deletes without conditions, side by side, each atomic by itself; invalid_argument for
  /// others, and nothing is written. Another error than a passing one ends the batch with it, and
  /// any of the others may be written.
  Result<BatchWriteReply> batch_write(const std::vector<WriteRequest>& requests, Deadline deadline);
  Result<TableReply> administer(const TableRequest& request, Deadline deadline);

  /// A new attempt for values of the item with this key.
  Result<Staging> stage(const std::string& table, const Item& key);
  /// Uploads a stream as a string or binary value and returns the handle that stands for it.
  enum class StageAs { string, binary };
  Result<AttributeValue> upload(Staging& staging, ByteSource& source, StageAs type,
                                const ValueLabel& label, Deadline deadline);

  /// How the value behind a handle is stored.
  static Placement describe(const Spilled& handle);
  /// The raw bytes of a string or binary value behind a handle, verified block by block. If the
  /// object is missing and the item at `owner` has changed: conflict (read the item again); if it
  /// has not: corrupt.
  Result<std::unique_ptr<ByteSource>> open(const GetRequest& owner, const Spilled& handle,
                                           std::optional<ByteRange> range, Deadline deadline);
  /// Replaces every handle in `value` by what it stands for; errors as open().
  Result<AttributeValue> hydrate(const GetRequest& owner, const AttributeValue& value,
                                 Deadline deadline);

  /// A link by which its bearer may GET the string or binary value behind a handle from the object
  /// store itself, unverified by us. nullopt where there is none: the store is not S3, the value is
  /// not one object, or its encoding is not one that the client accepts. The link is a secret while
  /// it lasts. Asks nobody, except for credentials that are about to expire.
  Result<std::optional<std::string>> link(const Spilled& handle, const LinkRequest& request,
                                          Deadline deadline);

  /// Reclaims what nothing refers to, and moves values out that an outage of the object store kept
  /// in their items. Never removes on doubt: see docs/commit-protocol.md. permission_denied: the
  /// objects are another item store's (see adopt_store).
  Result<SweepReport> sweep(const SweepOptions& options, Deadline deadline);
  /// Of several processes that ask, one is told to make the full sweep that is due when none was
  /// through for `interval`; it asks again before each of its steps. `who` is unique among them.
  Result<bool> claim_full_sweep(const std::string& who, std::chrono::milliseconds interval,
                                Deadline deadline);
  /// permission_denied: the objects are another item store's, and a sweep would refuse to run. ok,
  /// too, where no sweep has run yet. Changes nothing.
  Result<void> check_owner(Deadline deadline);
  /// Makes this item store the owner of the objects, in place of the one it is a copy of. Only when
  /// that one is gone: it loses what is superseded here. corrupt, and the owner as it was, unless
  /// every object that the items refer to is there, as fsck() with `check` finds it. Rows of the
  /// ledger that do not agree with the items are set right first: tables may have been restored to
  /// different moments. unsupported where tables have no ids.
  Result<void> adopt_store(const FsckOptions& check, Deadline deadline);
  Result<FsckReport> fsck(const FsckOptions& options, Deadline deadline);
  /// A consistent copy of the items and objects into the new directory `to`.
  Result<void> backup(const std::string& to, Deadline deadline);
  /// A write-read-delete round trip on both stores.
  Result<void> check_ready(Deadline deadline);

  const SpillPolicy& policy() const;
  /// How the two stores have been used since they were opened; see StoreUsage.
  StoreUsage::Snapshot usage() const;

 private:
  struct State;
  explicit Items(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace spillway
