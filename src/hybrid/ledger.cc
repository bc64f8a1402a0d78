// Rows of the ledger in the item store.
#include "hybrid/ledger.h"

#include <algorithm>
#include <charconv>
#include <thread>

#include "base/clock.h"
#include "base/digest.h"
#include "base/random.h"

namespace spillway {
namespace {

/// How often the identity is written while the replies are lost.
constexpr int identity_tries_max = 5;
/// How often a row is restored while others write it.
constexpr int restore_tries_max = 5;

constexpr const char* identity_id = "identity";
constexpr const char* full_sweep_id = "sweep";
constexpr const char* attempt_prefix = "attempt#";
constexpr const char* token_prefix = "token#";
constexpr const char* shard_name = "dueShard";
constexpr const char* due_name = "dueAt";

/// A gateway that died leaves the full sweep to others after so long.
constexpr std::int64_t full_sweep_claim_millis = 5 * 60 * 1000;

/// Between two tries while another process makes the table.
constexpr std::chrono::milliseconds table_wait_min{20}, table_wait_max{1'000};

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
  parsed.due_millis = integer_at(row, due_name);
  parsed.fallback = row.contains("fallback");
  parsed.blind = row.contains("blind");
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

WriteRequest update_of(const std::string& attempt) {
  WriteRequest request;
  request.kind = WriteRequest::Kind::update;
  request.table = ledger_table;
  request.item = row_key(attempt_prefix + attempt);
  return request;
}

/// One of sixteen partitions of the index, by the row alone: attempts are random, tokens are not.
std::string shard_of_attempt(const std::string& attempt) { return attempt.substr(0, 1); }
std::string shard_of_token(const std::string& token) { return to_hex(sha256(token)).substr(0, 1); }

/// Adds "#due = …" to the SET clause, which is the last one so far.
void set_due_at(WriteRequest& request, const std::string& attempt, std::int64_t at_millis) {
  request.update += ", #shard = :shard, #due = :due";
  request.names["#shard"] = shard_name;
  request.names["#due"] = due_name;
  request.values[":shard"] = shard_of_attempt(attempt);
  request.values[":due"] = number(at_millis);
}

void remove_due(WriteRequest& request) {
  request.update += (request.update.empty() ? "" : " ") + std::string("REMOVE #shard, #due");
  request.names["#shard"] = shard_name;
  request.names["#due"] = due_name;
}

List list_of(const std::vector<LedgerOwner>& owners) {
  List list;
  for (const LedgerOwner& owner : owners) {
    list.push_back(Map{{"table", owner.table}, {"key", owner.key}});
  }
  return list;
}

/// What the sweep notes of an object, by "<owner>/<n>".
std::string mark_of(const std::string& object) { return "superseded#" + object; }

WriteRequest finish(const std::string& attempt, const char* state) {
  WriteRequest request = update_of(attempt);
  request.update = "SET #s = :new, #f = :now";
  request.condition = "#s = :pending";
  request.names = {{"#s", "state"}, {"#f", "finished"}};
  request.values = {{":new", state}, {":pending", "PENDING"}, {":now", number(unix_millis())}};
  return request;
}

/// Calls `work` until it answers something else than that the table is not there (yet).
template <class Work>
auto await_table(Deadline deadline, const Work& work) {
  auto pause = table_wait_min;
  for (;;) {
    auto answer = work();
    if (answer || answer.error().code != Code::not_found || deadline.passed()) return answer;
    std::this_thread::sleep_for(pause);
    pause = std::min(pause * 2, table_wait_max);
  }
}

TableDescription ledger_description() {
  TableDescription table;
  table.name = ledger_table;
  table.keys.partition = {"id", KeyType::string};
  IndexDescription due;
  due.name = due_index;
  due.keys.partition = {shard_name, KeyType::string};
  due.keys.sort = KeyAttribute{due_name, KeyType::number};
  due.projects = IndexDescription::Projects::keys_only;
  table.indexes.push_back(std::move(due));
  return table;
}

}  // namespace

Result<TableDescription> Ledger::describe_table(Deadline deadline) {
  SPILLWAY_TRY(TableReply reply, store_.administer(DescribeTable{ledger_table}, deadline));
  return std::move(reply.front());
}

Result<TableDescription> Ledger::make_table(Deadline deadline) {
  TableDescription wanted = ledger_description();
  auto made = store_.administer(CreateTable{wanted}, deadline);
  if (!made && made.error().code == Code::unsupported) {  // no secondary indexes here
    wanted.indexes.clear();
    made = store_.administer(CreateTable{wanted}, deadline);
  }
  if (made) return std::move(made.value().front());
  if (made.error().code != Code::conflict) return std::move(made).error();
  // Another process was faster.
  return await_table(deadline, [&] { return describe_table(deadline); });
}

Result<LedgerIdentity> Ledger::open(Deadline deadline) {
  // Looked for first: whoever may not make tables can still use one that is there.
  auto found = describe_table(deadline);
  if (!found && found.error().code == Code::not_found) found = make_table(deadline);
  SPILLWAY_TRY(const TableDescription table, std::move(found));
  for (const IndexDescription& index : table.indexes) indexed_ |= index.name == due_index;
  WriteRequest identity;
  identity.table = ledger_table;
  identity.item = row_key(identity_id);
  identity.item["store"] = random_id();
  identity.condition = "attribute_not_exists(id)";
  // A table that another process is making is there, but cannot be used yet. Twice is as once here:
  // where our own first try was applied and its reply lost, the second is refused and shows it.
  auto write = [&] { return store_.write(identity, deadline); };
  auto tried = await_table(deadline, write);
  for (int tries = 1;
       !tried && tried.error().effect == Effect::unknown && tries < identity_tries_max; ++tries) {
    tried = await_table(deadline, write);
  }
  SPILLWAY_TRY(WriteResult written, std::move(tried));
  const Item& row = written.applied ? identity.item : written.prior.value();
  return LedgerIdentity{string_at(row, "store"), table.id};
}

Result<void> Ledger::begin(const std::string& attempt, const std::vector<LedgerOwner>& owners,
                           Deadline deadline) {
  WriteRequest request;
  request.table = ledger_table;
  request.item = row_key(attempt_prefix + attempt);
  request.item["state"] = "PENDING";
  const std::int64_t now = unix_millis();
  request.item["created"] = number(now);
  request.item[shard_name] = shard_of_attempt(attempt);
  request.item[due_name] = number(now + pending_due_millis);
  request.item["owners"] = list_of(owners);
  request.condition = "attribute_not_exists(id)";
  SPILLWAY_TRY(const WriteResult written, store_.write(request, deadline));
  if (!written.applied) {
    return make_error(Code::conflict, "ledger.begin", attempt, "this attempt id is in use");
  }
  return ok();
}

WriteRequest Ledger::commit_action(const std::string& attempt, CommitMarks marks) {
  WriteRequest request = finish(attempt, "COMMITTED");
  const auto mark = [&](const std::string& name) {
    request.update += ", #" + name + " = :true";
    request.names["#" + name] = name;
    request.values[":true"] = true;
  };
  if (marks.fallback) mark("fallback");
  if (marks.blind) mark("blind");
  if (marks.fallback || marks.blind) {
    set_due_at(request, attempt, unix_millis());
  } else if (marks.empty) {
    set_due_at(request, attempt, unix_millis() + pending_due_millis);
  } else {
    remove_due(request);
  }
  return request;
}

Result<std::optional<AttemptState>> Ledger::abort(const std::string& attempt, Deadline deadline) {
  WriteRequest request = finish(attempt, "ABORTED");
  set_due_at(request, attempt, unix_millis());
  SPILLWAY_TRY(const WriteResult written, store_.write(request, deadline));
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
                                             std::int64_t now_millis, std::int64_t retention_millis,
                                             Deadline deadline) {
  const std::string mark = mark_of(object);
  if (row.raw.contains(mark)) return integer_at(row.raw, mark);
  WriteRequest request = update_of(row.attempt);
  request.update = "SET #m = if_not_exists(#m, :now)";
  request.condition = "attribute_exists(id)";
  request.names = {{"#m", mark}};
  request.values = {{":now", number(now_millis)}};
  set_due_at(request, row.attempt, now_millis + retention_millis);
  SPILLWAY_TRY(store_.write(request, deadline));
  return now_millis;
}

Result<void> Ledger::clear_mark(const LedgerRow& row, const std::string& object,
                                Deadline deadline) {
  const std::string mark = mark_of(object);
  if (!row.raw.contains(mark)) return ok();
  WriteRequest request = update_of(row.attempt);
  request.update = "REMOVE #m";
  request.condition = "attribute_exists(id)";
  request.names = {{"#m", mark}};
  SPILLWAY_TRY(store_.write(request, deadline));
  return ok();
}

Result<bool> Ledger::restore(const std::string& attempt, const LedgerOwner& owner,
                             Deadline deadline) {
  for (int tries = 0; tries < restore_tries_max; ++tries) {
    SPILLWAY_TRY(const auto row, read(attempt, deadline));
    std::vector<LedgerOwner> owners = row ? row->owners : std::vector<LedgerOwner>();
    const bool named = std::ranges::find(owners, owner) != owners.end();
    if (row && row->state == AttemptState::committed && named) return false;
    if (!named) owners.push_back(owner);
    WriteRequest request = update_of(attempt);
    request.update =
        "SET #s = :committed, #o = :owners, #c = if_not_exists(#c, :now), "
        "#f = if_not_exists(#f, :now)";
    request.condition = row ? "#s = :was AND #o = :before" : "attribute_not_exists(id)";
    request.names = {{"#s", "state"}, {"#o", "owners"}, {"#c", "created"}, {"#f", "finished"}};
    request.values = {
        {":committed", "COMMITTED"}, {":owners", list_of(owners)}, {":now", number(unix_millis())}};
    if (row) {
      request.values[":was"] = row->raw.at("state");
      request.values[":before"] = row->raw.at("owners");
    }
    SPILLWAY_TRY(const WriteResult written, store_.write(request, deadline));
    if (written.applied) return true;
  }
  return make_error(Code::conflict, "ledger.restore", attempt,
                    "others write this ledger row all the time; try again");
}

Result<void> Ledger::hint(const std::string& attempt, Deadline deadline) {
  WriteRequest request = update_of(attempt);
  request.update = "SET #s = :committed";  // as it is: a SET clause for what follows
  request.condition = "#s = :committed";
  request.names = {{"#s", "state"}};
  request.values = {{":committed", "COMMITTED"}};
  set_due_at(request, attempt, unix_millis());
  SPILLWAY_TRY(store_.write(request, deadline));
  return ok();
}

Result<void> Ledger::set_due(const LedgerRow& row, std::optional<std::int64_t> at_millis,
                             Deadline deadline) {
  if (row.due_millis == 0 || at_millis == row.due_millis) return ok();
  WriteRequest request = update_of(row.attempt);
  request.condition = "#due = :was";
  request.values = {{":was", number(row.due_millis)}};
  if (at_millis) {
    request.update = "SET #due = :due";
    request.names = {{"#due", due_name}};
    request.values[":due"] = number(*at_millis);
  } else {
    remove_due(request);
  }
  SPILLWAY_TRY(store_.write(request, deadline));
  return ok();
}

Result<void> Ledger::clear_fallback(const LedgerRow& row, Deadline deadline) {
  WriteRequest request = update_of(row.attempt);
  request.update = "REMOVE #fallback";
  request.condition = "attribute_exists(id)";
  request.names = {{"#fallback", "fallback"}};
  SPILLWAY_TRY(store_.write(request, deadline));
  return ok();
}

Result<DuePage> Ledger::due(int shard, std::int64_t until_millis, std::uint32_t limit,
                            const std::optional<Item>& start_after, Deadline deadline) {
  QueryRequest request;
  request.table = ledger_table;
  request.index = due_index;
  request.key_condition = "#shard = :shard AND #due <= :until";
  request.names = {{"#shard", shard_name}, {"#due", due_name}};
  request.values = {{":shard", std::string(1, "0123456789abcdef"[shard])},
                    {":until", number(until_millis)}};
  request.consistent = false;  // a global index has no other reads
  request.limit = limit;
  request.start_after = start_after;
  SPILLWAY_TRY(QueryPage found, store_.query(request, deadline));
  DuePage page;
  page.next = std::move(found.last_key);
  for (const Item& item : found.items) {
    const std::string id = string_at(item, "id");
    if (id.starts_with(token_prefix)) {
      page.tokens.push_back({id, integer_at(item, due_name) - pending_due_millis});
    } else if (id.starts_with(attempt_prefix)) {
      page.attempts.push_back(id.substr(std::string_view(attempt_prefix).size()));
    }
  }
  return page;
}

Result<void> Ledger::remove(const LedgerRow& row, Deadline deadline) {
  WriteRequest request;
  request.kind = WriteRequest::Kind::remove;
  request.table = ledger_table;
  request.item = row_key(attempt_prefix + row.attempt);
  request.condition = "#s = :state AND #o = :owners";  // nobody restored an owner meanwhile
  request.names = {{"#s", "state"}, {"#o", "owners"}};
  request.values = {{":state", row.raw.at("state")}, {":owners", row.raw.at("owners")}};
  SPILLWAY_TRY(store_.write(request, deadline));
  return ok();
}

WriteRequest Ledger::token_action(const std::string& token, const std::string& digest) {
  WriteRequest request;
  request.table = ledger_table;
  request.item = row_key(token_prefix + token);
  request.item["digest"] = digest;
  const std::int64_t now = unix_millis();
  request.item["created"] = number(now);
  request.item[shard_name] = shard_of_token(token);
  request.item[due_name] = number(now + pending_due_millis);
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
  request.condition = "created = :created";
  request.values = {{":created", number(row.created_millis)}};
  SPILLWAY_TRY(store_.write(request, deadline));
  return ok();
}

Result<bool> Ledger::claim_full_sweep(const std::string& who, std::int64_t interval_millis,
                                      Deadline deadline) {
  const std::int64_t now = unix_millis();
  WriteRequest request;
  request.kind = WriteRequest::Kind::update;
  request.table = ledger_table;
  request.item = row_key(full_sweep_id);
  request.update = "SET #by = :me, #until = :until";
  request.condition =
      "(attribute_not_exists(#full) OR #full <= :before) AND "
      "(attribute_not_exists(#by) OR #by = :me OR #until < :now)";
  request.names = {{"#full", "fullAt"}, {"#by", "claimedBy"}, {"#until", "claimedUntil"}};
  request.values = {{":me", who},
                    {":now", number(now)},
                    {":before", number(now - interval_millis)},
                    {":until", number(now + full_sweep_claim_millis)}};
  SPILLWAY_TRY(const WriteResult written, store_.write(request, deadline));
  return written.applied;
}

Result<void> Ledger::note_full_sweep(std::int64_t began_millis, Deadline deadline) {
  WriteRequest request;
  request.table = ledger_table;
  request.item = row_key(full_sweep_id);
  request.item["fullAt"] = number(began_millis);
  SPILLWAY_TRY(store_.write(request, deadline));
  return ok();
}

}  // namespace spillway
