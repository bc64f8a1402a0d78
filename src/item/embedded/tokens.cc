// Client request tokens.
#include "item/embedded/tokens.h"

#include "base/digest.h"
#include "item/embedded/item_encoding.h"

namespace spillway {
namespace {

constexpr std::int64_t token_lifetime_ms = 10 * 60 * 1000;

/// Length first, so that no two lists of texts feed the hasher the same bytes.
void feed(Sha256Hasher& hasher, std::string_view text) {
  hasher.update(std::to_string(text.size()) + ":");
  hasher.update(text);
}

}  // namespace

std::string actions_digest(const std::vector<WriteRequest>& actions) {
  Sha256Hasher hasher;
  for (const WriteRequest& action : actions) {
    feed(hasher, std::to_string(static_cast<int>(action.kind)));
    for (const std::string* text : {&action.table, &action.update, &action.condition})
      feed(hasher, *text);
    feed(hasher, encode_item(action.item));
    feed(hasher, encode_item(Item(action.values.begin(), action.values.end())));
    feed(hasher, std::to_string(action.names.size()));
    for (const auto& [placeholder, name] : action.names) {
      feed(hasher, placeholder);
      feed(hasher, name);
    }
  }
  return to_bytes(hasher.finish());
}

Result<TokenRows> TokenRows::prepare(Database& database) {
  TokenRows rows;
  SPILLWAY_TRY(rows.find_, database.prepare("SELECT digest FROM tokens"
                                            " WHERE token = ? AND expires_ms > ?"));
  SPILLWAY_TRY(rows.keep_, database.prepare("INSERT OR REPLACE INTO tokens"
                                            " (token, digest, expires_ms) VALUES (?, ?, ?)"));
  SPILLWAY_TRY(rows.expire_,
               database.prepare("DELETE FROM tokens WHERE token IN"
                                " (SELECT token FROM tokens WHERE expires_ms <= ? LIMIT 16)"));
  return rows;
}

Result<std::optional<std::string>> TokenRows::find(std::string_view token, std::int64_t now_ms) {
  Run run = find_.run(token, now_ms);
  SPILLWAY_TRY(const bool row, run.step());
  if (!row) return std::optional<std::string>();
  return std::optional<std::string>(std::string(run.bytes(0)));
}

Result<void> TokenRows::keep(std::string_view token, std::string_view digest, std::int64_t now_ms) {
  SPILLWAY_TRY(expire_.run(now_ms).finish());
  return keep_.run(token, digest, now_ms + token_lifetime_ms).finish();
}

}  // namespace spillway
