// Adding or replacing one artifact of a message that exists, from a stream of any length.
#include <cstring>

#include "artifact/curves.h"
#include "artifact/ids.h"
#include "artifact/json_inspector.h"
#include "artifact/service.h"
#include "base/digest.h"

namespace spillway {
namespace {

constexpr const char* op = "artifact.put";

/// What a body has to be.
enum class BodyKind { json, text, bytes };

/// Passes a stream on while it hashes, counts and checks it. A body of another kind fails the
/// stream, so that nothing of it is stored.
class ObservedSource final : public ByteSource {
 public:
  ObservedSource(ByteSource& source, BodyKind kind, bool with_curves) : source_(source) {
    if (kind == BodyKind::json) inspector_.emplace(with_curves ? &arrays_ : nullptr);
    if (kind == BodyKind::text) text_.emplace();
  }

  Result<std::size_t> read(char* buffer, std::size_t capacity) override {
    SPILLWAY_TRY(const std::size_t n, source_.read(buffer, capacity));
    if (n == 0) {
      if (inspector_) {
        SPILLWAY_TRY(inspector_->finish());
      }
      if (text_ && !text_->finish()) return not_text();
      return n;
    }
    const std::string_view bytes(buffer, n);
    hasher_.update(bytes);
    size_bytes_ += n;
    if (inspector_) {
      SPILLWAY_TRY(inspector_->feed(bytes));
    }
    if (text_ && !text_->feed(bytes)) return not_text();
    return n;
  }

  const ArrayCollector& arrays() const { return arrays_; }

  /// The type that the artifact gives itself in what went by.
  std::string type_so_far() const { return inspector_ ? inspector_->labels().type : ""; }

  /// After the end: size, digest, and what the artifact says of itself where the caller is silent.
  void describe(ArtifactInfo& info) {
    info.size_bytes = size_bytes_;
    info.sha256 = to_hex(hasher_.finish());
    if (!inspector_) return;
    const JsonLabels labels = inspector_->labels();
    if (info.type.empty()) info.type = labels.type;
    if (info.name.empty()) info.name = labels.name;
  }

 private:
  static Error not_text() {
    return make_error(Code::unsupported, op, "body",
                      "the messages are in a table of other programs, whose artifacts are texts: "
                      "send JSON or other UTF-8 text");
  }

  ByteSource& source_;
  Sha256Hasher hasher_;
  std::uint64_t size_bytes_ = 0;
  ArrayCollector arrays_;
  std::optional<JsonInspector> inspector_;
  std::optional<Utf8Checker> text_;
};

/// Bytes already taken from a stream, then the rest of it.
class ResumedSource final : public ByteSource {
 public:
  ResumedSource(std::string head, ByteSource& rest) : head_(std::move(head)), rest_(rest) {}

  Result<std::size_t> read(char* buffer, std::size_t capacity) override {
    if (offset_ == head_.size()) return rest_.read(buffer, capacity);
    const std::size_t n = std::min(capacity, head_.size() - offset_);
    std::memcpy(buffer, head_.data() + offset_, n);
    offset_ += n;
    return n;
  }

 private:
  std::string head_;
  std::size_t offset_ = 0;
  ByteSource& rest_;
};

Result<void> check(const NewArtifact& artifact) {
  SPILLWAY_TRY(check_artifact_id(artifact.id));
  const auto refuse = [](const char* what, std::size_t bytes_max) {
    return make_error(
        Code::invalid_argument, op, what,
        "up to " + std::to_string(bytes_max) + " bytes of UTF-8 without control characters");
  };
  if (!is_label(artifact.type, type_bytes_max)) return refuse("type", type_bytes_max);
  if (!is_label(artifact.name, name_bytes_max)) return refuse("name", name_bytes_max);
  if (artifact.content_type.empty() || !is_label(artifact.content_type, content_type_bytes_max)) {
    return refuse("Content-Type", content_type_bytes_max);
  }
  const bool digest = sha256_from_hex(artifact.if_match).has_value();
  if (!artifact.if_match.empty() && artifact.if_match != "*" && !digest) {
    return make_error(Code::invalid_argument, op, "If-Match", "a SHA-256 in hex, or *");
  }
  return ok();
}

/// Does the artifact that is there (nullptr: none) allow the write?
Result<void> check_match(const NewArtifact& wanted, const ArtifactInfo* present) {
  if (wanted.if_match.empty()) return ok();
  if (present && (wanted.if_match == "*" || wanted.if_match == present->sha256)) return ok();
  return make_error(Code::condition_failed, op, wanted.id,
                    present ? "the artifact has changed; its SHA-256 is now " + present->sha256
                            : "there is no artifact of that id to match");
}

/// One artifact on its way into its message.
class Put {
 public:
  Put(Service& service, const std::string& session, const std::string& message,
      const NewArtifact& wanted, Deadline deadline)
      : service_(service), session_(session), id_(message), wanted_(wanted), deadline_(deadline) {}

  Result<SavedArtifact> run(ByteSource& source) {
    SPILLWAY_TRY(check(wanted_));
    // Before the body is read: a message that is missing, or another version than the one expected.
    SPILLWAY_TRY(const auto before, service_.load(session_, id_, deadline_));
    SPILLWAY_TRY(check_match(wanted_, present_in(before)));
    SPILLWAY_TRY(check_place(before));
    SPILLWAY_TRY(receive(source));
    const std::lock_guard<std::mutex> lock(service_.lock_of_message(id_));
    for (int tries = 0; tries < commit_tries_max; ++tries) {
      SPILLWAY_TRY(const auto loaded, service_.load(session_, id_, deadline_));
      SPILLWAY_TRY(check_match(wanted_, present_in(loaded)));
      SPILLWAY_TRY(check_place(loaded));
      auto applied = commit(loaded);
      if (!applied && applied.error().effect == Effect::unknown) {
        applied = find_out(loaded, applied.error());
      }
      // A refused write leaves the upload as it is: the next try refers to it again.
      SPILLWAY_TRY(const bool done, std::move(applied));
      if (done) return saved(loaded);
    }
    return make_error(Code::conflict, op, session_ + "/" + id_,
                      "other writers keep changing this message; send the artifact again");
  }

 private:
  const ArtifactInfo* present_in(const LoadedMessage& loaded) const {
    const auto position = find_artifact(loaded.message, wanted_.id);
    return position ? &loaded.message.artifacts[*position] : nullptr;
  }

  /// In a mapped table the list's elements have no ids but their positions.
  Result<void> check_place(const LoadedMessage& loaded) const {
    if (!service_.layout.mapped() || present_in(loaded)) return ok();
    const std::string next = MessageLayout::artifact_id(loaded.message.artifacts.size());
    if (wanted_.id == next) return ok();
    return make_error(Code::invalid_argument, op, wanted_.id,
                      "in a table of other programs an artifact's id is its position; send a new "
                      "one as " +
                          next);
  }

  void name_it(bool json) {
    info_.id = wanted_.id;
    info_.content_type = wanted_.content_type;
    info_.type = wanted_.type;
    info_.name = wanted_.name;
    if (!service_.layout.mapped()) return;
    // The text alone is kept there, and what it says of itself.
    info_.content_type = json ? json_media_type : text_media_type;
    info_.type.clear();
    info_.name.clear();
  }

  Result<void> receive(ByteSource& source) {
    const bool json = is_json(wanted_.content_type);
    const bool text = json || service_.layout.mapped();
    name_it(json);
    ObservedSource observed(source,
                            json   ? BodyKind::json
                            : text ? BodyKind::text
                                   : BodyKind::bytes,
                            !service_.layout.mapped());
    std::string head(streamed_inline_bytes_max + 1, '\0');
    SPILLWAY_TRY(const std::size_t n, read_full(observed, head.data(), head.size()));
    head.resize(n);
    if (n <= streamed_inline_bytes_max) {
      observed.describe(info_);
      if (text) {
        values_.body = std::move(head);
      } else {
        values_.body = Binary{std::move(head)};
      }
      return ok();
    }
    const GetRequest owner = service_.layout.get(session_, id_);
    SPILLWAY_TRY(auto staging, service_.items.stage(owner.table, owner.key));
    staging_.emplace(std::move(staging));
    ResumedSource whole(std::move(head), observed);
    const std::string own_type = info_.type.empty() ? observed.type_so_far() : info_.type;
    const ValueLabel label{info_.content_type, own_type, session_};
    const auto type = text ? Items::StageAs::string : Items::StageAs::binary;
    SPILLWAY_TRY(values_.body, service_.items.upload(*staging_, whole, type, label, deadline_));
    observed.describe(info_);
    upload_curves(observed);
    return ok();
  }

  /// They are derived: an artifact is saved without them where they cannot be.
  void upload_curves(const ObservedSource& observed) {
    const auto curves = curves_to_store(observed.arrays(), info_.sha256);
    if (!curves || !curves.value()) return;
    const ValueLabel as_curves{curves_media_type, "", session_};
    auto uploaded = service_.items.upload(*staging_, *curves.value(), Items::StageAs::binary,
                                          as_curves, deadline_);
    if (uploaded) values_.curves = std::move(uploaded).value();
  }

  /// False: the message changed since it was loaded.
  Result<bool> commit(const LoadedMessage& loaded) {
    if (loaded.message.artifacts.size() >= artifacts_per_message_max && !present_in(loaded)) {
      return make_error(
          Code::too_large, op, id_,
          "a message has at most " + std::to_string(artifacts_per_message_max) + " artifacts");
    }
    const ArtifactInfo* present = present_in(loaded);
    info_.position = present ? present->position : loaded.message.artifacts.size();
    const MessageLayout& layout = service_.layout;
    const WriteRequest request = layout.set_artifact(session_, id_, loaded.version, info_.position,
                                                     artifact_element(layout, info_, values_));
    SPILLWAY_TRY(const auto reply, service_.items.write(request, deadline_, layout.labels(session_),
                                                        staging_ ? &*staging_ : nullptr));
    if (!reply.result.applied) return false;
    placements_ = reply.placements;
    return true;
  }

  /// The answer to commit() was lost.
  Result<bool> find_out(const LoadedMessage& before, const Error& unknown) {
    const auto is_there = [&](const LoadedMessage& now) {
      const ArtifactInfo* present = present_in(now);
      if (!present || present->sha256 != info_.sha256 || present->type != info_.type ||
          present->name != info_.name || present->content_type != info_.content_type) {
        return false;
      }
      info_ = *present;
      return true;
    };
    SPILLWAY_TRY(const bool done, service_.find_out(before, is_there, unknown, deadline_));
    if (!done && staging_) return unknown;  // the upload can be part of no further write
    return done;
  }

  SavedArtifact saved(const LoadedMessage& before) {
    std::vector<ArtifactInfo> changed{info_};
    apply_placements(service_.layout, placements_, changed);
    if (const auto* handle = values_.body.as<Spilled>()) {
      changed[0].placement = Items::describe(*handle);
      changed[0].placement.sha256 = info_.sha256;
    }
    SavedArtifact result;
    result.info = std::move(changed[0]);
    const ArtifactInfo* replaced = present_in(before);
    result.created = !replaced;
    result.routing = routing_of(result.info);
    Counts counts;
    if (replaced) counts.count(*replaced, -1);
    counts.count(result.info, 1);
    service_.statistics.saw({session_, id_, info_.id, info_.size_bytes});
    service_.statistics.add(counts);
    return result;
  }

  Service& service_;
  const std::string& session_;
  const std::string& id_;
  const NewArtifact& wanted_;
  Deadline deadline_;
  ArtifactInfo info_;
  ArtifactValues values_;
  std::optional<Staging> staging_;  ///< of a body that was uploaded
  std::vector<Placement> placements_;
};

}  // namespace

Result<SavedArtifact> Sessions::put_artifact(const std::string& session, const std::string& message,
                                             const NewArtifact& artifact, ByteSource& source,
                                             Deadline deadline) {
  return Put(*state_, session, message, artifact, deadline).run(source);
}

}  // namespace spillway
