// Rows of the ledger in the item store.
#include "hybrid/ledger.h"

#include <charconv>

#include "base/clock.h"
#include "base/random.h"

namespace spillway {
namespace {

constexpr const char* identity_id = "identity";
constexpr const char* attempt_prefix = "attempt#";
constexpr const char* token_prefix = "token#";

std::string string_at(const Item& item, const std::string& name) {
  const auto found = item.find(name);
  const auto* text = found == item.end() ? nullptr : found->second.as<std::string>();
  return text == nullptr ? "" : *text;
}

std::int64_t integer_at(const Item& item, const std::string& name) {
  const auto found = item.find(name);
  const auto* digits = found == item.end() ? nullptr : found->second.as<Number>();
  std::int64_t value = 0;
  if (digits != nullptr) {
    std::from_chars(digits->text.data(), digits->text.data() + digits->text.size(), value);
  }
  return value;
}

Item row_key(std::string id) { return Item{{"id", std::move(id)}}; }

std::optional<AttemptState> state_from(const std::string& text) {
  if (text == "PENDING") return AttemptState::pending;
  if (text == "COMMITTED") return AttemptState::committed;
  if (text == "ABORTED") return AttemptState::aborted;
  return std::nullopt;
}

Result<LedgerRow> parse_row(Item row) {
  LedgerRow parsed;
  const std::string id = string_at(row, "id");
  const auto state = state_from(string_at(row, "state"));
  const auto owners = row.find("owners");
  const auto* list = owners == row.end() ? nullptr : owners->second.as<List>();
  if (!state || list == nullptr || !id.starts_with(attempt_prefix)) {
    return make_error(Code::corrupt, "ledger.read", id, "this ledger row cannot be read");
  }
  parsed.attempt = id.substr(std::string_view(attempt_prefix).size());
  parsed.state = *state;
  parsed.created_millis = integer_at(row, "created");
  parsed.finished_millis = integer_at(row, "finished");
  for (const AttributeValue& owner : *list) {
    const auto* map = owner.as<Map>();
    const auto key = map == nullptr ? Map::const_iterator{} : map->find("key");
    if (map == nullptr || key == map->end() || key->second.as<Map>() == nullptr) {
      return make_error(Code::corrupt, "ledger.read", id, "this row's owners cannot be read");
    }
    parsed.owners.push_back({string_at(*map, "table"), *key->second.as<Map>()});
  }
  parsed.raw = std::move(row);
  return parsed;
}

WriteRequest finish(const std::string& attempt, const char* state) {
  WriteRequest request;
  request.kind = WriteRequest::Kind::update;
  request.table = ledger_table;
  request.item = row_key(attempt_prefix + attempt);
  request.update = "SET #s = :new, #f = :now";
  request.condition = "#s = :pending";
  request.names = {{"#s", "state"}, {"#f", "finished"}};
  request.values = {{":new", state}, {":pending", "PENDING"}, {":now", number(unix_millis())}};
  return request;
}

}  // namespace

Result<std::string> Ledger::open(Deadline deadline) {
  TableDescription table;
  table.name = ledger_table;
  table.keys.partition = {"id", KeyType::string};
  auto made = store_.administer(CreateTable{table}, deadline);
  if (!made && made.error().code != Code::conflict) return std::move(made).error();
  WriteRequest identity;
  identity.table = ledger_table;
  identity.item = row_key(identity_id);
  identity.item["store"] = random_id();
  identity.condition = "attribute_not_exists(id)";
  SPILLWAY_TRY(WriteResult written, store_.write(identity, deadline));
  const Item& row = written.applied ? identity.item : written.prior.value();
  return string_at(row, "store");
}

Result<void> Ledger::begin(const std::string& attempt, const std::vector<LedgerOwner>& owners,
                           Deadline deadline) {
  List owner_list;
  for (const LedgerOwner& owner : owners) {
    owner_list.push_back(Map{{"table", owner.table}, {"key", owner.key}});
  }
  WriteRequest request;
  request.table = ledger_table;
  request.item = row_key(attempt_prefix + attempt);
  request.item["state"] = "PENDING";
  request.item["created"] = number(unix_millis());
  request.item["owners"] = std::move(owner_list);
  request.condition = "attribute_not_exists(id)";
  SPILLWAY_TRY(const WriteResult written, store_.write(request, deadline));
  if (!written.applied) {
    return make_error(Code::conflict, "ledger.begin", attempt, "this attempt id is in use");
  }
  return ok();
}

WriteRequest Ledger::commit_action(const std::string& attempt) {
  return finish(attempt, "COMMITTED");
}

Result<std::optional<AttemptState>> Ledger::abort(const std::string& attempt, Deadline deadline) {
  SPILLWAY_TRY(const WriteResult written, store_.write(finish(attempt, "ABORTED"), deadline));
  if (written.applied) return std::optional(AttemptState::aborted);
  if (!written.prior) return std::optional<AttemptState>();
  return state_from(string_at(*written.prior, "state"));
}

Result<std::optional<LedgerRow>> Ledger::read(const std::string& attempt, Deadline deadline) {
  GetRequest request;
  request.table = ledger_table;
  request.key = row_key(attempt_prefix + attempt);
  SPILLWAY_TRY(GetResult got, store_.get(request, deadline));
  if (!got.item) return std::optional<LedgerRow>();
  SPILLWAY_TRY(LedgerRow row, parse_row(std::move(*got.item)));
  return std::optional(std::move(row));
}

Result<std::int64_t> Ledger::mark_superseded(const LedgerRow& row, const std::string& object,
                                             std::int64_t now_millis, Deadline deadline) {
  const std::string mark = "superseded#" + object;
  if (row.raw.contains(mark)) return integer_at(row.raw, mark);
  WriteRequest request;
  request.kind = WriteRequest::Kind::update;
  request.table = ledger_table;
  request.item = row_key(attempt_prefix + row.attempt);
  request.update = "SET #m = if_not_exists(#m, :now)";
  request.condition = "attribute_exists(id)";
  request.names = {{"#m", mark}};
  request.values = {{":now", number(now_millis)}};
  SPILLWAY_TRY(store_.write(request, deadline));
  return now_millis;
}

Result<void> Ledger::remove(const LedgerRow& row, Deadline deadline) {
  WriteRequest request;
  request.kind = WriteRequest::Kind::remove;
  request.table = ledger_table;
  request.item = row_key(attempt_prefix + row.attempt);
  request.condition = "#s = :state";
  request.names = {{"#s", "state"}};
  request.values = {{":state", string_at(row.raw, "state")}};
  SPILLWAY_TRY(store_.write(request, deadline));
  return ok();
}

WriteRequest Ledger::token_action(const std::string& token, const std::string& digest) {
  WriteRequest request;
  request.table = ledger_table;
  request.item = row_key(token_prefix + token);
  request.item["digest"] = digest;
  request.item["created"] = number(unix_millis());
  request.condition = "attribute_not_exists(id)";
  return request;
}

Result<std::optional<std::string>> Ledger::token_digest(const std::string& token,
                                                        Deadline deadline) {
  GetRequest request;
  request.table = ledger_table;
  request.key = row_key(token_prefix + token);
  SPILLWAY_TRY(const GetResult got, store_.get(request, deadline));
  if (!got.item) return std::optional<std::string>();
  return std::optional(string_at(*got.item, "digest"));
}

Result<Ledger::Page> Ledger::scan(const std::optional<Item>& start_after, Deadline deadline) {
  QueryRequest request;
  request.table = ledger_table;
  request.start_after = start_after;
  SPILLWAY_TRY(QueryPage found, store_.query(request, deadline));
  Page page;
  page.next = std::move(found.last_key);
  for (Item& item : found.items) {
    const std::string id = string_at(item, "id");
    if (id.starts_with(token_prefix)) {
      page.tokens.push_back({id, integer_at(item, "created")});
    } else if (id.starts_with(attempt_prefix)) {
      auto row = parse_row(std::move(item));
      if (row) page.attempts.push_back(std::move(row).value());
      if (!row) page.unreadable.push_back(id);
    }
  }
  return page;
}

Result<void> Ledger::remove_token(const TokenRow& row, Deadline deadline) {
  WriteRequest request;
  request.kind = WriteRequest::Kind::remove;
  request.table = ledger_table;
  request.item = row_key(row.id);
  SPILLWAY_TRY(store_.write(request, deadline));
  return ok();
}

}  // namespace spillway
