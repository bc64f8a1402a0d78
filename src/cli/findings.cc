// Printing, and the sentences that say what to do.
#include "cli/findings.h"

#include <algorithm>

#include "server/json_out.h"

namespace spillway {
namespace {

using State = Finding::State;

const char* word_of(State state) {
  switch (state) {
    case State::good: return "ok";
    case State::made: return "made";
    case State::planned: return "planned";
    case State::warning: return "warning";
    case State::failed: return "failed";
    case State::skipped: return "skipped";
  }
  return "";
}

bool mentions(const Error& error, std::initializer_list<const char*> words) {
  return std::any_of(words.begin(), words.end(), [&](const char* word) {
    return error.detail.find(word) != std::string::npos;
  });
}

bool is_clock(const Error& error) {
  return mentions(error, {"clock", "TimeTooSkewed", "signature's time"});
}

bool is_credentials(const Error& error) {
  return error.op == "net.credentials" ||
         mentions(error, {"secret", "access key", "token has expired", "credentials are not known",
                          "InvalidClientTokenId"});
}

}  // namespace

void Findings::add(Finding finding) {
  finding.name = printable(finding.name);
  finding.detail = printable(finding.detail);
  finding.advice = printable(finding.advice);
  if (!console_.json()) {
    std::string word = word_of(finding.state);
    word.resize(9, ' ');
    const bool bad = finding.state == State::failed || finding.state == State::warning;
    console_.out((bad ? console_.bad(word) : console_.good(word)) + finding.name +
                 (finding.detail.empty() ? "" : ": " + finding.detail));
    if (!finding.advice.empty()) console_.out("         do: " + finding.advice);
  }
  findings_.push_back(std::move(finding));
}

void Findings::good(std::string name, std::string detail) {
  add({State::good, std::move(name), std::move(detail), ""});
}

void Findings::warn(std::string name, std::string detail, std::string advice) {
  add({State::warning, std::move(name), std::move(detail), std::move(advice)});
}

void Findings::fail(std::string name, std::string detail, std::string advice) {
  add({State::failed, std::move(name), std::move(detail), std::move(advice)});
}

void Findings::skip(std::string name, std::string why) {
  add({State::skipped, std::move(name), std::move(why), ""});
}

bool Findings::has(State state) const {
  return std::any_of(findings_.begin(), findings_.end(),
                     [&](const Finding& finding) { return finding.state == state; });
}

void Findings::finish(const std::string& summary) const {
  if (!console_.json()) return console_.out(summary);
  JsonWriter json;
  json.begin_object().key("findings").begin_array();
  for (const Finding& finding : findings_) {
    json.begin_object()
        .member("state", word_of(finding.state))
        .member("name", finding.name)
        .member_or_null("detail", finding.detail)
        .member_or_null("advice", finding.advice)
        .end_object();
  }
  const auto count = [&](State state) {
    return std::count_if(findings_.begin(), findings_.end(),
                         [&](const Finding& finding) { return finding.state == state; });
  };
  json.end_array()
      .member("failed", count(State::failed))
      .member("warnings", count(State::warning))
      .end_object();
  console_.out(json.take());
}

std::string advice_for(const Error& error, const std::string& action, const std::string& resource) {
  if (is_clock(error)) {
    return "set this machine's clock: timedatectl set-ntp true, then look with timedatectl";
  }
  if (is_credentials(error)) {
    return "give working credentials: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, AWS_PROFILE, or "
           "a role; aws sts get-caller-identity tries them";
  }
  switch (error.code) {
    case Code::permission_denied:
      if (mentions(error, {"credentials are wrong, or"})) {
        return "see which of the two it is with spillway doctor; the permission is " + action +
               " on " + resource;
      }
      return "allow " + action + " on " + resource +
             " in the IAM policy of these credentials (docs/iam/), and see that no bucket policy, "
             "permission boundary or VPC endpoint policy denies it";
    case Code::not_found: return "make what is missing: spillway init";
    case Code::timeout:
    case Code::unavailable:
      return "see that the endpoint is right and reachable from here (DNS, security group, VPC "
             "endpoint, proxy)";
    case Code::throttled: return "wait, then try again; raise the table's capacity if it goes on";
    default: return "";
  }
}

bool concerns_all(const Error& error) {
  return is_clock(error) || is_credentials(error) || error.code == Code::timeout ||
         error.code == Code::unavailable;
}

}  // namespace spillway
