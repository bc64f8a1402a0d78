// Credentials: from which source, and whose.
#include <set>

#include "cli/doctor.h"
#include "item/item_store.h"
#include "net/caller_identity.h"
#include "net/credentials.h"
#include "object/bucket.h"

namespace spillway {
namespace {

/// The profiles that the two URLs name; "" is the default chain.
std::set<std::string> profiles_of(const Settings& settings) {
  std::set<std::string> profiles;
  if (is_remote_items(settings.stores)) {
    const auto location = item_location(settings.stores.items_url);
    if (location) profiles.insert(location.value().profile);
  }
  if (is_remote_objects(settings.stores)) {
    const auto bucket = Bucket::open(settings.stores.objects_url);
    if (bucket) profiles.insert(bucket.value()->profile());
  }
  return profiles;
}

/// Region and, unless AWS's own STS is to be asked, the place that stands in for it.
struct StsPlace {
  std::string region;
  bool asked = false;  ///< is there an STS that belongs to these stores?
};

StsPlace sts_place(const Settings& settings) {
  StsPlace place;
  const Environment environment = process_environment();
  const bool named = environment("AWS_ENDPOINT_URL_STS") || environment("AWS_ENDPOINT_URL");
  if (is_remote_objects(settings.stores)) {
    const auto bucket = Bucket::open(settings.stores.objects_url);
    if (bucket) {
      place.region = bucket.value()->region();
      place.asked = bucket.value()->endpoint().find(".amazonaws.com") != std::string::npos;
    }
  } else if (const auto location = item_location(settings.stores.items_url)) {
    place.region = location.value().region;
    place.asked = location.value().endpoint.empty() && !environment("AWS_ENDPOINT_URL_DYNAMODB");
  }
  place.asked = place.asked || named;
  return place;
}

void tell_whose(HttpTransport& transport, const Credentials& credentials,
                const ProfileSettings& profile, const StsPlace& place, Findings& findings,
                Deadline deadline) {
  if (!place.asked) {
    return findings.skip("identity",
                         "the stores are not AWS's, and no AWS_ENDPOINT_URL_STS is set");
  }
  const auto sts = resolve_endpoint("sts", {"", place.region}, profile, process_environment());
  if (!sts) return findings.skip("identity", sts.error().detail);
  const auto identity = ask_caller_identity(transport, credentials, sts.value(), deadline);
  if (identity) return findings.good("identity", identity.value().arn);
  if (identity.error().code == Code::permission_denied) {
    return findings.fail("identity", identity.error().detail,
                         "these keys are wrong, expired or switched off: give working ones");
  }
  findings.skip("identity",
                "STS does not answer at " + sts.value().url + ": " + identity.error().detail);
}

/// Enough to tell one key from another, too little to use.
std::string last_four(const std::string& id) {
  return id.size() <= 4 ? "****" : "…" + id.substr(id.size() - 4);
}

}  // namespace

bool examine_identity(const Settings& settings, Findings& findings, Deadline deadline) {
  HttpTransport transport;
  const StsPlace place = sts_place(settings);
  bool usable = true;
  for (const std::string& name : profiles_of(settings)) {
    CredentialSettings chain;
    chain.profile = name;
    const auto found = find_credentials(transport, chain, deadline);
    if (!found) {
      findings.fail("credentials", found.error().detail,
                    "give some: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, AWS_PROFILE, or a "
                    "role of the instance, task or pod");
      usable = false;
      continue;
    }
    const Credentials& credentials = found.value();
    findings.good("credentials", "from " + credentials.source + ", access key " +
                                     last_four(credentials.access_key_id) +
                                     (credentials.session_token.empty() ? "" : ", temporary"));
    const auto profile = load_profile(name, chain.environment);
    tell_whose(transport, credentials, profile ? profile.value() : ProfileSettings{}, place,
               findings, deadline);
  }
  return usable;
}

}  // namespace spillway
