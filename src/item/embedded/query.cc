// Pages of Query and Scan: key ranges first, then limit and page size, then filter and projection.
#include "item/embedded/query.h"

#include <algorithm>

#include "dynamo/item_size.h"
#include "item/embedded/validate.h"

namespace spillway {
namespace {

constexpr std::uint64_t page_size_bytes_max = std::uint64_t{1} << 20;
constexpr std::uint32_t scan_segments_max = 1'000'000;
constexpr std::uint64_t hashes = std::uint64_t{1} << 32;

Error invalid(std::string detail) {
  return make_error(Code::invalid_argument, "item.query", "", std::move(detail));
}

/// Collects items until a page is full.
class Page {
 public:
  Page(const Table& table, const QueryRequest& request, const Condition& filter,
       const Projection& projection)
      : table_(table), request_(request), filter_(filter), projection_(projection) {}

  Result<QueryPage> fill(ItemWalk walk, Deadline deadline) {
    bool more = true;
    while (more) {
      if (deadline.passed())
        return make_error(Code::timeout, "item.query", table_.description.name,
                          "the deadline passed while the page was read");
      SPILLWAY_TRY(more, take_next(walk));
    }
    page_.capacity.read_units = read_units(bytes_, request_.consistent);
    return std::move(page_);
  }

 private:
  /// False when the page is complete.
  Result<bool> take_next(ItemWalk& walk) {
    Result<std::optional<Item>> next = walk.next();
    if (!next) {
      if (page_.scanned_count == 0 || next.error().code != Code::corrupt)
        return std::move(next).error();
      return stop_before_next();
    }
    if (!next.value()) return false;
    const Item& item = *next.value();
    const std::uint64_t size = item_size(item);
    if (page_.scanned_count > 0 && bytes_ + size > page_size_bytes_max) return stop_before_next();
    bytes_ += size;
    ++page_.scanned_count;
    last_key_ = key_attributes(table_.description.keys, item);
    SPILLWAY_TRY(const bool passes, filter_.evaluate(&item));
    if (passes) page_.items.push_back(request_.projection.empty() ? item : projection_.apply(item));
    return page_.scanned_count == request_.limit ? stop_before_next() : true;
  }

  bool stop_before_next() {
    page_.last_key = std::move(last_key_);
    return false;
  }

  const Table& table_;
  const QueryRequest& request_;
  const Condition& filter_;
  const Projection& projection_;
  QueryPage page_;
  Item last_key_;
  std::uint64_t bytes_ = 0;
};

Result<std::optional<StoredKey>> start_key(const Table& table, const QueryRequest& request) {
  if (!request.start_after) return std::optional<StoredKey>();
  Item item = *request.start_after;
  Result<StoredKey> key = key_alone(table.description.keys, item);
  if (!key) return invalid("The provided starting key is invalid: " + key.error().detail);
  return std::optional<StoredKey>(std::move(key).value());
}

struct QueryRange {
  std::string partition;
  SortRange sort;
};

Result<QueryRange> query_range(const Table& table, const QueryRequest& request) {
  const KeySchema& schema = table.description.keys;
  SPILLWAY_TRY(const KeyCondition condition,
               KeyCondition::parse(request.key_condition, request.names, request.values,
                                   schema.partition.name));
  if (condition.partition_name != schema.partition.name)
    return invalid("Query condition missed key schema element: " + schema.partition.name);
  QueryRange range;
  SPILLWAY_TRY(range.partition,
               key_bytes(schema.partition, condition.partition, partition_key_bytes_max));
  SPILLWAY_TRY(range.sort, sort_range(schema, condition));
  SPILLWAY_TRY(const std::optional<StoredKey> start, start_key(table, request));
  if (!start) return range;
  if (start->partition != range.partition || start->sort < range.sort.low ||
      start->sort >= range.sort.high)
    return invalid(
        "The provided starting key is outside query boundaries based on provided conditions");
  if (request.forward) range.sort.low = just_above(start->sort);
  if (!request.forward) range.sort.high = start->sort;
  return range;
}

struct ScanRange {
  StoredKey after;
  std::int64_t hash_end = 0;
};

/// Segments are equal ranges of the partition key's hash.
Result<ScanRange> scan_range(const Table& table, const QueryRequest& request) {
  const std::uint32_t total = request.total_segments;
  if (total < 1 || total > scan_segments_max || request.segment >= total)
    return invalid("The Segment parameter must be below TotalSegments, which is 1 to " +
                   std::to_string(scan_segments_max));
  const std::uint64_t begin = hashes * request.segment / total;
  const std::uint64_t end = hashes * (request.segment + 1) / total;
  ScanRange range;
  range.hash_end = static_cast<std::int64_t>(end);
  range.after.hash =
      static_cast<std::uint32_t>(begin);  // no partition key is empty: none is skipped
  SPILLWAY_TRY(const std::optional<StoredKey> start, start_key(table, request));
  if (start && (start->hash < begin || start->hash >= end))
    return invalid("The provided starting key is not within the scan's segment");
  if (start) range.after = *start;
  return range;
}

}  // namespace

Result<QueryPage> read_page(const Table& table, const QueryRequest& request, Readers& readers,
                            Deadline deadline) {
  if (!request.index.empty())
    return invalid("The table does not have the specified index: " + request.index);
  SPILLWAY_TRY(const Condition filter,
               Condition::parse(request.filter, request.names, request.values, "FilterExpression"));
  SPILLWAY_TRY(const Projection projection, Projection::parse(request.projection, request.names));
  Page page(table, request, filter, projection);
  if (request.key_condition.empty()) {
    SPILLWAY_TRY(const ScanRange range, scan_range(table, request));
    SPILLWAY_TRY(Readers::Loan reader, readers.borrow(deadline));
    return page.fill(reader.items().scan(table, range.after, range.hash_end), deadline);
  }
  SPILLWAY_TRY(validate_query_filter(table.description.keys, filter));
  SPILLWAY_TRY(const QueryRange range, query_range(table, request));
  SPILLWAY_TRY(Readers::Loan reader, readers.borrow(deadline));
  return page.fill(reader.items().partition(table, range.partition, range.sort, request.forward),
                   deadline);
}

}  // namespace spillway
