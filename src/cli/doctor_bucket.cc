// The bucket: reachable, allowed, and set up as it should be.
#include <cmath>

#include "cli/bucket_rules.h"
#include "cli/doctor.h"
#include "object/bucket.h"

namespace spillway {
namespace {

/// S3 refuses what is signed 15 minutes off; from here on it is worth a word.
constexpr std::chrono::seconds skew_noticed{30};
constexpr std::chrono::minutes skew_refused{15};

class BucketExamination {
 public:
  BucketExamination(Bucket& bucket, Findings& findings, Deadline deadline)
      : bucket_(bucket), findings_(findings), deadline_(deadline) {}

  bool run(const std::vector<std::string>& viewer_origins) {
    examine_clock();
    const auto there = bucket_.check(deadline_);
    const bool refused = !there && there.error().code == Code::permission_denied;
    if (!there && !refused) {
      tell_unusable(there.error());
      return false;
    }
    const auto permissions = bucket_.check_permissions(deadline_);
    // The answer to HEAD has no body, so S3 cannot say why; its other answers do.
    for (const Bucket::Permission& permission : permissions) {
      if (!permission.failed || !concerns_all(*permission.failed)) continue;
      tell_unusable(*permission.failed);
      return false;
    }
    if (refused) {
      findings_.warn("bucket", where() + ": HeadBucket is not allowed",
                     "nothing, if all below is well: only doctor and init ask for it; else allow "
                     "s3:ListBucket on " +
                         arn() + " without a condition (docs/iam/)");
    } else {
      findings_.good("bucket", where());
    }
    const bool permitted = tell_permissions(permissions);
    const auto versioning = examine_versioning();
    examine_lifecycle(versioning);
    examine_cors(viewer_origins);
    return permitted;
  }

 private:
  std::string arn() const { return "arn:aws:s3:::" + bucket_.name(); }
  std::string objects_arn() const { return arn() + "/" + bucket_.prefix() + "*"; }

  void examine_clock() {
    const auto skew = bucket_.clock_skew(deadline_);
    if (!skew) return;  // the next question tells why
    const auto off = std::chrono::duration_cast<std::chrono::seconds>(skew.value());
    const std::string says = "this machine's clock is " + std::to_string(std::abs(off.count())) +
                             " s " + (off.count() < 0 ? "behind" : "ahead of") + " S3's";
    const std::string advice =
        "set this machine's clock: timedatectl set-ntp true, then look with timedatectl";
    if (std::chrono::abs(off) >= skew_refused) {
      findings_.fail("clock", says + "; S3 refuses 15 minutes", advice);
    } else if (std::chrono::abs(off) >= skew_noticed) {
      findings_.warn("clock", says, advice);
    } else {
      findings_.good("clock", off.count() == 0 ? "agrees with S3's" : says);
    }
  }

  std::string where() const {
    return bucket_.name() + " at " + bucket_.endpoint() + ", region " + bucket_.region();
  }

  void tell_unusable(const Error& error) {
    std::string advice = advice_for(error, "s3:ListBucket", arn());
    if (error.code == Code::not_found) advice = "make it: spillway init --create-bucket";
    if (error.code == Code::invalid_argument) advice = "correct the region, as the line says";
    findings_.fail("bucket", where() + ": " + error.detail, advice);
  }

  bool tell_permissions(const std::vector<Bucket::Permission>& permissions) {
    bool permitted = true;
    for (const Bucket::Permission& permission : permissions) {
      if (!permission.failed) {
        findings_.good(permission.action, "");
        continue;
      }
      permitted = false;
      const bool on_bucket = permission.action == "s3:ListBucket";
      findings_.fail(
          permission.action, permission.failed->detail,
          advice_for(*permission.failed, permission.action, on_bucket ? arn() : objects_arn()));
    }
    return permitted;
  }

  /// What only administrators need to see is no fault of the gateway.
  void unseen(const std::string& name, const Error& error, const std::string& action) {
    findings_.warn(name, "cannot be looked at: " + error.detail,
                   "to have it checked, " + advice_for(error, action, arn()));
  }

  Versioning examine_versioning() {
    const auto versioning = bucket_.versioning(deadline_);
    if (!versioning) {
      unseen("versioning", versioning.error(), "s3:GetBucketVersioning");
      return Versioning::off;
    }
    if (versioning.value() == Versioning::enabled) {
      findings_.good("versioning", "on: objects that are deleted by mistake can be brought back");
    } else {
      findings_.warn("versioning", "off: what somebody deletes from the bucket is gone",
                     "aws s3api put-bucket-versioning --bucket " + bucket_.name() +
                         " --versioning-configuration Status=Enabled, then spillway init");
    }
    return versioning.value();
  }

  void examine_lifecycle(Versioning versioning) {
    const auto rules = bucket_.lifecycle(deadline_);
    if (!rules) return unseen("lifecycle", rules.error(), "s3:GetLifecycleConfiguration");
    const auto aborts = aborts_multipart_after(rules.value(), bucket_.prefix());
    if (aborts) {
      findings_.good("lifecycle",
                     "incomplete uploads are aborted after " + std::to_string(*aborts) + " days");
    } else {
      findings_.warn("lifecycle", "incomplete multipart uploads stay, unseen and billed",
                     "spillway init");
    }
    const auto expires = expires_noncurrent_after(rules.value(), bucket_.prefix());
    if (versioning != Versioning::off && !expires) {
      findings_.warn("lifecycle", "old versions of removed objects stay, and are billed, for ever",
                     "spillway init --expire-noncurrent-after DAYS");
    }
    if (expires) {
      findings_.good("lifecycle", "old versions go after " + std::to_string(*expires) + " days");
    }
    for (const RuleDanger& danger : dangers_of(rules.value(), bucket_.prefix())) {
      const std::string says = "rule \"" + danger.rule + "\" " + danger.what;
      const std::string advice = "remove that rule, or keep it from the prefix \"" +
                                 bucket_.prefix() +
                                 "\": aws s3api "
                                 "get-bucket-lifecycle-configuration --bucket " +
                                 bucket_.name();
      if (danger.loses_data) {
        findings_.fail("lifecycle", says, advice);
      } else {
        findings_.warn("lifecycle", says, advice);
      }
    }
  }

  void examine_cors(const std::vector<std::string>& viewer_origins) {
    if (viewer_origins.empty()) {
      return findings_.skip("cors", "name the page's address with --viewer-origin to check it");
    }
    const auto rules = bucket_.cors(deadline_);
    if (!rules) return unseen("cors", rules.error(), "s3:GetBucketCORS");
    for (const std::string& origin : viewer_origins) {
      if (cors_allows(rules.value(), origin)) {
        findings_.good("cors", "pages of " + origin + " may follow links to objects");
      } else {
        findings_.fail("cors", "pages of " + origin + " may not follow links to objects",
                       "spillway init --viewer-origin " + origin);
      }
    }
  }

  Bucket& bucket_;
  Findings& findings_;
  Deadline deadline_;
};

}  // namespace

bool examine_bucket(const Settings& settings, const std::vector<std::string>& viewer_origins,
                    Findings& findings, Deadline deadline) {
  const auto bucket = Bucket::open(settings.stores.objects_url);
  if (!bucket) {
    findings.fail("bucket", bucket.error().detail, "correct the URL of the objects or the region");
    return false;
  }
  return BucketExamination(*bucket.value(), findings, deadline).run(viewer_origins);
}

}  // namespace spillway
