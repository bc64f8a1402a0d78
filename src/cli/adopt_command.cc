// spillway adopt: values that an application moved to the bucket itself become Spillway's.
#include "artifact/message_layout.h"
#include "base/utf8.h"
#include "cli/commands.h"
#include "cli/foreign_reference.h"
#include "cli/place.h"
#include "dynamo/json.h"
#include "item/item_store.h"
#include "object/object_store.h"
#include "server/json_out.h"

namespace spillway {
namespace {

/// Of a value that has to be in memory to be taken over: one that becomes a map, and any string
/// that may stay in its item.
constexpr std::uint64_t json_bytes_max = std::uint64_t{256} << 20;

/// Passes UTF-8 on and fails on what is not; a character may span two reads.
class Utf8Source final : public ByteSource {
 public:
  explicit Utf8Source(std::unique_ptr<ByteSource> inner) : inner_(std::move(inner)) {}

  Result<std::size_t> read(char* buffer, std::size_t capacity) override {
    SPILLWAY_TRY(const std::size_t n, inner_->read(buffer, capacity));
    pending_.append(buffer, n);
    pending_.erase(0, utf8_prefix(pending_).size());
    constexpr std::size_t begun_bytes_max = 3;  // of a character that goes on
    const bool may_go_on = n > 0 && pending_.size() <= begun_bytes_max;
    if (pending_.empty() || may_go_on) return n;
    return make_error(Code::invalid_argument, "adopt", "",
                      "its object is not UTF-8, so it cannot become a string");
  }

 private:
  std::unique_ptr<ByteSource> inner_;
  std::string pending_;  ///< what was not yet seen to be whole characters
};

struct Totals {
  std::uint64_t items = 0, references = 0, adopted = 0, adopted_bytes = 0, left = 0;
};

Error left_alone(Code code, std::string why) {
  return make_error(code, "adopt", "", std::move(why));
}

/// What text in an item may lead to: whoever may write a message could name any object of the
/// bucket in it, another session's or one that is none of the application's.
class Limits {
 public:
  Limits(const Settings& settings, const AdoptOptions& options)
      : own_(object_location(settings.stores.objects_url)),
        session_name_(settings.messages.session),
        key_prefix_(options.key_prefix) {}

  /// invalid_argument where what is asked for would reach Spillway's own objects.
  Result<void> check() const {
    if (key_prefix_.empty()) {
      return left_alone(Code::invalid_argument,
                        "say with --key-prefix how the keys of the application's objects begin: "
                        "a reference to any other is not followed");
    }
    const bool overlap = !own_.prefix.empty() && (key_prefix_.starts_with(own_.prefix) ||
                                                  own_.prefix.starts_with(key_prefix_));
    if (!overlap) return ok();
    return left_alone(
        Code::invalid_argument,
        "--key-prefix " + key_prefix_ + " reaches Spillway's own objects under " + own_.prefix);
  }

  Result<void> allow(const Item& item, const ForeignReference& found) const {
    if (found.bucket != own_.bucket) {
      return left_alone(Code::invalid_argument, "its object is in another bucket, " + found.bucket);
    }
    // Without a prefix Spillway's own keys begin with the store's id.
    const bool ours = own_.prefix.empty() && found.key.find('/') == store_id_digits &&
                      found.key.find_first_not_of("0123456789abcdef") == store_id_digits;
    if (ours || !found.key.starts_with(key_prefix_)) {
      return left_alone(Code::permission_denied, "its key does not begin with " + key_prefix_);
    }
    for (const std::string& name : {session_name_, std::string("chatSessionId")}) {
      const std::string session = text_at(item, name);
      if (session.empty() || found.session == session) continue;
      return left_alone(Code::permission_denied,
                        "its item belongs to session " + session + ", and it says " +
                            (found.session.empty() ? "none" : "that it is of " + found.session));
    }
    return ok();
  }

 private:
  static constexpr std::size_t store_id_digits = 32;
  const ObjectLocation own_;
  const std::string session_name_;
  const std::string key_prefix_;
};

class Adoption {
 public:
  Adoption(const Console& console, Items& items, ObjectStore& objects, const Limits& limits,
           const AdoptOptions& options)
      : console_(console),
        items_(items),
        objects_(objects),
        limits_(limits),
        attributes_(options.attributes),
        dry_run_(options.dry_run) {
    json_.begin_object().key("references").begin_array();
  }

  Result<void> adopt_table(const std::string& table) {
    SPILLWAY_TRY(const TableReply described, items_.administer(DescribeTable{table}, never_));
    const KeySchema& keys = described.front().keys;
    QueryRequest scan;
    scan.table = table;
    do {
      SPILLWAY_TRY(QueryPage page, items_.query(scan, Hydrate::handles, never_));
      for (const Item& item : page.items) {
        ++totals_.items;
        adopt_item(table, item, key_of(item, keys));
      }
      scan.start_after = std::move(page.last_key);
    } while (scan.start_after);
    return ok();
  }

  Exit finish() {
    json_.end_array()
        .member("items", totals_.items)
        .member("found", totals_.references)
        .member(dry_run_ ? "wouldAdopt" : "adopted", totals_.adopted)
        .member("bytes", totals_.adopted_bytes)
        .member("leftAlone", totals_.left)
        .end_object();
    if (console_.json()) {
      console_.out(json_.take());
    } else {
      console_.out(std::to_string(totals_.items) + " items, " + std::to_string(totals_.references) +
                   " references: " + (dry_run_ ? "would adopt " : "adopted ") +
                   std::to_string(totals_.adopted) + " (" + human_bytes(totals_.adopted_bytes) +
                   "), left " + std::to_string(totals_.left) + " alone");
      if (!dry_run_ && totals_.adopted > 0) {
        console_.out("the old objects stay, " + human_bytes(totals_.adopted_bytes) +
                     " in all: remove them once nothing else reads them");
      }
    }
    return totals_.left == 0 ? Exit::ok : Exit::partly;
  }

 private:
  static Item key_of(const Item& item, const KeySchema& keys) {
    Item key{{keys.partition.name, item.at(keys.partition.name)}};
    if (keys.sort) key[keys.sort->name] = item.at(keys.sort->name);
    return key;
  }

  void adopt_item(const std::string& table, const Item& item, const Item& key) {
    for (const std::string& name : attributes_) {
      const auto value = item.find(name);
      if (value == item.end()) continue;
      for (const ForeignReference& found : find_references(name, value->second)) {
        const auto allowed = limits_.allow(item, found);
        tell(table, key, found, allowed ? take_over(table, key, found) : allowed.error());
      }
    }
  }

  void tell(const std::string& table, const Item& key, const ForeignReference& found,
            const Result<std::uint64_t>& adopted) {
    ++totals_.references;
    const std::string item = table + " " + to_json(key);
    json_.begin_object()
        .member("item", item)
        .member("path", found.path)
        .member("object", found.bucket + "/" + found.key);
    std::string line = printable(item + " " + found.path + ": ");
    if (adopted) {
      ++totals_.adopted;
      totals_.adopted_bytes += adopted.value();
      json_.member("bytes", adopted.value()).key("leftAlone").null();
      line += human_bytes(adopted.value()) + (dry_run_ ? " would be adopted" : " adopted");
    } else {
      ++totals_.left;
      json_.member("leftAlone", printable(adopted.error().detail));
      line += console_.bad("left alone: ") + printable(adopted.error().detail);
    }
    json_.end_object();
    if (!console_.json()) console_.out(line);
  }

  /// Bytes of the object. Errors: why the reference is left alone.
  Result<std::uint64_t> take_over(const std::string& table, const Item& key,
                                  const ForeignReference& found) {
    auto about = objects_.head(found.key, never_);
    if (!about) {
      Error error = about.error();
      if (error.code == Code::not_found) error.detail = "its object " + found.key + " is missing";
      return error;
    }
    const std::uint64_t bytes = about.value().size_bytes;
    if (found.size_bytes && *found.size_bytes != bytes) {
      return left_alone(Code::corrupt, "the reference says " + std::to_string(*found.size_bytes) +
                                           " bytes, the object has " + std::to_string(bytes));
    }
    const bool streamed = found.is_string && bytes > items_.policy().threshold_bytes;
    SPILLWAY_TRY(streamed ? take_stream(table, key, found, bytes)
                          : take_value(table, key, found, bytes));
    return bytes;
  }

  WriteRequest replacement(const std::string& table, const Item& key, const ForeignReference& found,
                           AttributeValue value) const {
    WriteRequest request;
    request.kind = WriteRequest::Kind::update;
    request.table = table;
    request.item = key;
    request.update = "SET " + found.place + " = :new";
    request.condition = found.place + " = :old";
    request.names = found.names;
    request.values = {{":old", found.old}, {":new", std::move(value)}};
    return request;
  }

  static ValueLabel label_of(const ForeignReference& found) {
    // What a map's object holds is DynamoDB JSON, whatever the old object was.
    return {found.is_string ? found.content_type : "", found.original_type, found.session};
  }

  Result<void> write(const WriteRequest& request, const ForeignReference& found, Staging* staged) {
    const auto labeller = [&](const AttributeValue&, const std::string&) {
      return label_of(found);
    };
    SPILLWAY_TRY(const WriteReply reply, items_.write(request, never_, labeller, staged));
    if (reply.result.applied) return ok();
    return make_error(Code::conflict, "adopt", "",
                      "the item changed meanwhile; run the command again");
  }

  /// A long string: never in memory as a whole.
  Result<void> take_stream(const std::string& table, const Item& key, const ForeignReference& found,
                           std::uint64_t bytes) {
    SPILLWAY_TRY(auto object, objects_.get(found.key, std::nullopt, never_));
    Utf8Source source(std::move(object));
    if (dry_run_) {
      SPILLWAY_TRY(const std::uint64_t came, drain(source));
      return check_came(came, bytes);
    }
    SPILLWAY_TRY(Staging staging, items_.stage(table, key));
    SPILLWAY_TRY(AttributeValue handle,
                 items_.upload(staging, source, Items::StageAs::string, label_of(found), never_));
    SPILLWAY_TRY(check_came(Items::describe(*handle.as<Spilled>()).raw_bytes, bytes));
    return write(replacement(table, key, found, std::move(handle)), found, &staging);
  }

  static Result<std::uint64_t> drain(ByteSource& source) {
    std::string buffer(std::size_t{1} << 18, '\0');
    std::uint64_t bytes = 0;
    for (;;) {
      SPILLWAY_TRY(const std::size_t n, source.read(buffer.data(), buffer.size()));
      if (n == 0) return bytes;
      bytes += n;
    }
  }

  static Result<void> check_came(std::uint64_t came, std::uint64_t bytes) {
    if (came == bytes) return ok();
    return left_alone(Code::corrupt, std::to_string(came) + " of the object's " +
                                         std::to_string(bytes) + " bytes came; run it again");
  }

  Result<void> take_value(const std::string& table, const Item& key, const ForeignReference& found,
                          std::uint64_t bytes) {
    if (bytes > json_bytes_max) {
      return make_error(Code::too_large, "adopt", "",
                        "a map of " + human_bytes(bytes) + " is more than is taken over at once (" +
                            human_bytes(json_bytes_max) + ")");
    }
    SPILLWAY_TRY(auto object, objects_.get(found.key, std::nullopt, never_));
    Utf8Source source(std::move(object));
    SPILLWAY_TRY(std::string text, read_all(source, bytes));
    SPILLWAY_TRY(check_came(text.size(), bytes));
    AttributeValue value;
    if (found.is_string) {
      value = std::move(text);
    } else {
      SPILLWAY_TRY(value, value_from_plain_json(text));
    }
    if (dry_run_) return ok();
    return write(replacement(table, key, found, std::move(value)), found, nullptr);
  }

  const Console& console_;
  Items& items_;
  ObjectStore& objects_;
  const Limits& limits_;
  const std::vector<std::string>& attributes_;
  const bool dry_run_;
  const Deadline never_ = Deadline::never();
  Totals totals_;
  JsonWriter json_;
};

}  // namespace

Exit run_adopt(const Console& console, const Settings& settings, const AdoptOptions& options) {
  if (options.store == !options.tables.empty() || (options.store && options.dry_run) ||
      (!options.store && !options.tables_gone.empty())) {
    return console.fail(make_error(Code::invalid_argument, "adopt", "",
                                   "name tables, or give --store and at most --table-gone"));
  }
  const Limits limits(settings, options);
  if (!options.store) {
    const auto checked = limits.check();
    if (!checked) return console.fail(checked.error());
    if (options.attributes.empty()) {
      return console.fail(make_error(Code::invalid_argument, "adopt", "",
                                     "say with --attribute where the application keeps its "
                                     "references: those in other text are not followed"));
    }
  }
  auto stores = open_stores(settings, IfMissing::refuse);
  if (!stores) return console.fail(stores.error());
  if (options.store) {
    const auto adopted = stores.value()->items().adopt_store(
        fsck_options(settings, false, options.tables_gone), Deadline::never());
    if (!adopted) return console.fail(adopted.error());
    console.out(console.json() ? R"({"adopted":"store"})"
                               : "this item store owns the objects now; a sweep may run");
    return Exit::ok;
  }
  // The old objects have keys of the application's own, so they are read past Items.
  const auto objects = open_object_store(settings.stores.objects_url);
  if (!objects) return console.fail(objects.error());
  Adoption adoption(console, stores.value()->items(), *objects.value(), limits, options);
  for (const std::string& table : options.tables) {
    const auto done = adoption.adopt_table(table);
    if (!done) return console.fail(done.error());
  }
  return adoption.finish();
}

}  // namespace spillway
