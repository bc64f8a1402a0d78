// Rules about shapes: how long functions are and how wide interfaces. They read the indentation
// that clang-format gives, which is exact enough and needs no parser.
#include <algorithm>
#include <regex>
#include <sstream>

#include "unit/style/rules.h"

namespace spillway::style {
namespace {

constexpr std::size_t function_lines_max = 70;
constexpr std::size_t virtuals_max = 5;

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

std::size_t indent_of(const std::string& line) {
  return std::min(line.find_first_not_of(' '), line.size());
}

bool ends_with_brace(const std::string& line) {
  const std::size_t last = line.find_last_not_of(' ');
  return last != std::string::npos && line[last] == '{';
}

/// A braced block whose closing brace stands under the first column of what opened it.
struct Block {
  std::string head;   ///< the statement that opens it, its lines joined
  std::size_t first;  ///< index of the head's first line
  std::size_t open;   ///< index of the line that ends in "{"
  std::size_t close;  ///< index of the line of the closing brace
};

bool begins_statement(const std::string& line) {
  static const std::regex other(R"(^\s*($|#|\}|\)|:|public:|private:|protected:))");
  return !std::regex_search(line, other);
}

/// The blocks of one indentation within [begin, end).
std::vector<Block> blocks_at(const std::vector<std::string>& lines, std::size_t begin,
                             std::size_t end, std::size_t indent) {
  std::vector<Block> blocks;
  for (std::size_t i = begin; i < end; ++i) {
    if (indent_of(lines[i]) != indent || !begins_statement(lines[i])) continue;
    std::string head = lines[i];
    std::size_t open = i;
    // A head goes on over deeper lines, until one ends in a brace; ";" or a sibling ends it.
    while (!ends_with_brace(lines[open]) && lines[open].find_last_of(";}") == std::string::npos &&
           open + 1 < end && indent_of(lines[open + 1]) > indent && !lines[open + 1].empty()) {
      head += lines[++open];
    }
    if (!ends_with_brace(lines[open])) continue;
    std::size_t close = open + 1;
    while (close < end && !(indent_of(lines[close]) == indent && lines[close][indent] == '}')) {
      ++close;
    }
    blocks.push_back({head, i, open, close});
    i = close;
  }
  return blocks;
}

bool holds_declarations(const std::string& head) {
  static const std::regex scope(
      R"(^\s*(template <.*>\s*)?(inline )?(namespace|class|struct|union|extern)\b)");
  static const std::regex function(R"(\)\s*(const|noexcept|override|final|->.*)*\s*\{\s*$)");
  return std::regex_search(head, scope) && !std::regex_search(head, function);
}

/// Calls `visit` with every block that is a function's, at any depth of namespaces and classes.
template <class Visit>
void for_each_function(const std::vector<std::string>& lines, std::size_t begin, std::size_t end,
                       std::size_t indent, const Visit& visit) {
  for (const Block& block : blocks_at(lines, begin, end, indent)) {
    if (holds_declarations(block.head)) {
      const bool scope = block.head.find("namespace") != std::string::npos ||
                         block.head.find("extern") != std::string::npos;
      for_each_function(lines, block.open + 1, block.close, indent + (scope ? 0 : 2), visit);
    } else if (block.head.find('(') != std::string::npos) {
      visit(block);
    }
  }
}

template <class Visit>
void for_each_class(const std::vector<std::string>& lines, std::size_t begin, std::size_t end,
                    std::size_t indent, const Visit& visit) {
  static const std::regex is_class(R"(\b(class|struct)\s+(\w+))");
  for (const Block& block : blocks_at(lines, begin, end, indent)) {
    if (!holds_declarations(block.head)) continue;
    std::smatch name;
    const bool named = std::regex_search(block.head, name, is_class);
    if (named) visit(name[2].str(), block);
    for_each_class(lines, block.open + 1, block.close, indent + (named ? 2 : 0), visit);
  }
}

std::string place(const SourceFile& file, std::size_t index) {
  return file.path + ":" + std::to_string(index + 1) + ": ";
}

}  // namespace

Problems check_function_length(const SourceFile& file) {
  Problems problems;
  const std::vector<std::string> lines = lines_of(code_only(file.text));
  for_each_function(lines, 0, lines.size(), 0, [&](const Block& block) {
    const std::size_t length = block.close - block.first + 1;
    if (length > function_lines_max) {
      problems.push_back(place(file, block.first) + "a function of " + std::to_string(length) +
                         " lines; " + std::to_string(function_lines_max) + " fit a screen");
    }
  });
  return problems;
}

Problems check_interfaces(const SourceFile& file) {
  static const std::regex is_virtual(R"(\bvirtual\b[^;{]*[;{])");
  static const std::regex is_pure(R"(=\s*0\s*;$)");
  Problems problems;
  const std::vector<std::string> lines = lines_of(code_only(file.text));
  for_each_class(lines, 0, lines.size(), 0, [&](const std::string& name, const Block& block) {
    std::string body;
    for (std::size_t i = block.open + 1; i < block.close; ++i) body += lines[i] + "\n";
    std::size_t pure = 0;
    std::size_t other = 0;
    for (std::sregex_iterator it(body.begin(), body.end(), is_virtual), end; it != end; ++it) {
      const std::string declaration = it->str();
      if (declaration.find('~') != std::string::npos) continue;
      ++(std::regex_search(declaration, is_pure) ? pure : other);
    }
    if (pure > virtuals_max) {
      problems.push_back(place(file, block.first) + name + " has " + std::to_string(pure) +
                         " pure virtuals; " + std::to_string(virtuals_max) + " are allowed");
    }
    if (other > 0) {
      problems.push_back(place(file, block.first) + name + " has a virtual that is not pure");
    }
  });
  return problems;
}

}  // namespace spillway::style
