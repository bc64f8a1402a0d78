// The source tree keeps the house rules; and every rule is shown to be able to fail.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "unit/style/rules.h"

namespace spillway::style {
namespace {

using Rule = Problems (*)(const SourceFile&);

bool is_cxx(const std::string& path) { return path.ends_with(".cc") || path.ends_with(".h"); }

/// Sources of any language; 500 lines hold for them too.
bool is_code(const std::string& path) {
  for (const char* end : {".cc", ".h", ".ts", ".tsx", ".mjs", ".py", ".sh", ".cmake"}) {
    if (path.ends_with(end)) return true;
  }
  return false;
}

/// Made, not written: neither ours to keep clean nor in git.
bool is_generated(const std::filesystem::path& name) {
  return name == "build" || name == "node_modules" || name == "dist" || name == ".git" ||
         name == ".cache" || name == "__pycache__";
}

/// Every text file of the project.
const std::vector<SourceFile>& tree() {
  static const std::vector<SourceFile> files = [] {
    namespace fs = std::filesystem;
    const fs::path root = SPILLWAY_SOURCE_DIR;
    std::vector<SourceFile> found;
    for (fs::recursive_directory_iterator it(root), end; it != end; ++it) {
      if (it->is_directory() && is_generated(it->path().filename())) it.disable_recursion_pending();
      if (!it->is_regular_file()) continue;
      std::ifstream stream(it->path(), std::ios::binary);
      std::string text((std::istreambuf_iterator<char>(stream)), {});
      if (text.find('\0') != std::string::npos) continue;  // a picture
      found.push_back({it->path().lexically_relative(root).string(), std::move(text)});
    }
    return found;
  }();
  return files;
}

template <class Select>
void expect_clean(Rule rule, Select select) {
  std::size_t checked = 0;
  for (const SourceFile& file : tree()) {
    if (!select(file.path)) continue;
    ++checked;
    for (const std::string& problem : rule(file)) ADD_FAILURE() << problem;
  }
  EXPECT_GT(checked, 0u);
}

TEST(House, IncludesPointUpTheModuleTable) { expect_clean(check_include_direction, is_cxx); }
TEST(House, BackendsArePrivate) { expect_clean(check_backends_private, is_cxx); }
TEST(House, FilesOpenWithTheirPurpose) { expect_clean(check_opening, is_cxx); }
TEST(House, FilesAreShort) { expect_clean(check_file_length, is_code); }
TEST(House, FunctionsFitAScreen) { expect_clean(check_function_length, is_cxx); }
TEST(House, InterfacesAreNarrow) { expect_clean(check_interfaces, is_cxx); }
TEST(House, NoForbiddenCode) { expect_clean(check_forbidden_code, is_cxx); }
TEST(House, NoBracedValuesInCoAwait) { expect_clean(check_co_await, is_cxx); }
TEST(House, TestsDoNotSleep) { expect_clean(check_sleeps, is_cxx); }
TEST(House, NoPromisesAndNoPlaces) {
  expect_clean(check_words, [](const std::string&) { return true; });
}

// --- each rule fails where it should, and only there

SourceFile file(std::string path, std::string text) { return {std::move(path), std::move(text)}; }

TEST(Rules, IncludeDirection) {
  const auto problems = [](const char* path, const char* include) {
    return check_include_direction(
        file(path, std::string("// A file.\n#include \"") + include + "\"\n"));
  };
  EXPECT_EQ(problems("src/codec/a.cc", "dynamo/json.h"),
            Problems{"src/codec/a.cc:2: codec may not include dynamo (dynamo/json.h)"});
  EXPECT_EQ(problems("src/object/a.cc", "spillway/value.h").size(),
            1u);  // object and item stay apart
  EXPECT_EQ(problems("src/hybrid/a.cc", "artifact/a.h").size(), 1u);
  EXPECT_EQ(problems("src/welllog/a.cc", "spillway/items.h").size(), 1u);
  EXPECT_EQ(problems("include/spillway/value.h", "spillway/items.h").size(), 1u);
  EXPECT_EQ(problems("include/spillway/items.h", "base/digest.h").size(), 1u);
  EXPECT_EQ(problems("src/base/a.cc", "nowhere/a.h").size(), 1u);
  EXPECT_EQ(problems("src/base/a.cc", "a.h").size(), 1u);
  EXPECT_EQ(problems("src/elsewhere/a.cc", "base/bytes.h").size(), 1u);
  EXPECT_EQ(problems("src/hybrid/a.cc", "dynamo/json.h"), Problems{});
  EXPECT_EQ(problems("src/server/a.cc", "welllog/las.h"), Problems{});
  EXPECT_EQ(problems("src/cli/a.cc", "spillway/spillway.h"), Problems{});
  EXPECT_EQ(problems("tests/unit/a.cc", "server/a.h"), Problems{});
}

TEST(Rules, BackendsPrivate) {
  const std::string text = "// A file.\n#include \"item/embedded/store.h\"\n";
  EXPECT_EQ(check_backends_private(file("src/hybrid/a.cc", text)).size(), 1u);
  EXPECT_EQ(check_backends_private(file("src/item/open.cc", text)), Problems{});
}

TEST(Rules, Opening) {
  EXPECT_EQ(check_opening(file("src/a.cc", "#include <map>\n")).size(), 1u);
  EXPECT_EQ(check_opening(file("src/a.cc", "// a.cc\n")).size(), 1u);
  EXPECT_EQ(check_opening(file("src/a.h", "// What this header is for.\nint a;\n")).size(), 1u);
  EXPECT_EQ(check_opening(file("src/a.h", "// What this header is for.\n#pragma once\n")),
            Problems{});
}

TEST(Rules, FileLength) {
  EXPECT_EQ(check_file_length(file("src/a.cc", std::string(501, '\n'))).size(), 1u);
  EXPECT_EQ(check_file_length(file("src/a.cc", std::string(500, '\n'))), Problems{});
}

std::string repeated(const std::string& line, int times) {
  std::string text;
  for (int i = 0; i < times; ++i) text += line;
  return text;
}

TEST(Rules, FunctionLength) {
  const std::string body = repeated("  step();\n", 69);
  const std::string head = "namespace a {\nint f(int a,\n      int b) {\n";
  EXPECT_EQ(check_function_length(file("src/a.cc", head + body + "}\n}\n")),
            Problems{"src/a.cc:2: a function of 72 lines; 70 fit a screen"});
  const std::string method = "class A {\n public:\n  int f() const {\n";
  const std::string deep = repeated("    step();\n", 69);
  EXPECT_EQ(check_function_length(file("src/a.h", method + deep + "  }\n};\n")).size(), 1u);
  EXPECT_EQ(check_function_length(file("src/a.cc", "TEST(A, B) {\n" + body + "}\n")).size(), 1u);
  const std::string two = "void f() {\n" + repeated("  step();\n", 60) + "}\n";
  EXPECT_EQ(check_function_length(file("src/a.cc", two + two)), Problems{});
  const std::string table =
      "const char* const table[] = {\n" + repeated("    \"a\",\n", 90) + "};\n";
  EXPECT_EQ(check_function_length(file("src/a.cc", table)), Problems{});
}

TEST(Rules, Interfaces) {
  const auto wide = [](int virtuals, const std::string& more) {
    return file("src/a.h", "class A {\n public:\n  virtual ~A() = default;\n" +
                               repeated("  virtual int f() const = 0;\n", virtuals) + more +
                               "};\n");
  };
  EXPECT_EQ(check_interfaces(wide(6, "")),
            Problems{"src/a.h:1: A has 6 pure virtuals; 5 are allowed"});
  EXPECT_EQ(check_interfaces(wide(1, "  virtual int g();\n")).size(), 1u);
  EXPECT_EQ(check_interfaces(wide(1, "  virtual int g() { return 0; }\n")).size(), 1u);
  EXPECT_EQ(check_interfaces(wide(5, "  int g() override;\n")), Problems{});
}

TEST(Rules, ForbiddenCode) {
  EXPECT_EQ(check_forbidden_code(file("src/a.cc", "auto s = std::format(\"{}\", 1);\n")).size(),
            1u);
  EXPECT_EQ(check_forbidden_code(file("src/a.h", "using namespace std;\n")).size(), 1u);
  EXPECT_EQ(check_forbidden_code(file("src/a.cc", "using namespace std::literals;\n")), Problems{});
  EXPECT_EQ(check_forbidden_code(file("src/a.cc", "// std::format is missing\n")), Problems{});
}

TEST(Rules, CoAwait) {
  const auto problems = [](const std::string& code) {
    return check_co_await(file("src/a.cc", code)).size();
  };
  EXPECT_EQ(problems("co_await send(Request{1, 2});\n"), 1u);
  EXPECT_EQ(problems("if (x) {\n  co_await send({1,\n                 2});\n}\n"), 1u);
  EXPECT_EQ(problems("auto r = (co_await send(a, std::vector<int>{1}));\n"), 1u);
  EXPECT_EQ(problems("co_await run([&](int a) { return B{a}; });\n"), 0u);
  EXPECT_EQ(problems("co_await run([a]() mutable -> Result<int> { return 1; }, b);\n"), 0u);
  EXPECT_EQ(problems("const Request r{1, 2};\nco_await send(r);\nB b{1};\n"), 0u);
  EXPECT_EQ(problems("while (!co_await done()) {\n  B b{1};\n}\n"), 0u);
}

TEST(Rules, Sleeps) {
  const std::string text = "std::this_thread::sleep_for(1s);\n";
  EXPECT_EQ(check_sleeps(file("tests/unit/a.cc", text)).size(), 1u);
  EXPECT_EQ(check_sleeps(file("src/net/retry.cc", text)), Problems{});
}

TEST(Rules, Words) {
  const auto problems = [](const std::string& text) {
    return check_words(file("docs/a.md", text)).size();
  };
  EXPECT_EQ(problems("// TO"
                     "DO: more\n"),
            1u);
  EXPECT_EQ(problems("see /wo"
                     "rk/shared\n"),
            1u);
  EXPECT_EQ(problems("https://registry.npm"
                     "js.org/\n"),
            1u);
  EXPECT_EQ(problems("the network/work/load of todo lists\n"), 0u);
}

TEST(Rules, CodeOnly) {
  EXPECT_EQ(code_only("a /* b */ c // d\ne"), "a         c     \ne");
  EXPECT_EQ(code_only("f(\"a\\\"b\", 'c', 1'000)"), "f(\"    \", ' ', 1'000)");
  EXPECT_EQ(code_only("R\"x(a \" b)x\";"), "R           ;");
}

}  // namespace
}  // namespace spillway::style
