// Merging our rules into a bucket's.
#include "cli/bucket_rules.h"

#include <algorithm>

namespace spillway {
namespace {

constexpr const char* expose_headers[] = {"ETag", "Content-Range", "Content-Length",
                                          "Content-Encoding", "Accept-Ranges"};

std::string days_text(std::uint32_t days) { return std::to_string(days) + " days"; }

bool is_same(const LifecycleRule& a, const LifecycleRule& b) {
  return a.enabled == b.enabled && a.prefix == b.prefix && a.transitions == b.transitions &&
         a.abort_multipart_days == b.abort_multipart_days &&
         a.expire_noncurrent_days == b.expire_noncurrent_days;
}

LifecycleRule named(const char* id, const std::string& prefix) {
  LifecycleRule rule;
  rule.id = id;
  rule.prefix = prefix;
  return rule;
}

void merge(RulePlan<LifecycleRule>& plan, const LifecycleRule& wanted, const std::string& says) {
  const auto found = std::ranges::find(plan.rules, wanted.id, &LifecycleRule::id);
  if (found != plan.rules.end() && is_same(*found, wanted)) {
    plan.present.push_back(says);
    return;
  }
  if (found != plan.rules.end()) {
    *found = wanted;
  } else {
    plan.rules.push_back(wanted);
  }
  plan.additions.push_back(says);
}

bool lists(const std::vector<std::string>& values, const std::string& wanted) {
  return std::ranges::any_of(values, [&](const std::string& value) {
    return value == "*" || std::ranges::equal(
                               value, wanted, {}, [](char c) { return std::tolower(c); },
                               [](char c) { return std::tolower(c); });
  });
}

bool covers(const LifecycleRule& rule, const std::string& prefix) {
  return rule.enabled && prefix.starts_with(rule.prefix);
}

bool touches(const LifecycleRule& rule, const std::string& prefix) {
  return rule.enabled && (prefix.starts_with(rule.prefix) || rule.prefix.starts_with(prefix));
}

/// Does the rule delete current versions? Not modelled in LifecycleRule: it stands in its XML, as
/// an Expiration with Days or Date.
bool deletes_objects(const LifecycleRule& rule) {
  const std::size_t from = rule.xml.find("<Expiration>");
  if (from == std::string::npos) return false;
  const std::string inside = rule.xml.substr(from, rule.xml.find("</Expiration>", from) - from);
  return inside.find("<Days>") != std::string::npos || inside.find("<Date>") != std::string::npos;
}

}  // namespace

Result<void> check_rules(const WantedRules& wanted) {
  const auto wrong = [](std::string flag, std::string detail) {
    return make_error(Code::invalid_argument, "init", std::move(flag), std::move(detail));
  };
  const std::uint32_t cool = wanted.infrequent_access_days, cold = wanted.glacier_instant_days;
  if (cool != 0 && cool < infrequent_access_days_min) {
    return wrong("--infrequent-access-after", "S3 allows 30 days at least");
  }
  if (cool != 0 && cold != 0 && cold < cool + infrequent_access_days_min) {
    return wrong("--glacier-instant-after",
                 "S3 allows it 30 days after --infrequent-access-after at least");
  }
  return ok();
}

RulePlan<LifecycleRule> plan_lifecycle(std::vector<LifecycleRule> existing,
                                       const WantedRules& wanted, const std::string& prefix,
                                       Versioning versioning) {
  RulePlan<LifecycleRule> plan;
  plan.rules = std::move(existing);
  LifecycleRule uploads = named("spillway-abort-incomplete-uploads", prefix);
  uploads.abort_multipart_days = abort_multipart_days;
  merge(plan, uploads,
        "incomplete multipart uploads are aborted after " + days_text(abort_multipart_days));
  LifecycleRule tiers = named("spillway-cheaper-tiers", prefix);
  std::string says = "objects move";
  if (wanted.infrequent_access_days != 0) {
    tiers.transitions.push_back({wanted.infrequent_access_days, "STANDARD_IA"});
    says += " to STANDARD_IA after " + days_text(wanted.infrequent_access_days);
  }
  if (wanted.glacier_instant_days != 0) {
    tiers.transitions.push_back({wanted.glacier_instant_days, "GLACIER_IR"});
    says += " to GLACIER_IR after " + days_text(wanted.glacier_instant_days);
  }
  if (!tiers.transitions.empty()) merge(plan, tiers, says);
  if (versioning != Versioning::off) {
    LifecycleRule versions = named("spillway-expire-noncurrent", prefix);
    versions.expire_noncurrent_days = wanted.expire_noncurrent_days;
    merge(
        plan, versions,
        "removed objects are kept as old versions for " + days_text(wanted.expire_noncurrent_days));
  }
  return plan;
}

bool cors_allows(const std::vector<CorsRule>& rules, const std::string& origin) {
  // S3 takes the first rule that matches origin and method.
  for (const CorsRule& rule : rules) {
    if (!lists(rule.allowed_origins, origin) || !lists(rule.allowed_methods, "GET")) continue;
    return lists(rule.allowed_methods, "HEAD") &&
           std::ranges::all_of(expose_headers,
                               [&](const char* name) { return lists(rule.expose_headers, name); });
  }
  return false;
}

RulePlan<CorsRule> plan_cors(std::vector<CorsRule> existing,
                             const std::vector<std::string>& origins) {
  RulePlan<CorsRule> plan;
  plan.rules = std::move(existing);
  for (const std::string& origin : origins) {
    const std::string says = "pages of " + origin + " may read objects (GET, HEAD)";
    if (cors_allows(plan.rules, origin)) {
      plan.present.push_back(says);
      continue;
    }
    CorsRule rule;
    rule.allowed_origins = {origin};
    rule.allowed_methods = {"GET", "HEAD"};
    rule.allowed_headers = {"*"};
    rule.expose_headers.assign(std::begin(expose_headers), std::end(expose_headers));
    plan.rules.insert(plan.rules.begin(), rule);  // the first that matches decides
    plan.additions.push_back(says);
  }
  return plan;
}

std::vector<RuleDanger> dangers_of(const std::vector<LifecycleRule>& rules,
                                   const std::string& prefix) {
  std::vector<RuleDanger> dangers;
  for (const LifecycleRule& rule : rules) {
    if (!touches(rule, prefix)) continue;
    if (deletes_objects(rule)) {
      dangers.push_back({rule.id,
                         "deletes objects by their age, whether or not an item refers to "
                         "them: data will be lost",
                         true});
    }
    for (const LifecycleRule::Transition& to : rule.transitions) {
      if (to.storage_class != "GLACIER" && to.storage_class != "DEEP_ARCHIVE") continue;
      dangers.push_back({rule.id,
                         "moves objects to " + to.storage_class + " after " + days_text(to.days) +
                             ", where they must be restored for hours before they can be read",
                         false});
    }
  }
  return dangers;
}

std::optional<std::uint32_t> aborts_multipart_after(const std::vector<LifecycleRule>& rules,
                                                    const std::string& prefix) {
  for (const LifecycleRule& rule : rules) {
    if (covers(rule, prefix) && rule.abort_multipart_days) return rule.abort_multipart_days;
  }
  return std::nullopt;
}

std::optional<std::uint32_t> expires_noncurrent_after(const std::vector<LifecycleRule>& rules,
                                                      const std::string& prefix) {
  for (const LifecycleRule& rule : rules) {
    if (covers(rule, prefix) && rule.expire_noncurrent_days) return rule.expire_noncurrent_days;
  }
  return std::nullopt;
}

}  // namespace spillway
