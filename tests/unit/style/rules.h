// The house rules of docs and code as pure functions over one file's path and text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace spillway::style {

/// A file of the source tree; `path` is relative to its root ("src/base/bytes.cc").
struct SourceFile {
  std::string path;
  std::string text;
};

/// What is wrong in a file, one sentence each, beginning with "path:line: ". Empty when all is
/// well.
using Problems = std::vector<std::string>;

/// The text with comments and the contents of string and character literals blanked, so that a rule
/// sees only code. Line breaks stay where they are.
std::string code_only(std::string_view text);

// Rules about modules (includes.cc).
/// Include arrows of src/ and include/spillway/ point up the module table only.
Problems check_include_direction(const SourceFile& file);
/// Headers of a backend (item/embedded/, object/s3/, …) are included from that module alone.
Problems check_backends_private(const SourceFile& file);

// Rules about every C++ file (shapes.cc, rules.cc).
/// The first line is a comment that says what the file is for; a header's guard is #pragma once.
Problems check_opening(const SourceFile& file);
Problems check_file_length(const SourceFile& file);
Problems check_function_length(const SourceFile& file);
/// A class with pure virtuals has five at most and no other virtual but its destructor.
Problems check_interfaces(const SourceFile& file);
/// Neither std::format (g++ 12 has none) nor, in headers, "using namespace".
Problems check_forbidden_code(const SourceFile& file);
/// No braced aggregate inside a co_await argument: g++ 12.2 destroys it twice.
Problems check_co_await(const SourceFile& file);
/// Tests wait for conditions, not by the clock.
Problems check_sleeps(const SourceFile& file);

// Rules about every text file (rules.cc).
/// No promises of work to be done; no paths of one machine, no hosts of package registries.
Problems check_words(const SourceFile& file);

}  // namespace spillway::style
