// The chain, and the cache over it.
#include "net/credentials.h"

#include "base/clock.h"
#include "net/credential_sources.h"

namespace spillway {

namespace {

std::string profile_name(const CredentialSettings& settings) {
  if (!settings.profile.empty()) return settings.profile;
  return settings.environment("AWS_PROFILE").value_or("default");
}

}  // namespace

Result<Credentials> find_credentials(HttpTransport& transport, const CredentialSettings& settings,
                                     Deadline deadline) {
  if (settings.given) return *settings.given;
  const SourceContext context{transport, settings.environment, deadline};
  std::optional<Credentials> found;
  const auto named = [&](std::string source) {
    found->source = std::move(source);
    return *std::move(found);
  };
  // A profile that is named beats keys that merely stand in the environment.
  if (settings.profile.empty()) {
    SPILLWAY_TRY(found, from_environment(settings.environment));
    if (found) return named("the environment (AWS_ACCESS_KEY_ID)");
    SPILLWAY_TRY(found, from_web_identity(context, {}));
    if (found) return named("a web identity token (AWS_WEB_IDENTITY_TOKEN_FILE)");
  }
  SPILLWAY_TRY(const ProfileSettings profile, load_profile(settings.profile, settings.environment));
  const std::string of_profile = "profile " + profile_name(settings);
  SPILLWAY_TRY(found, from_web_identity(context, profile));
  if (found) return named("a web identity token of " + of_profile);
  SPILLWAY_TRY(found, from_profile(context, profile));
  if (found) return named(of_profile);
  SPILLWAY_TRY(found, from_container(context));
  if (found) return named("the container's role");
  SPILLWAY_TRY(found, from_instance(context));
  if (found) return named("the instance's role (IMDSv2)");
  return make_error(Code::permission_denied, "net.credentials", "",
                    "no AWS credentials: neither in the environment, a profile, a container nor "
                    "an instance role");
}

CredentialCache::CredentialCache(HttpTransport& transport, CredentialSettings settings)
    : transport_(transport), settings_(std::move(settings)) {}

Result<Credentials> CredentialCache::get(Deadline deadline) {
  std::unique_lock lock(mutex_);
  for (;;) {
    const std::int64_t now = unix_millis();
    const bool usable = current_ && (!current_->expires_millis || *current_->expires_millis > now);
    const bool fresh = usable && (!current_->expires_millis ||
                                  *current_->expires_millis - refresh_before_millis > now);
    if (fresh || (usable && refreshing_)) return *current_;
    if (!refreshing_) break;
    const bool bounded = deadline.at() != Deadline::never().at();
    if (!bounded) {
      changed_.wait(lock);
    } else if (changed_.wait_until(lock, deadline.at()) == std::cv_status::timeout) {
      return make_error(Code::timeout, "net.credentials", "", "waited for fresh credentials");
    }
  }
  refreshing_ = true;
  lock.unlock();
  Result<Credentials> found = find_credentials(transport_, settings_, deadline);
  lock.lock();
  refreshing_ = false;
  changed_.notify_all();
  if (!found.has_error()) {
    current_ = found.value();
    return found;
  }
  if (current_ && current_->expires_millis.value_or(0) > unix_millis()) return *current_;
  return found;
}

void CredentialCache::forget() {
  const std::lock_guard lock(mutex_);
  current_.reset();
}

}  // namespace spillway
