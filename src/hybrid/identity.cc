// The identity object.
#include "hybrid/identity.h"

#include "hybrid/items_state.h"

namespace spillway {
namespace {

constexpr std::uint64_t identity_bytes_max = 1024;
constexpr const char* upload_op = "item.spill";

ObjectKey identity_key(const Core& core) { return core.root + "/identity"; }

Result<std::string> read_identity(Core& core, Deadline deadline) {
  SPILLWAY_TRY(auto source, core.objects.get(identity_key(core), std::nullopt, deadline));
  return read_all(*source, identity_bytes_max);
}

/// ok, too, if somebody else was faster.
Result<void> write_identity(Core& core, Deadline deadline) {
  StringSource bytes(core.ledger_table_id);
  ObjectAttributes attributes;
  attributes.content_type = "text/plain";
  auto put = core.objects.put(identity_key(core), bytes, attributes, deadline);
  if (!put && put.error().code != Code::condition_failed) return std::move(put).error();
  return ok();
}

Result<void> compare(const Core& core, const std::string& identity, const char* op) {
  if (identity == core.ledger_table_id) return ok();
  return make_error(Code::permission_denied, op, identity_key(core),
                    "these objects belong to the item store whose ledger is table " + identity +
                        ", and this one's is " + core.ledger_table_id +
                        ", as in a copy that was restored from a backup; nothing is uploaded or "
                        "removed by it. If "
                        "the original is gone for good, run `spillway adopt --store`");
}

}  // namespace

Result<void> check_identity(Core& core, Deadline deadline, const char* op) {
  if (core.ledger_table_id.empty()) return ok();
  auto found = read_identity(core, deadline);
  if (!found && found.error().code == Code::not_found) {
    SPILLWAY_TRY(write_identity(core, deadline));
    found = read_identity(core, deadline);
  }
  SPILLWAY_TRY(const std::string identity, std::move(found));
  return compare(core, identity, op);
}

Result<void> check_may_upload(Core& core, Deadline deadline) {
  if (core.owns_objects) return ok();
  auto checked = check_identity(core, deadline, upload_op);
  if (checked) {
    core.owns_objects = true;
    return ok();
  }
  Error error = std::move(checked).error();
  error.effect = Effect::none;  // an identity is no part of any item
  return error;
}

bool is_not_owner(const Error& error) {
  return error.op == upload_op && error.code == Code::permission_denied;
}

Result<void> replace_identity(Core& core, Deadline deadline) {
  SPILLWAY_TRY(remove_object(core.objects, identity_key(core), deadline));
  SPILLWAY_TRY(write_identity(core, deadline));
  return check_identity(core, deadline);
}

Result<void> Items::check_owner(Deadline deadline) {
  Core& core = state_->core;
  if (core.ledger_table_id.empty()) return ok();
  auto found = read_identity(core, deadline);
  if (!found && found.error().code == Code::not_found) return ok();
  SPILLWAY_TRY(const std::string identity, std::move(found));
  return compare(core, identity, sweep_op);
}

}  // namespace spillway
