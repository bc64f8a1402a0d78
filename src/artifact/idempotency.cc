// Rows of table spillway_idempotency.
#include "artifact/idempotency.h"

#include "artifact/limits.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/parallel.h"

namespace spillway {
namespace {

constexpr std::size_t removals_in_parallel_max = 8;

/// Lengths before the parts: ("ab","c") and ("a","bc") must differ.
void add_part(Sha256Hasher& hasher, std::string_view part) {
  hasher.update(std::to_string(part.size()) + ":");
  hasher.update(part);
}

std::string request_digest(const NewMessage& message) {
  Sha256Hasher hasher;
  if (!message.key_stands_for.empty()) {
    add_part(hasher, "stands for");  // no role is called so
    add_part(hasher, message.key_stands_for);
    return to_hex(hasher.finish());
  }
  add_part(hasher, message.role);
  add_part(hasher, message.content);
  add_part(hasher, message.on_failure == OnFailure::placeholder ? "placeholder" : "refuse");
  for (const std::string& artifact : message.artifacts) add_part(hasher, artifact);
  return to_hex(hasher.finish());
}

const std::string* text_at(const Item& item, std::string_view name) {
  const auto found = item.find(name);
  return found == item.end() ? nullptr : found->second.as<std::string>();
}

}  // namespace

TableDescription idempotency_table_description() {
  TableDescription table;
  table.name = idempotency_table;
  table.keys = {{"token", KeyType::string}, std::nullopt};
  return table;
}

std::string idempotency_token(const std::string& session, const NewMessage& message) {
  Sha256Hasher hasher;
  add_part(hasher, message.principal);
  add_part(hasher, session);
  add_part(hasher, message.idempotency_key);
  return to_hex(hasher.finish());
}

WriteRequest idempotency_action(const std::string& token, const std::string& session,
                                const NewMessage& message, const std::string& id,
                                const std::string& created_at) {
  WriteRequest request;
  request.table = idempotency_table;
  request.item = {{"token", token},
                  {"request", request_digest(message)},
                  {"session", session},
                  {"message", id},
                  {"createdAt", created_at}};
  request.condition = "attribute_not_exists(#token)";
  request.names = {{"#token", "token"}};
  return request;
}

Result<std::optional<std::string>> find_repeated(Items& items, const std::string& token,
                                                 const NewMessage& message, Deadline deadline) {
  GetRequest request;
  request.table = idempotency_table;
  request.key = {{"token", token}};
  SPILLWAY_TRY(const auto reply, items.get(request, Hydrate::whole, deadline));
  if (!reply.item) return std::optional<std::string>();
  const std::string* digest = text_at(*reply.item, "request");
  const std::string* id = text_at(*reply.item, "message");
  if (!digest || !id || *digest != request_digest(message)) {
    return make_error(Code::invalid_argument, "session.post", message.idempotency_key,
                      "Idempotency-Key was used for a different request; take a new key");
  }
  return std::optional<std::string>(*id);
}

Result<std::optional<Item>> OldTokens::forget_page(std::optional<Item> after, Deadline deadline) {
  constexpr std::int64_t hour_millis = 3600LL * 1000;
  QueryRequest scan;
  scan.table = idempotency_table;
  scan.filter = "createdAt < :limit";
  scan.values = {{":limit", rfc3339(unix_millis() - idempotency_hours_min * hour_millis)}};
  scan.start_after = std::move(after);
  SPILLWAY_TRY(auto page, items_.query(scan, Hydrate::whole, deadline));
  const auto remove = [&](std::size_t i) -> Result<void> {
    WriteRequest removal;
    removal.kind = WriteRequest::Kind::remove;
    removal.table = idempotency_table;
    removal.item = {{"token", page.items[i].at("token")}};
    removal.condition = "createdAt = :created";  // not one that was used anew
    removal.values = {{":created", page.items[i].at("createdAt")}};
    SPILLWAY_TRY(items_.write(removal, deadline));
    return ok();
  };
  SPILLWAY_TRY(parallel_try(page.items.size(), removals_in_parallel_max, remove));
  return std::move(page.last_key);
}

Result<void> OldTokens::forget_some(Deadline deadline) {
  const std::lock_guard<std::mutex> lock(mutex_);
  SPILLWAY_TRY(after_, forget_page(after_, deadline));
  return ok();
}

Result<void> OldTokens::forget_all(Deadline deadline) {
  std::optional<Item> after;
  do {
    SPILLWAY_TRY(after, forget_page(std::move(after), deadline));
  } while (after);
  return ok();
}

}  // namespace spillway
