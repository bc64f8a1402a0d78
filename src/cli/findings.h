// What init and doctor did and found, line by line.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/console.h"
#include "spillway/error.h"

namespace spillway {

struct Finding {
  enum class State {
    good,     ///< as it should be
    made,     ///< done just now
    planned,  ///< would be done without --dry-run
    warning,  ///< works, but an operator should know
    failed,
    skipped,  ///< not tried; `detail` says why
  };
  State state = State::good;
  std::string name;    ///< "s3:PutObject"
  std::string detail;  ///< what was seen
  std::string advice;  ///< what to do, with the exact command or permission; empty: nothing
};

/// Prints each finding as it comes, or all as JSON at the end. One thread at a time.
class Findings {
 public:
  explicit Findings(const Console& console) : console_(console) {}

  void add(Finding finding);
  void good(std::string name, std::string detail);
  void warn(std::string name, std::string detail, std::string advice);
  void fail(std::string name, std::string detail, std::string advice);
  void skip(std::string name, std::string why);

  bool has(Finding::State state) const;
  const std::vector<Finding>& all() const { return findings_; }
  /// The JSON {"findings":[…],"failed":n,"warnings":n} with --json, else `summary`.
  void finish(const std::string& summary) const;

 private:
  const Console& console_;
  std::vector<Finding> findings_;
};

/// What an operator does about an error of a store: for a refusal the permission `action` on
/// `resource`, or what is wrong with credentials, clock, region or network.
std::string advice_for(const Error& error, const std::string& action, const std::string& resource);
/// Does every further request fail for the same reason: credentials, clock, network?
bool concerns_all(const Error& error);

}  // namespace spillway
