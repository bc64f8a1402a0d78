// spillway init: makes what is missing for the configured stores, and says each thing it did.
#include <algorithm>
#include <array>

#include "artifact/idempotency.h"
#include "artifact/message_item.h"
#include "artifact/session_rows.h"
#include "cli/bucket_rules.h"
#include "cli/commands.h"
#include "cli/findings.h"
#include "cli/place.h"
#include "hybrid/ledger.h"
#include "item/item_store.h"
#include "object/bucket.h"

namespace spillway {
namespace {

using State = Finding::State;
constexpr std::chrono::minutes init_wait{10};  // DynamoDB takes up to minutes to make a table

class Init {
 public:
  Init(const Console& console, const Settings& settings, const InitOptions& options)
      : settings_(settings), options_(options), findings_(console) {}

  Exit run(const Console& console) {
    announce(console);
    if (is_remote_objects(settings_.stores) && !set_up_bucket()) return finish();
    set_up_tables();
    return finish();
  }

 private:
  void announce(const Console& console) const {
    console.note("items:   " + settings_.stores.items_url);
    console.note("objects: " + settings_.stores.objects_url);
    if (!is_remote_items(settings_.stores) && !is_remote_objects(settings_.stores)) return;
    console.note(
        "What changes in the account: the tables below, billed by request, the ledger among them; "
        "objects under the prefix; lifecycle rules whose ids begin with spillway- on it. Running "
        "needs ListBucket on the prefix. Existing tables, objects and rules of others stay as they "
        "are.");
  }

  State done_or_planned() const { return options_.dry_run ? State::planned : State::made; }

  void failed(const std::string& name, const Error& error, const std::string& action,
              const std::string& resource) {
    if (!first_error_) first_error_ = error;
    findings_.fail(name, error.detail, advice_for(error, action, resource));
  }

  bool refused(const Error& error) {
    if (!first_error_) first_error_ = error;
    findings_.fail("lifecycle", error.detail, "");
    return false;
  }

  /// False: nothing further makes sense.
  bool set_up_bucket() {
    auto opened = Bucket::open(settings_.stores.objects_url);
    if (!opened) {
      failed("bucket", opened.error(), "", "");
      return false;
    }
    const std::unique_ptr<Bucket> bucket = std::move(opened).value();
    // Before anything is made: what is asked for must make sense by itself.
    const auto sound = plan_lifecycle({}, options_.rules, bucket->prefix(), Versioning::off);
    if (!sound) return refused(sound.error());
    const std::string where = bucket->name() + " in " + bucket->region();
    const std::string arn = "arn:aws:s3:::" + bucket->name();
    const auto there = bucket->check(deadline_);
    if (there) {
      findings_.good("bucket", where + " is there");
    } else if (there.error().code == Code::not_found) {
      if (!make_bucket(*bucket, where)) return false;
      if (options_.dry_run) return true;
    } else {
      failed("bucket", there.error(), "s3:ListBucket", arn);
      return false;
    }
    set_lifecycle(*bucket, arn);
    set_cors(*bucket, arn);
    return true;
  }

  bool make_bucket(Bucket& bucket, const std::string& where) {
    if (!options_.create_bucket) {
      first_error_ = make_error(Code::not_found, "init", bucket.name(), "");
      findings_.fail("bucket", where + " does not exist",
                     "make it: spillway init --create-bucket; or correct the URL of the objects");
      return false;
    }
    if (!options_.dry_run) {
      const auto made = bucket.create(deadline_);
      if (!made) {
        failed("bucket", made.error(), "s3:CreateBucket", "arn:aws:s3:::" + bucket.name());
        return false;
      }
    }
    findings_.add({done_or_planned(), "bucket", where + ", private", ""});
    return true;
  }

  template <class Plan>
  void report(const std::string& name, const Plan& plan) {
    for (const std::string& says : plan.present) findings_.good(name, says);
    for (const std::string& says : plan.additions) {
      findings_.add({done_or_planned(), name, says, ""});
    }
  }

  void set_lifecycle(Bucket& bucket, const std::string& arn) {
    const auto versioning = bucket.versioning(deadline_);
    if (!versioning) {
      return failed("versioning", versioning.error(), "s3:GetBucketVersioning", arn);
    }
    auto existing = bucket.lifecycle(deadline_);
    if (!existing) {
      return failed("lifecycle", existing.error(), "s3:GetLifecycleConfiguration", arn);
    }
    const auto foreign = std::ranges::count_if(existing.value(), [](const LifecycleRule& rule) {
      return !rule.id.starts_with("spillway-");
    });
    const auto planned = plan_lifecycle(std::move(existing).value(), options_.rules,
                                        bucket.prefix(), versioning.value());
    if (!planned) return (void)refused(planned.error());
    const auto& plan = planned.value();
    if (!plan.additions.empty() && !options_.dry_run) {
      const auto set = bucket.set_lifecycle(plan.rules, deadline_);
      if (!set) return failed("lifecycle", set.error(), "s3:PutLifecycleConfiguration", arn);
    }
    report("lifecycle", plan);
    if (foreign > 0) {
      findings_.good("lifecycle", "kept " + std::to_string(foreign) + " rules of others");
    }
  }

  void set_cors(Bucket& bucket, const std::string& arn) {
    if (options_.viewer_origins.empty()) return;
    auto existing = bucket.cors(deadline_);
    if (!existing) return failed("cors", existing.error(), "s3:GetBucketCORS", arn);
    const auto plan = plan_cors(std::move(existing).value(), options_.viewer_origins);
    if (!plan.additions.empty() && !options_.dry_run) {
      const auto set = bucket.set_cors(plan.rules, deadline_);
      if (!set) return failed("cors", set.error(), "s3:PutBucketCORS", arn);
    }
    report("cors", plan);
  }

  /// Names of our tables that are missing; reports the others.
  Result<std::vector<std::string>> missing_tables() {
    SPILLWAY_TRY(const auto store, open_item_store(settings_.stores.items_url));
    std::vector<std::string> missing;
    for (const char* name : {ledger_table, messages_table, sessions_table, idempotency_table}) {
      const auto described = store->administer(DescribeTable{name}, deadline_);
      if (described) {
        findings_.good("table", std::string(name) + " is there");
      } else if (described.error().code == Code::not_found) {
        missing.emplace_back(name);
      } else {
        return described.error();
      }
    }
    return missing;
  }

  void set_up_tables() {
    std::vector<std::string> missing;
    if (is_remote_items(settings_.stores)) {
      auto found = missing_tables();
      if (!found) return failed("tables", found.error(), "dynamodb:DescribeTable", "these tables");
      missing = std::move(found).value();
    } else if (options_.dry_run) {
      return findings_.add({State::planned, "tables", "in " + settings_.stores.items_url, ""});
    }
    if (!options_.dry_run) {
      const auto opened = open_stores(settings_, IfMissing::make);
      if (!opened) {
        return failed("tables", opened.error(), "dynamodb:CreateTable", "these tables");
      }
      if (!is_remote_items(settings_.stores)) findings_.good("tables", settings_.stores.items_url);
    }
    for (const std::string& name : missing) {
      findings_.add({done_or_planned(), "table", name + ", billed by request", ""});
    }
  }

  Exit finish() const {
    const bool failed = findings_.has(State::failed);
    findings_.finish(failed             ? "not all is set up: see what failed above"
                     : options_.dry_run ? "nothing was changed; run it without --dry-run to do this"
                                        : "all is set up; look with: spillway doctor");
    if (!failed) return Exit::ok;
    const bool some_done = findings_.has(State::made) || findings_.has(State::good);
    return some_done ? Exit::partly : exit_of(*first_error_);
  }

  const Settings& settings_;
  const InitOptions& options_;
  Findings findings_;
  std::optional<Error> first_error_;
  const Deadline deadline_ = Deadline::after(init_wait);
};

}  // namespace

Exit run_init(const Console& console, const Settings& settings, const InitOptions& options) {
  return Init(console, settings, options).run(console);
}

}  // namespace spillway
