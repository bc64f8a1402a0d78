// Values uploaded ahead of the write that refers to them.
#include "hybrid/items_state.h"
#include "hybrid/manifest.h"

namespace spillway {

Staging::Staging(std::unique_ptr<State> state) : state_(std::move(state)) {}
Staging::Staging(Staging&&) noexcept = default;
Staging::~Staging() = default;

Result<Staging> Items::stage(const std::string& table, const Item& key) {
  const std::string prefix = state_->core.prefix(table, key);
  return Staging(std::make_unique<Staging::State>(state_->core, LedgerOwner{table, key}, prefix));
}

Result<AttributeValue> Items::upload(Staging& staging, ByteSource& source, StageAs type,
                                     const ValueLabel& label, Deadline deadline) {
  Attempt& attempt = staging.state_->attempt;
  SPILLWAY_TRY(attempt.begin(deadline));
  const Encoding encoding =
      state_->core.config.policy.raw_encoding ? Encoding::raw : Encoding::zstd;
  SPILLWAY_TRY(StoredBytes stored,
               attempt.upload_stream(staging.state_->prefix, source, encoding, label, deadline));
  return make_handle(type == StageAs::string ? "S" : "B",
                     std::make_shared<const StoredBytes>(std::move(stored)));
}

}  // namespace spillway
